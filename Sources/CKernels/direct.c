#include "CKernels.h"
#include "isa.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FM_MOST_ROWS 14
#define FM_CASES_2 FM_CASE(1) FM_CASE(2)
#define FM_CASES_6 FM_CASES_2 FM_CASE(3) FM_CASE(4) FM_CASE(5) FM_CASE(6)
#define FM_CASES_8 FM_CASES_6 FM_CASE(7) FM_CASE(8)
#define FM_CASES_12 FM_CASES_8 FM_CASE(9) FM_CASE(10) FM_CASE(11) FM_CASE(12)
#define FM_CASES_14 FM_CASES_12 FM_CASE(13) FM_CASE(14)

#if defined(__x86_64__)
#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX512), apply_to = function)
#define FM_NAME(x) avx512_##x
#define FM_STORE_PART(to, last, n) _mm512_mask_storeu_ps(to, (__mmask16)((1u << (n)) - 1), (__m512)(last))
#define FM_WIDTH 16
#define FM_VECTORS 2
#define FM_WIDE_ROWS 14
#define FM_SINGLE_ROWS 14
#define FM_WIDE_CASES FM_CASES_14
#define FM_SINGLE_CASES FM_CASES_14
#include "direct_template.h"

// Registers of half the width, for what is left of the filters.
#define FM_NAME(x) avx512_half_##x
#define FM_STORE_PART(to, last, n) _mm256_mask_storeu_ps(to, (__mmask8)((1u << (n)) - 1), (__m256)(last))
#define FM_WIDTH 8
#define FM_VECTORS 2
#define FM_WIDE_ROWS 14
#define FM_SINGLE_ROWS 14
#define FM_WIDE_CASES FM_CASES_14
#define FM_SINGLE_CASES FM_CASES_14
#include "direct_template.h"

// Few filters would leave half of each register empty: there two rows of the image are computed at once. Their pixels lie
// side by side, [pixel][channel][2], and so do the filters, each twice.
static inline __attribute__((always_inline)) void avx512_pair_block(
    const int pixels, const fm_direct_shape *s, const float *x, const float *w, fm_ending ending, float *first,
    float *second) {
    __m512 sum[FM_MOST_ROWS];
#pragma clang loop unroll(full)
    for (int i = 0; i < pixels; i++) sum[i] = _mm512_loadu_ps(w);
    w += 16;
    const size_t step = 2 * s->step, three = 3 * step;
    for (size_t r = 0; r < s->outer; r++)
        for (size_t q = 0; q < s->inner; q++) {
            const float *a = x + 2 * (r * s->outer_stride + q * s->inner_stride);
            const float *b = a + 4 * step, *c = b + 4 * step, *d = c + 4 * step;
            for (size_t p = 0; p < s->run; p++) {
                const __m512 row = _mm512_loadu_ps(w);
#pragma clang loop unroll(full)
                for (int i = 0; i < pixels; i++) {
                    const float *from = i < 4 ? a : i < 8 ? b : i < 12 ? c : d;
                    double pair;
                    memcpy(&pair, from + (i % 4 == 3 ? three : (i % 4) * step), sizeof pair);
                    sum[i] = _mm512_fmadd_ps(_mm512_castpd_ps(_mm512_set1_pd(pair)), row, sum[i]);
                }
                a += 2, b += 2, c += 2, d += 2;
                w += 16;
            }
        }
    const __m512i apart = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    const __mmask8 wanted = (__mmask8)((1u << s->filters) - 1);
#pragma clang loop unroll(full)
    for (int i = 0; i < pixels; i++) {
        __m512 value = sum[i];
        // what is not a number stays, so that it is noticed
        const __m512 zero = _mm512_setzero_ps();
        if (ending == FM_RELU) {
            value = _mm512_mask_mov_ps(value, _mm512_cmp_ps_mask(value, zero, _CMP_LT_OQ), zero);
        } else if (ending == FM_SLOPES) {
            value = _mm512_mask_mul_ps(value, _mm512_cmp_ps_mask(value, zero, _CMP_LT_OQ), value, _mm512_loadu_ps(w));
        }
        value = _mm512_permutexvar_ps(apart, value);
        _mm256_mask_storeu_ps(first + i * s->filters, wanted, _mm512_castps512_ps256(value));
        _mm256_mask_storeu_ps(second + i * s->filters, wanted, _mm512_extractf32x8_ps(value, 1));
    }
}

#define FM_CASE(P) \
    case P: avx512_pair_block(P, s, x, w, ending, first, second); break;
static void avx512_pair(size_t pixels, const fm_direct_shape *s, const float *x, const float *w, fm_ending ending,
                        float *first, float *second) {
    switch (pixels) { FM_CASES_14 }
}
#undef FM_CASE
#pragma clang attribute pop

#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX2), apply_to = function)
#define FM_NAME(x) avx2_##x
#define FM_STORE_PART(to, last, n)                                                                       \
    _mm256_maskstore_ps(                                                                                 \
        to, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),   \
        (__m256)(last))
#define FM_WIDTH 8
#define FM_VECTORS 2
#define FM_WIDE_ROWS 6
#define FM_SINGLE_ROWS 12
#define FM_WIDE_CASES FM_CASES_6
#define FM_SINGLE_CASES FM_CASES_12
#include "direct_template.h"
#pragma clang attribute pop
#endif

