#ifndef KERNELS_GEMM_H
#define KERNELS_GEMM_H
#include "kernels_basic.h"
#include "kernels_isa.h"

// c[m][n] (+)= sum over k of a[m * a_row + k * a_col] * b[k * ldb + n].
//
// For the many small products of Winograd convolution, which packing would cost more than it brings: a is read by
// broadcast, b in rows of contiguous columns. n must be a multiple of 16.
void fm_gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, size_t ldb,
             float *c, size_t ldc, int accumulate);

// c (+)= a b for all sizes and orders: c is m x n, a is m x k (k x m if transposed), b k x n (n x k if transposed), rows
// lda, ldb, ldc apart.
//
// Each element is the sum over k in its order, so what is divided among threads by rows or columns comes out the same;
// products of a row with a transposed matrix and of a matrix with a column are sums in lanes instead. The first call of a
// thread reserves 2 MB for it, later ones nothing.
void fm_gemm_any(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                 const float *b, size_t ldb, float *c, size_t ldc, int accumulate);

// The same by a level's instructions, which this machine must have.
void fm_gemm_any_for(fm_isa level, int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a,
                     size_t lda, const float *b, size_t ldb, float *c, size_t ldc, int accumulate);
#endif
