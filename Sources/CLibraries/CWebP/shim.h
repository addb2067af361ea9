#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <webp/decode.h>

// Decodes to 8-bit samples, `channels` 1 (grey, ITU-R BT.601) or 3 (RGB) per pixel; what is transparent is lost.
// Returns malloc'ed pixels or NULL with a message. Pictures with more than `max_pixels` are refused before memory is
// asked for.
static inline uint8_t *fermusic_webp_decode(const uint8_t *data, size_t size, int channels, size_t max_pixels,
                                            int *width, int *height, char *message, size_t message_size) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(data, size, &features) != VP8_STATUS_OK) {
        snprintf(message, message_size, "damaged WebP data");
        return NULL;
    }
    if (features.has_animation) {
        snprintf(message, message_size, "animated WebP files are not read");
        return NULL;
    }
    const size_t count = (size_t)features.width * (size_t)features.height;
    if (count > max_pixels) {
        snprintf(message, message_size, "%d x %d pixels are too many", features.width, features.height);
        return NULL;
    }
    uint8_t *const pixels = malloc(count * 3);
    if (!pixels) {
        snprintf(message, message_size, "out of memory");
        return NULL;
    }
    if (!WebPDecodeRGBInto(data, size, pixels, count * 3, features.width * 3)) {
        snprintf(message, message_size, "damaged WebP data");
        free(pixels);
        return NULL;
    }
    if (channels == 1) {
        for (size_t i = 0; i < count; i++) {
            const uint8_t *p = pixels + 3 * i;
            pixels[i] = (uint8_t)((p[0] * 19595u + p[1] * 38470u + p[2] * 7471u + 0x8000u) >> 16);
        }
    }
    *width = features.width;
    *height = features.height;
    return pixels;
}
