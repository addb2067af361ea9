#include "../function_table.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <tiffio.h>

// libtiff 4. Only TIFF pictures need it and the codecs it pulls in, so it is loaded with the first of them.

#define FERMUSIC_TIFF(X)                                                                                              \
    X(TIFFClientOpen) X(TIFFClose) X(TIFFSetErrorHandler) X(TIFFSetErrorHandlerExt) X(TIFFSetWarningHandler)          \
    X(TIFFGetField) X(TIFFGetFieldDefaulted) X(TIFFIsTiled) X(TIFFTileSize64) X(TIFFStripSize64)                      \
    X(TIFFRGBAImageOK) X(TIFFRGBAImageBegin) X(TIFFRGBAImageGet) X(TIFFRGBAImageEnd)

typedef struct {
    FERMUSIC_TIFF(FERMUSIC_FIELD)
} fermusic_tiff;

// A file in memory, and the first thing that libtiff says about it.
typedef struct {
    const uint8_t *_Nonnull data;
    uint64_t size, place;
    char *_Nonnull message;
    size_t message_size;
} fermusic_tiff_file;

static inline tmsize_t fermusic_tiff_read(thandle_t handle, void *target, tmsize_t count) {
    fermusic_tiff_file *const file = handle;
    if (count <= 0 || file->place >= file->size) return 0;
    const uint64_t left = file->size - file->place;
    const tmsize_t n = (uint64_t)count < left ? count : (tmsize_t)left;
    memcpy(target, file->data + file->place, (size_t)n);
    file->place += (uint64_t)n;
    return n;
}

static inline tmsize_t fermusic_tiff_write(thandle_t handle, void *source, tmsize_t count) { return 0; }

static inline toff_t fermusic_tiff_seek(thandle_t handle, toff_t place, int whence) {
    fermusic_tiff_file *const file = handle;
    if (whence == SEEK_CUR) place += file->place;
    if (whence == SEEK_END) place += file->size;
    return file->place = place;
}

static inline int fermusic_tiff_close(thandle_t handle) { return 0; }

static inline toff_t fermusic_tiff_size(thandle_t handle) { return ((fermusic_tiff_file *)handle)->size; }

// What is mapped is only read. Without it libtiff 4.5 refuses tiles that are not packed, but for some sizes.
static inline int fermusic_tiff_map(thandle_t handle, void **data, toff_t *size) {
    const fermusic_tiff_file *const file = handle;
    *data = (void *)file->data;
    *size = file->size;
    return 1;
}

static inline void fermusic_tiff_unmap(thandle_t handle, void *data, toff_t size) {}

static inline void fermusic_tiff_failed(thandle_t handle, const char *module, const char *format, va_list arguments) {
    fermusic_tiff_file *const file = handle;
    if (file && !file->message[0]) vsnprintf(file->message, file->message_size, format, arguments);
}

// Loads the library; it stays for the life of the process. NULL with a message when it is missing.
static inline const fermusic_tiff *_Nullable fermusic_tiff_load(char *_Nonnull message, size_t size) {
    fermusic_tiff *table = calloc(1, sizeof *table);
    void *library = NULL;
    if (!table) return NULL;
    // The same interface under two numbers.
    library = dlopen("libtiff.so.6", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libtiff.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) goto failed;
    FERMUSIC_TIFF(FERMUSIC_FIND)
    table->TIFFSetErrorHandler(NULL);
    table->TIFFSetWarningHandler(NULL);
    table->TIFFSetErrorHandlerExt(fermusic_tiff_failed);
    return table;
failed:
    snprintf(message, size, "%s", dlerror());
    free(table);
    return NULL;
}

// Decodes the first page as it lies in the file to 8-bit RGB over white; `orientation` becomes TIFF's number. Returns
// malloc'ed pixels or NULL with a message, which is empty for pictures of more than `max_pixels`: those are refused before
// memory is asked for.
static inline uint8_t *_Nullable fermusic_tiff_decode(const fermusic_tiff *_Nonnull t, const uint8_t *_Nonnull data,
                                                      size_t size, size_t max_pixels, int *_Nonnull width,
                                                      int *_Nonnull height, int *_Nonnull orientation,
                                                      char *_Nonnull message, size_t message_size) {
    fermusic_tiff_file file = {data, size, 0, message, message_size};
    TIFFRGBAImage image;
    uint32_t columns = 0, rows = 0, *raster = NULL;
    uint16_t turn = ORIENTATION_TOPLEFT, extra_count = 0, *extras = NULL, samples = 1, bits = 1;
    uint8_t *pixels = NULL;
    char reason[1024] = {0};  // as long as libtiff writes
    message[0] = 0;
    TIFF *const tiff =
        t->TIFFClientOpen("picture", "r", &file, fermusic_tiff_read, fermusic_tiff_write, fermusic_tiff_seek,
                          fermusic_tiff_close, fermusic_tiff_size, fermusic_tiff_map, fermusic_tiff_unmap);
    if (!tiff) goto failed;
    t->TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &columns);
    t->TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &rows);
    t->TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &turn);
    t->TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    t->TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    t->TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extras);
    *width = columns > INT32_MAX ? INT32_MAX : (int)columns;
    *height = rows > INT32_MAX ? INT32_MAX : (int)rows;
    *orientation = turn;
    if (columns == 0 || rows == 0) {
        snprintf(message, message_size, "a picture without pixels");
        goto done;
    }
    if ((uint64_t)columns * rows > max_pixels) goto done;
    // A tile or strip is unpacked as a whole, whatever the size of the picture.
    const uint64_t unit = t->TIFFIsTiled(tiff) ? t->TIFFTileSize64(tiff) : t->TIFFStripSize64(tiff);
    if (unit > (uint64_t)max_pixels * 8) {
        snprintf(message, message_size, "a tile of %llu bytes is too large", (unsigned long long)unit);
        goto done;
    }
    if (!t->TIFFRGBAImageOK(tiff, reason)) goto failed;
    if (!t->TIFFRGBAImageBegin(&image, tiff, 1, reason)) goto failed;
    // Turning is the caller's business; libtiff only flips.
    image.orientation = image.req_orientation = ORIENTATION_TOPLEFT;
    raster = malloc((size_t)columns * rows * sizeof *raster);
    pixels = malloc((size_t)columns * rows * 3);
    if (!raster || !pixels || !t->TIFFRGBAImageGet(&image, raster, columns, rows)) {
        free(pixels);
        pixels = NULL;
        t->TIFFRGBAImageEnd(&image);
        goto failed;
    }
    t->TIFFRGBAImageEnd(&image);
    // libtiff has multiplied colours with alpha; what it cannot name is no alpha.
    const int has_alpha =
        extra_count > 0 && (extras[0] == EXTRASAMPLE_ASSOCALPHA || extras[0] == EXTRASAMPLE_UNASSALPHA);
    for (size_t i = 0; i < (size_t)columns * rows; i++) {
        const uint32_t clear = has_alpha ? 255 - TIFFGetA(raster[i]) : 0;
        const uint32_t colours[3] = {TIFFGetR(raster[i]), TIFFGetG(raster[i]), TIFFGetB(raster[i])};
        for (int c = 0; c < 3; c++) {
            const uint32_t value = colours[c] + clear;
            pixels[3 * i + c] = value > 255 ? 255 : (uint8_t)value;
        }
    }
    goto done;
failed:
    if (reason[0]) snprintf(message, message_size, "%s", reason);
    if (!message[0]) snprintf(message, message_size, "damaged");
done:
    free(raster);
    if (tiff) t->TIFFClose(tiff);
    return pixels;
}
