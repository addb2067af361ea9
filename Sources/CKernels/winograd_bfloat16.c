#include "CKernels.h"
#include "isa.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Tiles are interpolated at 0, 3/4, -3/4, 3/2, -3/2 and infinity: numbers of fewer digits lose half as much there as at
// 1 and 2 (measured: 0.9 instead of 2.1 % of a layer's output), and all factors of transforms of images are exact.
// B. Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural Networks", 2020.

// r = B^T d, one column of six.
#define INPUT_TRANSFORM(r, d0, d1, d2, d3, d4, d5)                                                                    \
    do {                                                                                                              \
        v16 a_ = d4 - 2.25f * d2, b_ = d3 - 2.25f * d1, c_ = d4 - 0.5625f * d2, e_ = d3 - 0.5625f * d1;               \
        r(0, 1.265625f * d0 - 2.8125f * d2 + d4);                                                                     \
        r(1, a_ + 0.75f * b_);                                                                                        \
        r(2, a_ - 0.75f * b_);                                                                                        \
        r(3, c_ + 1.5f * e_);                                                                                         \
        r(4, c_ - 1.5f * e_);                                                                                         \
        r(5, 1.265625f * d1 - 2.8125f * d3 + d5);                                                                     \
    } while (0)

// o = A^T m for the tile at m: t is [4][6], o is [4][4].
#define OUTPUT_ROWS(t, m, stride)                                                                                     \
    for (int j = 0; j < 6; j++) {                                                                                     \
        const float *q = (m) + (size_t)j * (stride);                                                                  \
        v16 m0 = LOAD(q), m1 = LOAD(q + 6 * (stride)), m2 = LOAD(q + 12 * (stride)),                                  \
            m3 = LOAD(q + 18 * (stride)), m4 = LOAD(q + 24 * (stride)), m5 = LOAD(q + 30 * (stride));                 \
        v16 a = m1 + m2, b = m1 - m2, c_ = m3 + m4, d = m3 - m4;                                                      \
        t[j] = m0 + a + c_;                                                                                           \
        t[6 + j] = 0.75f * b + 1.5f * d;                                                                              \
        t[12 + j] = 0.5625f * a + 2.25f * c_;                                                                         \
        t[18 + j] = 0.421875f * b + 3.375f * d + m5;                                                                  \
    }
#define OUTPUT_COLUMNS(o, t)                                                                                          \
    {                                                                                                                 \
        v16 a = t[1] + t[2], b = t[1] - t[2], c_ = t[3] + t[4], d = t[3] - t[4];                                      \
        o[0] = t[0] + a + c_;                                                                                         \
        o[1] = 0.75f * b + 1.5f * d;                                                                                  \
        o[2] = 0.5625f * a + 2.25f * c_;                                                                              \
        o[3] = 0.421875f * b + 3.375f * d + t[5];                                                                     \
    }

// t (six) = A d (four).
#define GRADIENT_TRANSFORM(r, d0, d1, d2, d3)                                                                         \
    do {                                                                                                              \
        v16 a_ = d0 + 0.5625f * d2, b_ = 0.75f * d1 + 0.421875f * d3;                                                 \
        v16 c_ = d0 + 2.25f * d2, e_ = 1.5f * d1 + 3.375f * d3;                                                       \
        r(0, d0);                                                                                                     \
        r(1, a_ + b_);                                                                                                \
        r(2, a_ - b_);                                                                                                \
        r(3, c_ + e_);                                                                                                \
        r(4, c_ - e_);                                                                                                \
        r(5, d3);                                                                                                     \
    } while (0)

