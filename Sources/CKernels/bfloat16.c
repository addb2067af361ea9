#include "CKernels.h"
#include "gemm_panels.h"
#include "isa.h"
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX512BF16), apply_to = function)
typedef uint16_t HALVES_TWICE __attribute__((vector_size(64)));
#define FM_NAME(x) avx512bf16_##x
#define FM_HAS_BF16
#define FM_WIDTH 16
#define FM_ROWS 14
#define FM_CASES                                                                                                      \
    FM_CASE(1) FM_CASE(2) FM_CASE(3) FM_CASE(4) FM_CASE(5) FM_CASE(6) FM_CASE(7) FM_CASE(8) FM_CASE(9) FM_CASE(10)    \
    FM_CASE(11) FM_CASE(12) FM_CASE(13) FM_CASE(14)
#include "bf16_template.h"
#pragma clang attribute pop

// Elsewhere a pair is taken apart: fewer rows leave registers for that.
#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX512), apply_to = function)
#define FM_NAME(x) avx512_##x
#define FM_WIDTH 16
#define FM_ROWS 10
#define FM_CASES                                                                                                      \
    FM_CASE(1) FM_CASE(2) FM_CASE(3) FM_CASE(4) FM_CASE(5) FM_CASE(6) FM_CASE(7) FM_CASE(8) FM_CASE(9) FM_CASE(10)
#include "bf16_template.h"
#pragma clang attribute pop

#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX2), apply_to = function)
#define FM_NAME(x) avx2_##x
#define FM_WIDTH 8
#define FM_ROWS 2
#define FM_CASES FM_CASE(1) FM_CASE(2)
#include "bf16_template.h"
#pragma clang attribute pop
#endif

#define FM_NAME(x) baseline_##x
#define FM_WIDTH 4
#define FM_ROWS 2
#define FM_CASES FM_CASE(1) FM_CASE(2)
#include "bf16_template.h"

typedef struct {
    uint8_t palette, start, reserved[14];
    uint16_t bytes_per_row[16];
    uint8_t rows[16];
} fm_tile_config;

#if defined(__x86_64__)
#define TILES(x) amx_##x
#define TILES_TARGET FM_TARGET(FM_FEATURES_AMX)
#define TILE_CONFIGURE(config) _tile_loadconfig(config)
#define TILE_RELEASE() _tile_release()
#define TILE_ZERO(t) _tile_zero(t)
#define TILE_LOAD(t, from, bytes) _tile_loadd(t, from, bytes)
#define TILE_MULTIPLY(c, a, b) _tile_dpbf16ps(c, a, b)
#define TILE_STORE(t, to, bytes) _tile_stored(t, to, bytes)
#include "bf16_tiles.h"
#endif

#include "bf16_tiles_plain.h"
#define TILES(x) plain_tiles_##x
#define TILES_TARGET
#define TILE_CONFIGURE(config) plain_configure(config)
#define TILE_RELEASE() (void)0
#define TILE_ZERO(t) plain_zero(t)
#define TILE_LOAD(t, from, bytes) plain_load(t, from, bytes)
#define TILE_MULTIPLY(c, a, b) plain_multiply(c, a, b)
#define TILE_STORE(t, to, bytes) plain_store(t, to, bytes)
#include "bf16_tiles.h"

// The forms of one level.
typedef struct {
    void (*round_all)(const float *x, size_t n, uint16_t *y);
    void (*pair_rows)(const uint16_t *x, size_t stride, size_t rows, size_t columns, uint32_t *pairs);
    void (*pack_columns)(const float *x, size_t stride, size_t count, size_t k, uint32_t *packed);
    void (*gemm)(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col, const uint32_t *b,
                 size_t ldb, float *c, size_t ldc, int accumulate);
} fm_bf16_forms;
#define FORMS(level) {level##_round_all, level##_pair_rows, level##_pack_columns, level##_gemm}

