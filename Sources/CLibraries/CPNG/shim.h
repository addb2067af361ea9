#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

// libpng's simplified API reports errors by return value; its larger one uses longjmp, which must not cross Swift
// frames. Decodes to 8-bit samples, `channels` 1 (grey) or 3 (RGB) per pixel, transparency over black. Returns
// malloc'ed pixels or NULL with a message. Pictures with more than `max_pixels` are refused before memory is asked
// for.
static inline uint8_t *fermusic_png_decode(const uint8_t *data, size_t size, int channels, size_t max_pixels,
                                           int *width, int *height, char *message, size_t message_size) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image, data, size)) {
        snprintf(message, message_size, "%s", image.message);
        return NULL;
    }
    if ((size_t)image.width * image.height > max_pixels) {
        snprintf(message, message_size, "%u x %u pixels are too many", image.width, image.height);
        png_image_free(&image);
        return NULL;
    }
    // Grey is computed by the caller from RGB, so that the weights are those that other image programs use.
    const int is_color = (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
    image.format = is_color || channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    const size_t pixels_count = (size_t)image.width * image.height;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    png_color black = {0, 0, 0};
    if (!pixels || !png_image_finish_read(&image, &black, pixels, 0, NULL)) {
        snprintf(message, message_size, "%s", pixels ? image.message : "out of memory");
        png_image_free(&image);
        free(pixels);
        return NULL;
    }
    if (image.format == PNG_FORMAT_RGB && channels == 1) {
        // ITU-R BT.601 luma in 16-bit fixed point.
        for (size_t i = 0; i < pixels_count; i++) {
            const uint8_t *p = pixels + i * 3;
            pixels[i] = (uint8_t)((p[0] * 19595u + p[1] * 38470u + p[2] * 7471u + 0x8000u) >> 16);
        }
    }
    *width = (int)image.width;
    *height = (int)image.height;
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
