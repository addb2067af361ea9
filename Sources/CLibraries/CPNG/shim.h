#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

// libpng reports errors with longjmp, which must not cross Swift frames: decoding is one C function. Its simplified
// interface takes 16-bit samples without a word about gamma for linear light, and mixes transparent ones in it; other
// programs do neither.

typedef struct {
    const uint8_t *data;
    size_t left;
    char message[128];
} fermusic_png_source;

static void fermusic_png_fail(png_structp png, png_const_charp text) {
    fermusic_png_source *source = png_get_error_ptr(png);
    snprintf(source->message, sizeof source->message, "%s", text);
    longjmp(png_jmpbuf(png), 1);
}

static void fermusic_png_ignore(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void fermusic_png_take(png_structp png, png_bytep target, size_t size) {
    fermusic_png_source *source = png_get_io_ptr(png);
    if (size > source->left) png_error(png, "read beyond end of data");
    memcpy(target, source->data, size);
    source->data += size;
    source->left -= size;
}

// Decodes to 8-bit samples; `channels` becomes 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha). Returns malloc'ed
// pixels or NULL with a message, which is empty for pictures of more than `max_pixels`: those are refused before memory
// is asked for.
static inline uint8_t *fermusic_png_decode(const uint8_t *data, size_t size, size_t max_pixels, int *width, int *height,
                                           int *channels, char *message, size_t message_size) {
    fermusic_png_source source = {data, size, ""};
    uint8_t *volatile pixels = NULL;
    png_infop volatile info = NULL;
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, fermusic_png_fail, fermusic_png_ignore);
    if (!png) {
        snprintf(message, message_size, "out of memory");
        return NULL;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_infop gone = info;
        snprintf(message, message_size, "%s", source.message);
        png_destroy_read_struct(&png, &gone, NULL);
        free(pixels);
        return NULL;
    }
    info = png_create_info_struct(png);
    if (!info) png_error(png, "out of memory");
    png_infop const facts = info;
    png_set_read_fn(png, &source, fermusic_png_take);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_read_info(png, facts);
    *width = (int)png_get_image_width(png, facts);
    *height = (int)png_get_image_height(png, facts);
    if ((size_t)*width * (size_t)*height > max_pixels) {
        png_infop gone = info;
        message[0] = 0;
        png_destroy_read_struct(&png, &gone, NULL);
        return NULL;
    }
    png_set_expand(png);
    png_set_scale_16(png);
    double gamma = 0;
    if (!png_get_valid(png, facts, PNG_INFO_sRGB | PNG_INFO_iCCP) && png_get_gAMA(png, facts, &gamma) && gamma > 0.1)
        png_set_gamma(png, 2.2, gamma);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, facts);
    *channels = png_get_channels(png, facts);
    const size_t row = png_get_rowbytes(png, facts);
    if (png_get_bit_depth(png, facts) != 8 || row != (size_t)*width * (size_t)*channels)
        png_error(png, "an unknown kind of samples");
    pixels = malloc(row * (size_t)*height);
    if (!pixels) png_error(png, "out of memory");
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < *height; y++) png_read_row(png, pixels + row * y, NULL);
    png_read_end(png, NULL);
    png_infop gone = info;
    png_destroy_read_struct(&png, &gone, NULL);
    return pixels;
}

// Encodes 8-bit samples as PNG into malloc'ed memory; NULL on failure.
static inline uint8_t *fermusic_png_encode(const uint8_t *pixels, int width, int height, int channels,
                                           size_t *size) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = (png_uint_32)width;
    image.height = (png_uint_32)height;
    image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t bytes = 0;
    if (!png_image_write_get_memory_size(image, bytes, 0, pixels, 0, NULL)) return NULL;
    uint8_t *out = malloc(bytes);
    if (!out || !png_image_write_to_memory(&image, out, &bytes, 0, pixels, 0, NULL)) {
        free(out);
        return NULL;
    }
    *size = bytes;
    return out;
}
