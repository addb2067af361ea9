#ifndef KERNELS_SPECTRUM_H
#define KERNELS_SPECTRUM_H
#include <stddef.h>

// How many windows of samples are transformed at once, side by side in vectors.
enum { FM_SPECTRUM_LANES = 32 };

// Power spectra of FM_SPECTRUM_LANES windows of `n` samples (a power of two, 16 or more), `hop` apart: at bin k of
// window w, power[k * FM_SPECTRUM_LANES + w], for k up to n / 2. `cosines` holds the cosine and the sine of
// 2 pi k / n for k < n / 2 by turns, `order` the bits of each index reversed, `work` n * FM_SPECTRUM_LANES floats.
void fm_power_spectra(const float *samples, size_t hop, size_t n, const float *window, const float *cosines,
                      const unsigned *order, float *work, float *power);

// rows[w * stride + i] = power at bin first + i of window w, for i < count; `stride` is a multiple of 16, count or more.
// The largest of each window and its sum, without the first and the last.
void fm_window_rows(const float *power, size_t first, size_t count, size_t stride, float *rows, float *largest,
                    float *sums);

// sums[band * FM_SPECTRUM_LANES + w] = sum over k of weight * power, over each band's `bins` from `firsts`; the weights of all
// bands follow each other.
void fm_band_sums(const float *power, size_t bands, const unsigned *firsts, const unsigned *bins, const float *weights,
                  float *sums);

// y = log10(1 + scale * x), within 1e-4: rows of FM_SPECTRUM_LANES, which in y are `stride` apart.
void fm_compress(const float *x, size_t rows, float scale, float *y, size_t stride);
#endif