#define FM_NAME(x) baseline_##x
#define FM_STORE_PART(to, last, n) memcpy(to, &(last), (n) * sizeof(float))
#define FM_WIDTH 4
#define FM_VECTORS 4
#if defined(__aarch64__)
#define FM_WIDE_ROWS 6
#define FM_SINGLE_ROWS 14
#define FM_WIDE_CASES FM_CASES_6
#define FM_SINGLE_CASES FM_CASES_14
#else
#define FM_WIDE_ROWS 2
#define FM_SINGLE_ROWS 8
#define FM_WIDE_CASES FM_CASES_2
#define FM_SINGLE_CASES FM_CASES_8
#endif
#include "direct_template.h"

// How wide the block is that begins with `rest` filters to go.
static size_t block_width(size_t rest) {
#if defined(__x86_64__)
    if (fm_isa_level >= FM_AVX512) return rest >= 32 ? 32 : rest > 8 ? 16 : 8;
#endif
    if (rest >= 16) return 16;
#if defined(__x86_64__)
    if (fm_isa_level >= FM_AVX2) return rest > 8 ? 16 : 8;
#endif
    return rest > 8 ? 16 : 4;
}

// Rows of a packed kernel: bias, taps and, if there are any, slopes.
static size_t packed_rows(size_t taps, int has_slopes) { return 1 + taps + (has_slopes != 0); }

size_t fm_direct_packed_count(size_t taps, size_t filters, int has_slopes) {
    size_t columns = 0;
    for (size_t k = 0; k < filters;) {
        const size_t width = block_width(filters - k);
        columns += width;
        k += width;
    }
    return packed_rows(taps, has_slopes) * columns;
}

void fm_direct_pack(const float *w, const float *bias, const float *slopes, size_t taps, size_t filters, float *packed) {
    for (size_t k = 0; k < filters;) {
        const size_t width = block_width(filters - k), columns = filters - k < width ? filters - k : width;
        for (size_t t = 0; t < packed_rows(taps, slopes != 0); t++) {
            const float *from = t > taps ? slopes + k : t > 0 ? w + (t - 1) * filters + k : bias ? bias + k : 0;
            if (from) memcpy(packed, from, columns * sizeof(float));
            for (size_t j = from ? columns : 0; j < width; j++) packed[j] = 0;
            packed += width;
        }
        k += width;
    }
}

size_t fm_direct_filter_step(void) { return 32; }

void fm_direct_forward(const fm_direct_shape *s, size_t rows, size_t first, size_t last, const float *x,
                       const float *packed, fm_ending ending, float *y) {
    const size_t packed_height = packed_rows(s->outer * s->inner * s->run, ending == FM_SLOPES);
    packed += packed_height * first;
    for (size_t k = first; k < last;) {
        const size_t width = block_width(s->filters - k);
        const size_t columns = s->filters - k < width ? s->filters - k : width;
#define FM_CALL(filters) filters(s, rows, x, packed, width, columns, ending, y + k)
#if defined(__x86_64__)
        if (fm_isa_level >= FM_AVX512) {
            if (width == 8) FM_CALL(avx512_half_filters);
            else FM_CALL(avx512_filters);
        } else if (fm_isa_level >= FM_AVX2) {
            FM_CALL(avx2_filters);
        } else
#endif
            FM_CALL(baseline_filters);
        packed += packed_height * width;
        k += width;
    }
}

FM_KERNEL(void, fm_interleave, (const float *a, const float *b, size_t n, float *restrict y), (a, b, n, y)) {
    if (a && b)
        for (size_t i = 0; i < n; i++) y[2 * i] = a[i], y[2 * i + 1] = b[i];
    else
        for (size_t i = 0; i < n; i++) y[2 * i] = a ? a[i] : 0, y[2 * i + 1] = b ? b[i] : 0;
}

int fm_direct_pairs_rows(size_t filters) {
#if defined(__x86_64__)
    return fm_isa_level >= FM_AVX512 && filters <= 8;
#else
    (void)filters;
    return 0;
#endif
}

void fm_direct_pack_twice(const float *w, const float *bias, const float *slopes, size_t taps, size_t filters,
                          float *packed) {
    memset(packed, 0, 16 * packed_rows(taps, slopes != 0) * sizeof(float));
    for (size_t f = 0; f < filters; f++)
        for (size_t t = 0; t < packed_rows(taps, slopes != 0); t++)
            packed[16 * t + 2 * f] = packed[16 * t + 2 * f + 1] =
                t > taps ? slopes[f] : t > 0 ? w[(t - 1) * filters + f] : bias ? bias[f] : 0;
}

void fm_direct_forward_pairs(const fm_direct_shape *s, size_t pairs, const float *x, const float *packed,
                             fm_ending ending, float *first, float *second) {
#if defined(__x86_64__)
    const size_t count = (s->pixels + FM_MOST_ROWS - 1) / FM_MOST_ROWS;
    for (size_t row = 0; row < pairs; row++)
        for (size_t panel = 0; panel < count; panel++) {
            const size_t start = s->pixels * panel / count, end = s->pixels * (panel + 1) / count;
            const size_t at = (row * s->pixels + start) * s->filters;
            avx512_pair(end - start, s, x + 2 * (row * s->row_step + start * s->step), packed, ending, first + at,
                        second + at);
        }
#else
    (void)s, (void)pairs, (void)x, (void)packed, (void)ending, (void)first, (void)second;
#endif
}
