#include <string.h>

#include <zlib.h>

// deflateInit2 is a macro, which Swift does not import. Writes a gzip file into `target`; 0 if it does not fit.
static inline size_t fermusic_gzip(const unsigned char *bytes, size_t size, unsigned char *target, size_t capacity) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (unsigned char *)bytes;
    stream.avail_in = (unsigned)size;
    stream.next_out = target;
    stream.avail_out = (unsigned)capacity;
    const int status = deflate(&stream, Z_FINISH);
    const size_t count = stream.total_out;
    deflateEnd(&stream);
    return status == Z_STREAM_END ? count : 0;
}
