#include "CKernels.h"
#include "gemm_panels.h"
#include "isa.h"
#include <stdio.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Each instruction set gets the block that fills its registers: rows x columns of sums stay in registers while k
// runs. 14 x 32 for 32 registers of 16 floats, 6 x 16 for 16 of 8; for registers of 4 floats 6 x 16 where there are 32
// (arm64), and 2 x 16 where there are 16.

// Blocks of b have so many rows and columns, and of a at most so many rows.
#define FM_DEPTH 384
#define FM_BLOCK_COLUMNS 512
#define FM_BLOCK_ROWS 112
// What is read only once is asked for so many rows ahead, if it is too large for the caches (in floats).
#define FM_AHEAD 16
#define FM_FAR ((size_t)1 << 17)
// And so much is read from the nearest cache wherever it lies.
#define FM_NEAR ((size_t)1 << 12)
// So many floats of a row of c stay in the nearest cache.
#define FM_ROW_COLUMNS 4096
// Floats of the buffer: the largest block of a, with what packing may write behind it, and of b.
#define FM_PACKED_A (FM_DEPTH * FM_BLOCK_ROWS + 64)
#define FM_PACKED_B (FM_DEPTH * FM_BLOCK_COLUMNS + 64)
_Static_assert((FM_PACKED_A + FM_PACKED_B) * sizeof(float) <= FM_BUFFER, "the blocks fit into the buffer");

#if defined(__x86_64__)
#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX512), apply_to = function)
#define FM_NAME(x) avx512_##x
#define FM_WIDTH 16
#define FM_VECTORS 2
#define FM_ROWS 14
#define FM_CASES                                                                                                      \
    FM_CASE(1) FM_CASE(2) FM_CASE(3) FM_CASE(4) FM_CASE(5) FM_CASE(6) FM_CASE(7) FM_CASE(8) FM_CASE(9) FM_CASE(10)    \
    FM_CASE(11) FM_CASE(12) FM_CASE(13) FM_CASE(14)
#include "gemm_template.h"
#pragma clang attribute pop

#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX2), apply_to = function)
#define FM_NAME(x) avx2_##x
#define FM_WIDTH 8
#define FM_VECTORS 2
#define FM_ROWS 6
#define FM_CASES FM_CASE(1) FM_CASE(2) FM_CASE(3) FM_CASE(4) FM_CASE(5) FM_CASE(6)
#include "gemm_template.h"
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

void fm_gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, size_t ldb,
             float *c, size_t ldc, int accumulate) {
    if (m == 0 || n == 0) return;
#if defined(__x86_64__)
    if (fm_isa_level >= FM_AVX512) return avx512_thin(m, n, k, a, a_row, a_col, b, ldb, c, ldc, accumulate);
    if (fm_isa_level >= FM_AVX2) return avx2_thin(m, n, k, a, a_row, a_col, b, ldb, c, ldc, accumulate);
#endif
    baseline_thin(m, n, k, a, a_row, a_col, b, ldb, c, ldc, accumulate);
}

// WebAssembly's C library has the header but not what it declares; there is one thread.
#if __has_include(<threads.h>) && !defined(__wasm__)
#define FM_HAS_THREADS
#include <threads.h>
static once_flag once = ONCE_FLAG_INIT;
static tss_t buffers;
static int has_key;
static void make_key(void) { has_key = tss_create(&buffers, fm_release) == thrd_success; }
#endif

float *fm_thread_buffer(void) {
    static _Thread_local float *buffer;
    if (buffer) return buffer;
    buffer = fm_allocate(FM_BUFFER);
    if (!buffer) {
#ifdef __wasm__
        __builtin_trap();
#else
        fprintf(stderr, "out of memory: %zu bytes\n", FM_BUFFER);
        abort();
#endif
    }
#ifdef FM_HAS_THREADS
    call_once(&once, make_key);
    if (has_key) tss_set(buffers, buffer);
#endif
    return buffer;
}

void fm_gemm_any_for(fm_isa level, int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a,
                     size_t lda, const float *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    if (m == 0 || n == 0) return;
    if (k == 0) {
        if (!accumulate)
            for (size_t i = 0; i < m; i++) memset(c + i * ldc, 0, n * sizeof(float));
        return;
    }
    float *const buffer = fm_thread_buffer();
    (void)level;
#define FM_CALL(any) any(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, c, ldc, accumulate, buffer)
#if defined(__x86_64__)
    if (level >= FM_AVX512) return FM_CALL(avx512_any);
    if (level >= FM_AVX2) return FM_CALL(avx2_any);
#endif
    FM_CALL(baseline_any);
}

void fm_gemm_any(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                 const float *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    fm_gemm_any_for(fm_isa_level, transpose_a, transpose_b, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
}
