// What the C library would ask of a system: a page gives none of it.
#include <stddef.h>
#include <string.h>

// Seeds of hash tables, whose keys here are this program's own.
void arc4random_buf(void *buffer, size_t count) { memset(buffer, 42, count); }

// Where a trap would say why.
int putchar(int character) { return character; }
