#include "../function_table.h"

#include <archive.h>
#include <archive_entry.h>

// libarchive 3. With what it pulls in it is a dozen libraries, which only packed data sets need, so it is loaded when the
// first one is opened: a table of functions, typed by libarchive's headers.

#define FERMUSIC_ARCHIVE(X)                                                                                           \
    X(archive_read_new) X(archive_read_free) X(archive_read_support_format_zip) X(archive_read_support_format_tar)    \
    X(archive_read_support_format_raw) X(archive_read_support_filter_gzip) X(archive_read_support_filter_bzip2)       \
    X(archive_read_support_filter_xz) X(archive_read_support_filter_zstd) X(archive_read_open_fd)                     \
    X(archive_read_next_header) X(archive_read_data) X(archive_error_string) X(archive_filter_bytes)                  \
    X(archive_entry_pathname_utf8) X(archive_entry_pathname) X(archive_entry_filetype)

typedef struct {
    FERMUSIC_ARCHIVE(FERMUSIC_FIELD)
} fermusic_archive;

// Loads the library; it stays for the life of the process. NULL with a message when it is missing.
static inline const fermusic_archive *_Nullable fermusic_archive_load(char *_Nonnull message, size_t size) {
    fermusic_archive *table = calloc(1, sizeof *table);
    void *library = NULL;
    if (!table) return NULL;
    library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_ARCHIVE(FERMUSIC_FIND)
    return table;
failed:
    snprintf(message, size, "%s", dlerror());
    free(table);
    return NULL;
}

enum { fermusic_archive_file = AE_IFREG };