// r (six) = B v (six).
#define INPUT_GRADIENT_TRANSFORM(r, v0, v1, v2, v3, v4, v5)                                                           \
    do {                                                                                                              \
        v16 a_ = v1 + v2, b_ = v1 - v2, c_ = v3 + v4, e_ = v3 - v4;                                                   \
        r(0, 1.265625f * v0);                                                                                         \
        r(1, 1.265625f * v5 - 1.6875f * b_ - 0.84375f * e_);                                                          \
        r(2, -2.8125f * v0 - 2.25f * a_ - 0.5625f * c_);                                                              \
        r(3, 0.75f * b_ + 1.5f * e_ - 2.8125f * v5);                                                                  \
        r(4, v0 + a_ + c_);                                                                                           \
        r(5, v5);                                                                                                     \
    } while (0)

// r (six) = G g (three).
#define FILTER_TRANSFORM(r, g0, g1, g2)                                                                               \
    do {                                                                                                              \
        v16 a_ = (-128.0f / 243) * g0 - (8.0f / 27) * g2, b_ = (32.0f / 81) * g1;                                     \
        v16 c_ = (32.0f / 243) * g0 + (8.0f / 27) * g2, e_ = (16.0f / 81) * g1;                                       \
        r(0, (64.0f / 81) * g0);                                                                                      \
        r(1, a_ - b_);                                                                                                \
        r(2, a_ + b_);                                                                                                \
        r(3, c_ + e_);                                                                                                \
        r(4, c_ - e_);                                                                                                \
        r(5, g2);                                                                                                     \
    } while (0)

// r (three) = G^T d (six).
#define FILTER_GRADIENT_TRANSFORM(r, d0, d1, d2, d3, d4, d5)                                                          \
    do {                                                                                                              \
        v16 a_ = d1 + d2, b_ = d2 - d1, c_ = d3 + d4, e_ = d3 - d4;                                                   \
        r(0, (64.0f / 81) * d0 - (128.0f / 243) * a_ + (32.0f / 243) * c_);                                           \
        r(1, (32.0f / 81) * b_ + (16.0f / 81) * e_);                                                                  \
        r(2, (8.0f / 27) * (c_ - a_) + d5);                                                                           \
    } while (0)

typedef uint16_t h16 __attribute__((vector_size(32), aligned(2)));
typedef uint32_t u16x2 __attribute__((vector_size(64), aligned(4)));
#define ELEMENT uint16_t
#define WRITE(to, v) (*(h16 *)(to) = ROUND(v))
// Pairs of channels: the even one comes first and makes room for the other.
#define WRITE_FILTER(u, p, c, k, v)                                                                                   \
    do {                                                                                                              \
        u16x2 *to_ = (u16x2 *)((uint32_t *)u + ((p) * plane / 2 + (size_t)((c) / 2) * filters + (k)));                \
        const u16x2 half_ = __builtin_convertvector(ROUND(v), u16x2);                                                 \
        *to_ = (c) % 2 ? *to_ | half_ << 16 : half_;                                                                  \
    } while (0)
#define WRITE_TURNED_FILTER(ut, p, c, k, v)                                                                           \
    do {                                                                                                              \
        const h16 half_ = ROUND(v);                                                                                   \
        uint32_t pair_[8], *to_ = (uint32_t *)ut + (p) * plane / 2 + (size_t)((k) / 2) * channels + (c);              \
        memcpy(pair_, &half_, sizeof pair_);                                                                          \
        for (int i = 0; i < 8; i++) to_[(size_t)i * channels] = pair_[i];                                             \
    } while (0)

#define FM_WINOGRAD(result, name, parameters, arguments) static result FM_NAME(name) parameters

#if defined(__x86_64__)
#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX512BF16), apply_to = function)
#define FM_NAME(x) avx512bf16_##x
#define ROUND(v) ((h16)_mm512_cvtneps_pbh((__m512)(v)))
#include "winograd4_template.h"
#undef FM_NAME
#undef ROUND
#pragma clang attribute pop
#endif

