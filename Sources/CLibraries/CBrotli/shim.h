#include "../function_table.h"

#include <stdint.h>

// Loaded when the page's files are packed, and declared without its header: what is called has been the same since 2016.

enum { fermusic_brotli_window = 22, fermusic_brotli_generic = 0 };

int BrotliEncoderCompress(int quality, int window, int mode, size_t size, const uint8_t *_Nonnull bytes,
                          size_t *_Nonnull packed_size, uint8_t *_Nonnull packed);

#define FERMUSIC_BROTLI(X) X(BrotliEncoderCompress)

typedef struct {
    FERMUSIC_BROTLI(FERMUSIC_FIELD)
} fermusic_brotli;

// Loads the library; it stays for the life of the process. NULL with a message when it is missing.
static inline const fermusic_brotli *_Nullable fermusic_brotli_load(char *_Nonnull message, size_t size) {
    fermusic_brotli *table = calloc(1, sizeof *table);
    void *library = NULL;
    if (!table) return NULL;
    library = dlopen("libbrotlienc.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_BROTLI(FERMUSIC_FIND)
    return table;
failed:
    snprintf(message, size, "%s", dlerror());
    free(table);
    return NULL;
}
