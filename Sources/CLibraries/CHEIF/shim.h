#include "../function_table.h"

#include <stdint.h>
#include <string.h>

#include <libheif/heif.h>

// libheif 1.12 or newer. Only HEIC and AVIF pictures need it and the codecs it pulls in, so it is loaded with the first of
// them: a table of functions, typed by its header.

#define FERMUSIC_HEIF(X)                                                                                              \
    X(heif_context_alloc) X(heif_context_free) X(heif_context_read_from_memory_without_copy)                          \
    X(heif_context_get_primary_image_handle) X(heif_image_handle_get_width) X(heif_image_handle_get_height)           \
    X(heif_image_handle_has_alpha_channel) X(heif_image_handle_release) X(heif_decode_image)                          \
    X(heif_image_get_primary_width) X(heif_image_get_primary_height) X(heif_image_get_plane_readonly)                 \
    X(heif_image_release) X(heif_have_decoder_for_format)

typedef struct {
    FERMUSIC_HEIF(FERMUSIC_FIELD)
} fermusic_heif;

// Loads the library; it stays for the life of the process. NULL with a message when it is missing.
static inline const fermusic_heif *_Nullable fermusic_heif_load(char *_Nonnull message, size_t size) {
    fermusic_heif *table = calloc(1, sizeof *table);
    void *library = NULL;
    void *init = NULL;
    if (!table) return NULL;
    library = dlopen("libheif.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_HEIF(FERMUSIC_FIND)
    // Versions with codecs as plugins load them here; older ones lack the function.
    init = dlsym(library, "heif_init");
    if (init) ((struct heif_error(*)(void *))init)(NULL);
    return table;
failed:
    snprintf(message, size, "%s", dlerror());
    free(table);
    return NULL;
}

static inline int fermusic_heif_reads_hevc(const fermusic_heif *_Nonnull h) {
    return h->heif_have_decoder_for_format(heif_compression_HEVC);
}

static inline int fermusic_heif_reads_av1(const fermusic_heif *_Nonnull h) {
    return h->heif_have_decoder_for_format(heif_compression_AV1);
}

// Decodes the main picture, upright as the file's own turns say, to 8-bit RGB or RGBA; `channels` becomes 3 or 4. Returns
// malloc'ed pixels or NULL with a message, which is empty for pictures of more than `max_pixels`: those are refused before
// memory is asked for.
static inline uint8_t *_Nullable fermusic_heif_decode(const fermusic_heif *_Nonnull h, const uint8_t *_Nonnull data,
                                                      size_t size, size_t max_pixels, int *_Nonnull width,
                                                      int *_Nonnull height, int *_Nonnull channels,
                                                      char *_Nonnull message, size_t message_size) {
    struct heif_image_handle *handle = NULL;
    struct heif_image *image = NULL;
    uint8_t *pixels = NULL;
    struct heif_context *const context = h->heif_context_alloc();
    message[0] = 0;
    struct heif_error error = h->heif_context_read_from_memory_without_copy(context, data, size, NULL);
    if (error.code == heif_error_Ok) error = h->heif_context_get_primary_image_handle(context, &handle);
    if (error.code != heif_error_Ok) goto failed;
    *width = h->heif_image_handle_get_width(handle);
    *height = h->heif_image_handle_get_height(handle);
    if (*width <= 0 || *height <= 0) {
        snprintf(message, message_size, "a picture without pixels");
        goto done;
    }
    if ((size_t)*width * (size_t)*height > max_pixels) goto done;
    *channels = h->heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
    error = h->heif_decode_image(handle, &image, heif_colorspace_RGB,
                                 *channels == 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, NULL);
    if (error.code != heif_error_Ok) goto failed;
    *width = h->heif_image_get_primary_width(image);
    *height = h->heif_image_get_primary_height(image);
    if (*width <= 0 || *height <= 0 || (size_t)*width * (size_t)*height > max_pixels) goto done;
    int stride = 0;
    const uint8_t *const plane = h->heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
    const size_t row = (size_t)*width * (size_t)*channels;
    pixels = plane ? malloc(row * (size_t)*height) : NULL;
    if (!pixels) {
        snprintf(message, message_size, "out of memory");
        goto done;
    }
    for (int y = 0; y < *height; y++) memcpy(pixels + row * y, plane + (size_t)stride * y, row);
    goto done;
failed:
    snprintf(message, message_size, "%s%s", error.message ? error.message : "damaged",
             error.code == heif_error_Unsupported_feature || error.code == heif_error_Unsupported_filetype
                 ? " (its codec may be missing: apt-get install libheif-plugin-libde265 libheif-plugin-dav1d)"
                 : "");
done:
    if (image) h->heif_image_release(image);
    if (handle) h->heif_image_handle_release(handle);
    h->heif_context_free(context);
    return pixels;
}
