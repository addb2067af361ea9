#include "CKernels.h"
#include "isa.h"
#include <string.h>

#define FM_MOST_ROWS 14
#define FM_CASES_2 FM_CASE(1) FM_CASE(2)
#define FM_CASES_6 FM_CASES_2 FM_CASE(3) FM_CASE(4) FM_CASE(5) FM_CASE(6)
#define FM_CASES_8 FM_CASES_6 FM_CASE(7) FM_CASE(8)
#define FM_CASES_12 FM_CASES_8 FM_CASE(9) FM_CASE(10) FM_CASE(11) FM_CASE(12)
#define FM_CASES_14 FM_CASES_12 FM_CASE(13) FM_CASE(14)

#if defined(__x86_64__)
#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX512), apply_to = function)
#define FM_NAME(x) avx512_##x
#define FM_WIDTH 16
#define FM_VECTORS 2
#define FM_WIDE_ROWS 14
#define FM_SINGLE_ROWS 14
#define FM_WIDE_CASES FM_CASES_14
#define FM_SINGLE_CASES FM_CASES_14
#include "direct_template.h"

// Registers of half the width, for what is left of the filters.
#define FM_NAME(x) avx512_half_##x
#define FM_WIDTH 8
#define FM_VECTORS 2
#define FM_WIDE_ROWS 14
#define FM_SINGLE_ROWS 14
#define FM_WIDE_CASES FM_CASES_14
#define FM_SINGLE_CASES FM_CASES_14
#include "direct_template.h"
#pragma clang attribute pop

#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX2), apply_to = function)
#define FM_NAME(x) avx2_##x
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

size_t fm_direct_packed_count(size_t taps, size_t filters) {
    size_t columns = 0;
    for (size_t k = 0; k < filters;) {
        const size_t width = block_width(filters - k);
        columns += width;
        k += width;
    }
    return (taps + 1) * columns;
}

void fm_direct_pack(const float *w, const float *bias, size_t taps, size_t filters, float *packed) {
    for (size_t k = 0; k < filters;) {
        const size_t width = block_width(filters - k), columns = filters - k < width ? filters - k : width;
        for (size_t t = 0; t <= taps; t++) {
            const float *from = t > 0 ? w + (t - 1) * filters + k : bias ? bias + k : 0;
            if (from) memcpy(packed, from, columns * sizeof(float));
            for (size_t j = from ? columns : 0; j < width; j++) packed[j] = 0;
            packed += width;
        }
        k += width;
    }
}

size_t fm_direct_filter_step(void) { return 32; }

void fm_direct_forward(const fm_direct_shape *s, size_t rows, size_t first, size_t last, const float *x,
                       const float *packed, int relu, float *y) {
    const size_t taps = s->outer * s->inner * s->run;
    packed += (taps + 1) * first;
    for (size_t k = first; k < last;) {
        const size_t width = block_width(s->filters - k);
        const size_t columns = s->filters - k < width ? s->filters - k : width;
#define FM_CALL(filters) filters(s, rows, x, packed, width, columns, relu, y + k)
#if defined(__x86_64__)
        if (fm_isa_level >= FM_AVX512) {
            if (width == 8) FM_CALL(avx512_half_filters);
            else FM_CALL(avx512_filters);
        } else if (fm_isa_level >= FM_AVX2) {
            FM_CALL(avx2_filters);
        } else
#endif
            FM_CALL(baseline_filters);
        packed += (taps + 1) * width;
        k += width;
    }
}
