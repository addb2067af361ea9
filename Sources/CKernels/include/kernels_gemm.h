#ifndef KERNELS_GEMM_H
#define KERNELS_GEMM_H
#include "kernels_basic.h"

// c[m][n] (+)= sum over k of a[m * a_row + k * a_col] * b[k * ldb + n].
//
// For the many small products of Winograd convolution, where a BLAS call would spend its time packing.
// Nothing is packed: a is read by broadcast, b in rows of contiguous columns. n must be a multiple of 16.
void fm_gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, size_t ldb,
             float *c, size_t ldc, int accumulate);

// c[m][n] (+)= a[m][k] b[k][n] for less than 16 columns.
void fm_gemm_narrow(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb, float *c,
                    size_t ldc, int accumulate);

// c (+)= a b for all sizes and orders: c is m x n, a is m x k (k x m if transposed), b k x n (n x k if transposed), rows
// lda, ldb, ldc apart. For where there is no BLAS.
void fm_gemm_any(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                 const float *b, size_t ldb, float *c, size_t ldc, int accumulate);

// The instruction set that fm_gemm uses on this machine: "avx512", "avx2" or "baseline".
const char *fm_gemm_isa(void);
#endif
