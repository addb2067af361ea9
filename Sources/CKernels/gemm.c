#include "CKernels.h"

// Each instruction set gets the block that fills its registers: rows x columns of sums stay in registers while k
// runs. 14 x 32 for 32 registers of 16 floats, 6 x 16 for 16 of 8; for registers of 4 floats 6 x 16 where there are 32
// (arm64), and 2 x 16 where there are 16.

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), apply_to = function)
#define FM_NAME(x) avx512_##x
#define FM_WIDTH 16
#define FM_VECTORS 2
#define FM_ROWS 14
#define FM_CASES                                                                                              \
    FM_CASE(1) FM_CASE(2) FM_CASE(3) FM_CASE(4) FM_CASE(5) FM_CASE(6) FM_CASE(7) FM_CASE(8) FM_CASE(9)        \
    FM_CASE(10) FM_CASE(11) FM_CASE(12) FM_CASE(13) FM_CASE(14)
#include "gemm_template.h"
#undef FM_NAME
#undef FM_WIDTH
#undef FM_VECTORS
#undef FM_ROWS
#undef FM_CASES
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define FM_NAME(x) avx2_##x
#define FM_WIDTH 8
#define FM_VECTORS 2
#define FM_ROWS 6
#define FM_CASES FM_CASE(1) FM_CASE(2) FM_CASE(3) FM_CASE(4) FM_CASE(5) FM_CASE(6)
#include "gemm_template.h"
#undef FM_NAME
#undef FM_WIDTH
#undef FM_VECTORS
#undef FM_ROWS
#undef FM_CASES
#pragma clang attribute pop
#endif

#define FM_NAME(x) baseline_##x
#define FM_WIDTH 4
#define FM_VECTORS 4
#if defined(__aarch64__)
#define FM_ROWS 6
#define FM_CASES FM_CASE(1) FM_CASE(2) FM_CASE(3) FM_CASE(4) FM_CASE(5) FM_CASE(6)
#else
#define FM_ROWS 2
#define FM_CASES FM_CASE(1) FM_CASE(2)
#endif
#include "gemm_template.h"

const char *fm_gemm_isa(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        return "avx512";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "avx2";
#endif
    return "baseline";
}

void fm_gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, size_t ldb,
             float *c, size_t ldc, int accumulate) {
    if (m == 0 || n == 0) return;
#if defined(__x86_64__)
    switch (fm_gemm_isa()[3]) {
    case '5': avx512_gemm(m, n, k, a, a_row, a_col, b, ldb, c, ldc, accumulate); return;
    case '2': avx2_gemm(m, n, k, a, a_row, a_col, b, ldb, c, ldc, accumulate); return;
    default: break;
    }
#endif
    baseline_gemm(m, n, k, a, a_row, a_col, b, ldb, c, ldc, accumulate);
}

typedef float v16 __attribute__((vector_size(64), aligned(4)));

enum { narrow_depth = 256 };

// `rows` rows of c from `packed` [k][16], their sums in registers.
static inline __attribute__((always_inline)) void narrow_block(
    const int rows, size_t n, size_t k, const float *a, size_t lda, const float *packed, float *c, size_t ldc,
    int accumulate) {
    v16 sum[8];
    for (int i = 0; i < rows; i++) sum[i] = (v16){0};
    for (size_t p = 0; p < k; p++) {
        const v16 row = *(const v16 *)(packed + p * 16);
        for (int i = 0; i < rows; i++) sum[i] += a[i * lda + p] * row;
    }
    for (int i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) c[i * ldc + j] = sum[i][j] + (accumulate ? c[i * ldc + j] : 0);
}

FM_CLONES
void fm_gemm_narrow(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb, float *c,
                    size_t ldc, int accumulate) {
    float packed[narrow_depth * 16];
    for (size_t start = 0; start < k; start += narrow_depth) {
        const size_t depth = k - start < narrow_depth ? k - start : narrow_depth;
        for (size_t p = 0; p < depth; p++)
            for (size_t j = 0; j < 16; j++) packed[p * 16 + j] = j < n ? b[(start + p) * ldb + j] : 0;
        const float *part = a + start;
        const int add = accumulate || start > 0;
        size_t i = 0;
        for (; i + 8 <= m; i += 8) narrow_block(8, n, depth, part + i * lda, lda, packed, c + i * ldc, ldc, add);
        for (; i < m; i++) narrow_block(1, n, depth, part + i * lda, lda, packed, c + i * ldc, ldc, add);
    }
}
