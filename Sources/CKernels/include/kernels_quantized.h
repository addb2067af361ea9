#ifndef KERNELS_QUANTIZED_H
#define KERNELS_QUANTIZED_H
#include "kernels_basic.h"

// The least and the greatest of n floats and 0.
void fm_range(const float *x, size_t n, float *low, float *high);

// y = x * scale + zero, rounded, within 0...255.
void fm_quantize(const float *x, size_t n, float scale, float zero, uint8_t *y);

// Windows into a picture of bytes: `rows` runs of `run` bytes, `stride` apart; the next window begins `step` further on.
// A matrix has one run a window, its row.
typedef struct {
    size_t rows, run, stride, step;
} fm_windows;

// c[m][n] = max(floor, scale[n] * sum over k of a[m][k] b[k][n] + offset[n]) for m windows of k = rows * run bytes.
//
// b is packed in fours, [k / 4][ldb][4], of which n columns are used; run must be a multiple of 4 and n of 16. Sums are exact in 32 bits for k up to
// 65536.
void fm_windows_u8s8(size_t m, size_t n, size_t ldb, fm_windows windows, const uint8_t *a, const int8_t *b, const float *scale,
                     const float *offset, float floor, float *c, size_t ldc);

// Whether fm_windows_u8s8 has instructions of its own on this machine (AVX-512 VNNI).
int fm_has_u8s8(void);
#endif