static const fm_bf16_forms *forms(fm_isa level) {
#if defined(__x86_64__)
    static const fm_bf16_forms avx2 = FORMS(avx2), avx512 = FORMS(avx512), avx512bf16 = FORMS(avx512bf16);
    if (level >= FM_AVX512BF16) return &avx512bf16;
    if (level >= FM_AVX512) return &avx512;
    if (level >= FM_AVX2) return &avx2;
#endif
    static const fm_bf16_forms baseline = FORMS(baseline);
    (void)level;
    return &baseline;
}

// Until it is put back, denormal numbers are 0 in the calling thread, as the processor's own bfloat16 has it.
static unsigned long without_denormals(void) {
#if defined(__x86_64__)
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);
    return before;
#elif defined(__aarch64__)
    unsigned long before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | 1ul << 24) : "memory");
    return before;
#else
    return 0;
#endif
}

static void put_back(unsigned long before) {
#if defined(__x86_64__)
    _mm_setcsr((unsigned)before);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(before) : "memory");
#else
    (void)before;
#endif
}

void fm_bf16_round(const float *x, size_t n, uint16_t *y) { forms(fm_isa_level)->round_all(x, n, y); }

void fm_bf16_pair_rows(const uint16_t *x, size_t stride, size_t rows, size_t columns, uint32_t *pairs) {
    forms(fm_isa_level)->pair_rows(x, stride, rows, columns, pairs);
}

typedef void tiles_gemm(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, const uint32_t *b, size_t ldb,
                        float *c, size_t ldc, int accumulate);

// Tiles read rows of a: where its pairs do not lie side by side, they are put so, 32 rows at a time.
static void by_tiles(tiles_gemm *gemm, size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col,
                     const uint32_t *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    if (a_col == 1) return gemm(m, n, pairs, a, a_row, b, ldb, c, ldc, accumulate);
    enum { rows = 32, most = FM_BUFFER / sizeof(uint32_t) / rows };  // a multiple of a tile's 16 pairs
    uint32_t *const turned = (uint32_t *)fm_thread_buffer();
    for (size_t start = 0; start < pairs; start += most) {
        const size_t depth = pairs - start < most ? pairs - start : most;
        for (size_t first = 0; first < m; first += rows) {
            const size_t count = m - first < rows ? m - first : rows;
            for (size_t p = 0; p < depth; p++)
                for (size_t i = 0; i < count; i++)
                    turned[i * depth + p] = a[(first + i) * a_row + (start + p) * a_col];
            gemm(count, n, depth, turned, depth, b + start * ldb, ldb, c + first * ldc, ldc, accumulate || start > 0);
        }
    }
}

void fm_bf16_gemm_for(fm_isa level, size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col,
                      const uint32_t *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    if (m == 0 || n == 0) return;
    if (pairs == 0) {
        if (!accumulate)
            for (size_t i = 0; i < m; i++) memset(c + i * ldc, 0, n * sizeof(float));
        return;
    }
#if defined(__x86_64__)
    if (level >= FM_AMX) return by_tiles(amx_gemm, m, n, pairs, a, a_row, a_col, b, ldb, c, ldc, accumulate);
    if (level >= FM_AVX512BF16)
        return avx512bf16_gemm(m, n, pairs, a, a_row, a_col, b, ldb, c, ldc, accumulate);
#endif
    const unsigned long before = without_denormals();
    forms(level)->gemm(m, n, pairs, a, a_row, a_col, b, ldb, c, ldc, accumulate);
    put_back(before);
}

void fm_bf16_gemm(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col, const uint32_t *b,
                  size_t ldb, float *c, size_t ldc, int accumulate) {
    fm_bf16_gemm_for(fm_isa_level, m, n, pairs, a, a_row, a_col, b, ldb, c, ldc, accumulate);
}

void fm_bf16_gemm_tiles_plain(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col,
                              const uint32_t *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    by_tiles(plain_tiles_gemm, m, n, pairs, a, a_row, a_col, b, ldb, c, ldc, accumulate);
}

#include "bf16_packed.h"
