#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

// Decodes to 8-bit samples; `channels` becomes 3 (RGB) or 4 (RGB, alpha). Of an animation the first picture counts.
// Returns malloc'ed pixels or NULL with a message, which is empty for pictures of more than `max_pixels`: those are
// refused before memory is asked for.
static inline uint8_t *fermusic_webp_decode(const uint8_t *data, size_t size, size_t max_pixels, int *width,
                                            int *height, int *channels, char *message, size_t message_size) {
    WebPBitstreamFeatures features;
    snprintf(message, message_size, "damaged WebP data");
    if (WebPGetFeatures(data, size, &features) != VP8_STATUS_OK) return NULL;
    *width = features.width;
    *height = features.height;
    const size_t count = (size_t)features.width * (size_t)features.height;
    if (count > max_pixels) {
        message[0] = 0;
        return NULL;
    }
    *channels = features.has_alpha || features.has_animation ? 4 : 3;
    uint8_t *const pixels = malloc(count * (size_t)*channels);
    if (!pixels) {
        snprintf(message, message_size, "out of memory");
        return NULL;
    }
    int is_good = 0;
    if (features.has_animation) {
        const WebPData bytes = {data, size};
        WebPAnimDecoder *const decoder = WebPAnimDecoderNew(&bytes, NULL);
        uint8_t *frame = NULL;
        int time = 0;
        WebPAnimInfo info;
        is_good = decoder && WebPAnimDecoderGetInfo(decoder, &info) && info.canvas_width == (unsigned)*width &&
                  info.canvas_height == (unsigned)*height && WebPAnimDecoderGetNext(decoder, &frame, &time);
        if (is_good) memcpy(pixels, frame, count * 4);
        if (decoder) WebPAnimDecoderDelete(decoder);
    } else if (*channels == 4) {
        is_good = WebPDecodeRGBAInto(data, size, pixels, count * 4, features.width * 4) != NULL;
    } else {
        is_good = WebPDecodeRGBInto(data, size, pixels, count * 3, features.width * 3) != NULL;
    }
    if (is_good) return pixels;
    free(pixels);
    return NULL;
}