// As fm_bf16_round does it. A macro for the same reason as SELECT.
#define ROUND(v)                                                                                                      \
    ({                                                                                                                \
        const u16x2 u_ = (u16x2)(v), size_ = u_ & 0x7fffffff;                                                         \
        const u16x2 is_nan_ = (u16x2)(size_ > 0x7f800000), is_tiny_ = (u16x2)(size_ < 0x00800000);                    \
        const u16x2 nearest_ = u_ + 0x7fff + (u_ >> 16 & 1);                                                          \
        const u16x2 r_ = (((u_ | 0x400000) & is_nan_) | (nearest_ & ~is_nan_)) & ~(is_tiny_ & 0x7fffffff);            \
        __builtin_convertvector(r_ >> 16, h16);                                                                       \
    })

#if defined(__x86_64__)
#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX512), apply_to = function)
#define FM_NAME(x) avx512_##x
#include "winograd4_template.h"
#undef FM_NAME
#pragma clang attribute pop

#pragma clang attribute push(FM_TARGET(FM_FEATURES_AVX2), apply_to = function)
#define FM_NAME(x) avx2_##x
#include "winograd4_template.h"
#undef FM_NAME
#pragma clang attribute pop
#endif

#define FM_NAME(x) baseline_##x
#include "winograd4_template.h"

#if defined(__x86_64__)
#define PUBLIC(name, inner, parameters, arguments)                                                                    \
    void name parameters {                                                                                            \
        if (fm_isa_level >= FM_AVX512BF16) return avx512bf16_##inner arguments;                                       \
        if (fm_isa_level >= FM_AVX512) return avx512_##inner arguments;                                               \
        if (fm_isa_level >= FM_AVX2) return avx2_##inner arguments;                                                   \
        baseline_##inner arguments;                                                                                   \
    }
#else
#define PUBLIC(name, inner, parameters, arguments) \
    void name parameters { baseline_##inner arguments; }
#endif

PUBLIC(fm_bf16_winograd_input, winograd4_input,
       (const fm_winograd_shape *s, const float *x, int tile_row, int tile_rows, uint16_t *v, size_t stride),
       (s, x, tile_row, tile_rows, v, stride))
PUBLIC(fm_bf16_winograd_output, winograd4_output,
       (const fm_winograd_shape *s, const float *m, size_t stride, int tile_row, int tile_rows, const float *bias,
        fm_ending ending, const float *slopes, float *y),
       (s, m, stride, tile_row, tile_rows, bias, ending, slopes, y))
PUBLIC(fm_bf16_winograd_output_pool, winograd4_output_pool,
       (const fm_winograd_shape *s, const float *m, size_t stride, int tile_row, int tile_rows, const float *bias,
        float *pooled, uint8_t *mask),
       (s, m, stride, tile_row, tile_rows, bias, pooled, mask))
PUBLIC(fm_bf16_winograd_output_gradient, winograd4_output_gradient,
       (const fm_winograd_shape *s, const float *dy, const float *y, int tile_row, int tile_rows, uint16_t *dm,
        size_t stride, float *bias_gradient),
       (s, dy, y, tile_row, tile_rows, dm, stride, bias_gradient))
PUBLIC(fm_bf16_winograd_output_gradient_pool, winograd4_output_gradient_pool,
       (const fm_winograd_shape *s, const float *dpooled, const uint8_t *mask, int tile_row, int tile_rows,
        uint16_t *dm, size_t stride, float *bias_gradient),
       (s, dpooled, mask, tile_row, tile_rows, dm, stride, bias_gradient))
PUBLIC(fm_bf16_winograd_input_gradient, winograd4_input_gradient,
       (const fm_winograd_shape *s, const float *dv, size_t stride, int tile_row, int tile_rows, float *dx),
       (s, dv, stride, tile_row, tile_rows, dx))
PUBLIC(fm_bf16_winograd_filter, winograd4_filter,
       (const float *w, int channels, int filters, int first, int last, uint16_t *u, uint16_t *ut),
       (w, channels, filters, first, last, u, ut))
PUBLIC(fm_bf16_winograd_filter_gradient, winograd4_filter_gradient,
       (const float *du, int channels, int filters, int first, int last, float *dw, int accumulate),
       (du, channels, filters, first, last, dw, accumulate))
