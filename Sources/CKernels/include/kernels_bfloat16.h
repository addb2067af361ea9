#ifndef KERNELS_BFLOAT16_H
#define KERNELS_BFLOAT16_H
#include "kernels_basic.h"
#include "kernels_isa.h"

// Products of bfloat16 with sums in float32. A pair is two neighbours along k in 32 bits, the first in the lower half.
//
// A sum takes in one pair after the other, of each pair the second product first, rounds after every product and has no
// denormal numbers: what VDPBF16PS does. All levels give the same bits, but for two things. FM_AMX sums 16 pairs on
// their own, first and second ones apart (TDPBF16PS). Without fused multiply-add (SSE2) sums below 1e-30 may differ.

// y = x as bfloat16, to the nearest, to even if there are two; denormal numbers become 0, what is no number stays so.
void fm_bf16_round(const float *x, size_t n, uint16_t *y);

// pairs[r / 2][c] = x[r][c] and x[r + 1][c] of rows `stride` apart; behind an odd last row are zeros.
void fm_bf16_pair_rows(const uint16_t *x, size_t stride, size_t rows, size_t columns, uint32_t *pairs);

// c[m][n] (+)= sum over `pairs` p of a[m * a_row + p * a_col] * b[p * ldb + n]; n must be a multiple of 16.
void fm_bf16_gemm(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col, const uint32_t *b,
                  size_t ldb, float *c, size_t ldc, int accumulate);
// By a level's instructions, which this machine must have.
void fm_bf16_gemm_for(fm_isa level, size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col,
                      const uint32_t *b, size_t ldb, float *c, size_t ldc, int accumulate);

// The same as tiles in plain C, which is how FM_AMX is tried where it is missing.
void fm_bf16_gemm_tiles_plain(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col,
                              const uint32_t *b, size_t ldb, float *c, size_t ldc, int accumulate);

// A matrix k x n (n x k if transposed) made ready to be the right one of many products: panels of FM_BF16_PANEL columns,
// each [pairs][FM_BF16_PANEL], with zeros behind the last column and row. Panels [first, last).
enum { FM_BF16_PANEL = 32 };
void fm_bf16_pack(int transpose, size_t k, size_t n, const float *b, size_t ldb, size_t first, size_t last,
                  uint32_t *packed);

// c (+)= a b for rows of pairs a, lda pairs apart, and panels [first, last) of a packed b with n columns in all.
void fm_bf16_gemm_packed(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t lda, const uint32_t *packed,
                         size_t first, size_t last, float *c, size_t ldc, int accumulate);

// As fm_gemm_any, of floats rounded on their way. The first call of a thread reserves 2 MB for it, later ones nothing.
void fm_bf16_gemm_any(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                      const float *b, size_t ldb, float *c, size_t ldc, int accumulate);
#endif
