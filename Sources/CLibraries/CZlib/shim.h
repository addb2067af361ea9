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

// inflateInit2 is a macro too. Unpacks raw deflated bytes, which must make exactly `capacity` bytes: 1 if they do.
static inline int fermusic_inflate(const unsigned char *bytes, size_t size, unsigned char *target, size_t capacity) {
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (inflateInit2(&stream, -15) != Z_OK) return 0;
    stream.next_in = (unsigned char *)bytes;
    stream.next_out = target;
    unsigned char none;
    if (capacity == 0) stream.next_out = &none;
    size_t in = size, out = capacity;
    int status = Z_OK;
    // The counts of a stream have 32 bits.
    while (status == Z_OK) {
        const unsigned give = in < (1u << 30) ? (unsigned)in : 1u << 30, take = out < (1u << 30) ? (unsigned)out : 1u << 30;
        stream.avail_in = give;
        stream.avail_out = take;
        status = inflate(&stream, Z_NO_FLUSH);
        in -= give - stream.avail_in;
        out -= take - stream.avail_out;
    }
    inflateEnd(&stream);
    return status == Z_STREAM_END && in == 0 && out == 0;
}

// Begins unpacking a gzip file.
static inline int fermusic_begin_gunzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
