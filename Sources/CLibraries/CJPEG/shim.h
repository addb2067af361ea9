#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// libjpeg reports errors with longjmp, which must not cross Swift frames: decoding is one C function.

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf target;
    char message[JMSG_LENGTH_MAX];
} fermusic_jpeg_error;

static void fermusic_jpeg_fail(j_common_ptr info) {
    fermusic_jpeg_error *error = (fermusic_jpeg_error *)info->err;
    (*info->err->format_message)(info, error->message);
    longjmp(error->target, 1);
}

static void fermusic_jpeg_warn(j_common_ptr info, int level) {
    // A warning (level -1) means damaged data: half a picture is not a picture. These are what cameras and programs write
    // beside a sound one.
    const int code = info->err->msg_code;
    if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM) return;
    if (level < 0) fermusic_jpeg_fail(info);
}

// A progressive picture is refined in scans, some ten of them. Each goes over all pixels and may say almost nothing: a
// file of some kilobytes could keep the decoder busy for hours.
#define FERMUSIC_MOST_SCANS 100

static void fermusic_jpeg_count_scans(j_common_ptr info) {
    const int scan = ((j_decompress_ptr)info)->input_scan_number;
    if (!info->is_decompressor || scan <= FERMUSIC_MOST_SCANS) return;
    fermusic_jpeg_error *error = (fermusic_jpeg_error *)info->err;
    snprintf(error->message, sizeof error->message, "more than %d scans", FERMUSIC_MOST_SCANS);
    longjmp(error->target, 1);
}

// Four inks as RGB. Photoshop stores them inverted, which its marker tells.
static inline void fermusic_jpeg_mix_inks(uint8_t *pixels, size_t count, int is_inverted) {
    for (size_t i = 0; i < count; i++) {
        uint8_t *p = pixels + 4 * i;
        const unsigned flip = is_inverted ? 0 : 255;
        const unsigned black = p[3] ^ flip;
        for (int c = 0; c < 3; c++) pixels[3 * i + (size_t)c] = (uint8_t)(((p[c] ^ flip) * black + 127) / 255);
    }
}

// Decodes to 8-bit samples; `channels`, 1 for grey or 3 for RGB, is what is wanted and, but for pictures in four inks,
// what comes. Returns malloc'ed pixels or NULL with a message, which is empty for pictures of more than `max_pixels`:
// those are refused before memory is asked for.
static inline uint8_t *fermusic_jpeg_decode(const uint8_t *data, size_t size, size_t max_pixels, int *width,
                                            int *height, int *channels, char *message, size_t message_size) {
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress;
    fermusic_jpeg_error error;
    uint8_t *volatile pixels = NULL;
    info.err = jpeg_std_error(&error.base);
    error.base.error_exit = fermusic_jpeg_fail;
    error.base.emit_message = fermusic_jpeg_warn;
    if (setjmp(error.target)) {
        strncpy(message, error.message, message_size - 1);
        message[message_size - 1] = 0;
        jpeg_destroy_decompress(&info);
        free(pixels);
        return NULL;
    }
    jpeg_create_decompress(&info);
    memset(&progress, 0, sizeof progress);
    progress.progress_monitor = fermusic_jpeg_count_scans;
    info.progress = &progress;
    jpeg_mem_src(&info, data, (unsigned long)size);
    jpeg_read_header(&info, TRUE);
    *width = (int)info.image_width;
    *height = (int)info.image_height;
    if ((size_t)info.image_width * info.image_height > max_pixels) {
        message[0] = 0;
        jpeg_destroy_decompress(&info);
        return NULL;
    }
    const int has_inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
    info.out_color_space = has_inks ? JCS_CMYK : *channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    info.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&info);
    const size_t row = (size_t)info.output_width * (size_t)info.output_components;
    pixels = malloc(row * info.output_height);
    if (!pixels) {
        snprintf(message, message_size, "out of memory");
        jpeg_destroy_decompress(&info);
        return NULL;
    }
    while (info.output_scanline < info.output_height) {
        JSAMPROW line = pixels + row * info.output_scanline;
        jpeg_read_scanlines(&info, &line, 1);
    }
    if (has_inks) {
        fermusic_jpeg_mix_inks(pixels, (size_t)info.output_width * info.output_height, info.saw_Adobe_marker);
        *channels = 3;
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    return pixels;
}

// Encodes 8-bit samples as JPEG into malloc'ed memory; NULL on failure.
static inline uint8_t *fermusic_jpeg_encode(const uint8_t *pixels, int width, int height, int channels, int quality,
                                            size_t *size) {
    struct jpeg_compress_struct info;
    fermusic_jpeg_error error;
    // On the heap, since locals that change between setjmp and longjmp are lost.
    struct {
        unsigned char *memory;
        unsigned long length;
    } *const out = calloc(1, sizeof *out);
    if (!out) return NULL;
    info.err = jpeg_std_error(&error.base);
    error.base.error_exit = fermusic_jpeg_fail;
    if (setjmp(error.target)) {
        jpeg_destroy_compress(&info);
        free(out->memory);
        free(out);
        return NULL;
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &out->memory, &out->length);
    info.image_width = (JDIMENSION)width;
    info.image_height = (JDIMENSION)height;
    info.input_components = channels;
    info.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW line = (JSAMPROW)pixels + (size_t)width * channels * info.next_scanline;
        jpeg_write_scanlines(&info, &line, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    uint8_t *const memory = out->memory;
    *size = out->length;
    free(out);
    return memory;
}
