// How the standard library reads numbers with a point: the page does it, to the last bit, where a C library would bring its
// own arithmetic of 128 bits along.
#include <stddef.h>
#include <string.h>

__attribute__((import_module("fermusic"), import_name("number"))) double fermusic_page_number(const char *text, size_t count);

// Where the number ends; NULL for what is none.
const char *_swift_stdlib_strtod_clocale(const char *text, double *result) {
    const size_t count = strlen(text);
    *result = fermusic_page_number(text, count);
    return *result == *result ? text + count : NULL;
}
