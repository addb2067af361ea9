#include "CKernels.h"
#include "isa.h"
#include <string.h>

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16 __attribute__((vector_size(64), aligned(4)));
typedef uint8_t b16 __attribute__((vector_size(16), aligned(1)));
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))

// r = B^T d, one column of six.
#define INPUT_TRANSFORM(r, d0, d1, d2, d3, d4, d5) \
    do {                                           \
        v16 a_ = d4 - 4.0f * d2, b_ = d3 - 4.0f * d1, c_ = d4 - d2, e_ = 2.0f * (d3 - d1); \
        r(0, 4.0f * d0 - 5.0f * d2 + d4);          \
        r(1, a_ + b_);                             \
        r(2, a_ - b_);                             \
        r(3, c_ + e_);                             \
        r(4, c_ - e_);                             \
        r(5, 4.0f * d1 - 5.0f * d3 + d5);          \
    } while (0)

FM_STATIC_KERNEL(void, winograd4_input, (const fm_winograd_shape *s, const float *x, int tile_row, int tile_rows, float *v,
                                    size_t stride), (s, x, tile_row, tile_rows, v, stride)) {
    const int C = s->channels;
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            const int top = ty * 4 - s->pad_top, left = tx * 4 - s->pad_left;
            const int inside = top >= 0 && left >= 0 && top + 6 <= s->height && left + 6 <= s->width;
            float *out = v + (size_t)((ty - tile_row) * s->tile_cols + tx) * C;
            for (int c = 0; c < C; c += 16) {
                v16 t[36];
                if (inside) {
                    const float *in = x + ((size_t)top * s->width + left) * C + c;
                    const size_t row = (size_t)s->width * C;
                    for (int j = 0; j < 6; j++) {
                        const float *p = in + (size_t)j * C;
                        v16 d0 = LOAD(p), d1 = LOAD(p + row), d2 = LOAD(p + 2 * row), d3 = LOAD(p + 3 * row),
                            d4 = LOAD(p + 4 * row), d5 = LOAD(p + 5 * row);
#define PUT(i, value) t[(i) * 6 + j] = (value)
                        INPUT_TRANSFORM(PUT, d0, d1, d2, d3, d4, d5);
#undef PUT
                    }
                } else {
                    for (int j = 0; j < 6; j++) {
                        v16 d[6];
                        for (int i = 0; i < 6; i++) {
                            const int h = top + i, w = left + j;
                            d[i] = (h >= 0 && w >= 0 && h < s->height && w < s->width)
                                       ? LOAD(x + ((size_t)h * s->width + w) * C + c)
                                       : (v16){0};
                        }
#define PUT(i, value) t[(i) * 6 + j] = (value)
                        INPUT_TRANSFORM(PUT, d[0], d[1], d[2], d[3], d[4], d[5]);
#undef PUT
                    }
                }
                for (int i = 0; i < 6; i++) {
                    const v16 *d = t + i * 6;
                    float *o = out + (size_t)(i * 6) * stride + c;
#define PUT(j, value) STORE(o + (size_t)(j) * stride, (value))
                    INPUT_TRANSFORM(PUT, d[0], d[1], d[2], d[3], d[4], d[5]);
#undef PUT
                }
            }
        }
}

// o = A^T m for the tile at m: t is [4][6], o is [4][4].
#define OUTPUT_ROWS(t, m, stride)                                                                                \
    for (int j = 0; j < 6; j++) {                                                                                \
        const float *q = (m) + (size_t)j * (stride);                                                             \
        v16 m0 = LOAD(q), m1 = LOAD(q + 6 * (stride)), m2 = LOAD(q + 12 * (stride)),                             \
            m3 = LOAD(q + 18 * (stride)), m4 = LOAD(q + 24 * (stride)), m5 = LOAD(q + 30 * (stride));            \
        v16 a = m1 + m2, b = m1 - m2, c_ = m3 + m4, d = m3 - m4;                                                 \
        t[j] = m0 + a + c_;                                                                                      \
        t[6 + j] = b + 2.0f * d;                                                                                 \
        t[12 + j] = a + 4.0f * c_;                                                                               \
        t[18 + j] = b + 8.0f * d + m5;                                                                           \
    }
#define OUTPUT_COLUMNS(o, t)                                                                                     \
    {                                                                                                            \
        v16 a = t[1] + t[2], b = t[1] - t[2], c_ = t[3] + t[4], d = t[3] - t[4];                                 \
        o[0] = t[0] + a + c_;                                                                                    \
        o[1] = b + 2.0f * d;                                                                                     \
        o[2] = a + 4.0f * c_;                                                                                    \
        o[3] = b + 8.0f * d + t[5];                                                                              \
    }

// A macro, because vectors passed to a function would have to exist in the baseline's calling convention.
#define SELECT(mask, yes, no) (((mask) & (yes)) | (~(mask) & (no)))

FM_STATIC_KERNEL(void, winograd4_output, (const fm_winograd_shape *s, const float *m, size_t stride, int tile_row,
                                     int tile_rows, const float *bias, int relu, float *y),
          (s, m, stride, tile_row, tile_rows, bias, relu, y)) {
    const int K = s->filters;
    const v16 zero = {0};
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            const float *in = m + (size_t)((ty - tile_row) * s->tile_cols + tx) * K;
            const int columns = s->out_width - tx * 4 < 4 ? s->out_width - tx * 4 : 4;
            for (int k = 0; k < K; k += 16) {
                v16 t[24];
                OUTPUT_ROWS(t, in + k, stride)
                const v16 shift = bias ? LOAD(bias + k) : zero;
                for (int i = 0; i < 4 && ty * 4 + i < s->out_height; i++) {
                    v16 o[4];
                    OUTPUT_COLUMNS(o, (t + i * 6))
                    float *out = y + ((size_t)(ty * 4 + i) * s->out_width + tx * 4) * K + k;
                    for (int j = 0; j < columns; j++) {
                        v16 value = o[j] + shift;
                        if (relu) value = (v16)((i16)value & (value > zero));
                        STORE(out + (size_t)j * K, value);
                    }
                }
            }
        }
}

FM_KERNEL(void, fm_winograd_output_pool, (const fm_winograd_shape *s, const float *m, size_t stride, int tile_row,
                                          int tile_rows, const float *bias, float *pooled, uint8_t *mask),
          (s, m, stride, tile_row, tile_rows, bias, pooled, mask)) {
    const int K = s->filters;
    const v16 zero = {0};
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            const float *in = m + (size_t)((ty - tile_row) * s->tile_cols + tx) * K;
            for (int k = 0; k < K; k += 16) {
                v16 t[24], o[16];
                OUTPUT_ROWS(t, in + k, stride)
                for (int i = 0; i < 4; i++) OUTPUT_COLUMNS((o + i * 4), (t + i * 6))
                const v16 shift = bias ? LOAD(bias + k) : zero;
                for (int i = 0; i < 2 && ty * 2 + i < s->pool_height; i++)
                    for (int j = 0; j < 2 && tx * 2 + j < s->pool_width; j++) {
                        const v16 *w = o + i * 8 + j * 2;
                        v16 best = w[0];
                        i16 which = {0};
                        i16 more = w[1] > best;
                        best = (v16)SELECT(more, (i16)w[1], (i16)best);
                        which = SELECT(more, (i16){0} + 1, which);
                        more = w[4] > best;
                        best = (v16)SELECT(more, (i16)w[4], (i16)best);
                        which = SELECT(more, (i16){0} + 2, which);
                        more = w[5] > best;
                        best = (v16)SELECT(more, (i16)w[5], (i16)best);
                        which = SELECT(more, (i16){0} + 3, which);
                        best += shift;
                        const i16 positive = best > zero;
                        best = (v16)((i16)best & positive);
                        which = SELECT(positive, which, (i16){0} + 4);
                        const size_t at = ((size_t)(ty * 2 + i) * s->pool_width + tx * 2 + j) * K + k;
                        STORE(pooled + at, best);
                        *(b16 *)(mask + at) = __builtin_convertvector(which, b16);
                    }
            }
        }
}

// t (six) = A d (four).
#define GRADIENT_TRANSFORM(r, d0, d1, d2, d3)                       \
    do {                                                            \
        v16 a_ = d0 + d2, b_ = d1 + d3, c_ = d0 + 4.0f * d2, e_ = 2.0f * d1 + 8.0f * d3; \
        r(0, d0);                                                   \
        r(1, a_ + b_);                                              \
        r(2, a_ - b_);                                              \
        r(3, c_ + e_);                                              \
        r(4, c_ - e_);                                              \
        r(5, d3);                                                   \
    } while (0)

// Writes A g A^T of the 4x4 tile g and adds the sum of g to the bias gradient.
#define WRITE_GRADIENT_TILE(g, out, stride, bias)                                                        \
    {                                                                                                    \
        v16 t[24], sum = {0};                                                                            \
        for (int j = 0; j < 4; j++) {                                                                    \
            v16 d0 = g[j], d1 = g[4 + j], d2 = g[8 + j], d3 = g[12 + j];                                 \
            sum += (d0 + d1) + (d2 + d3);                                                                \
            PUT_TILE(j, d0, d1, d2, d3)                                                                  \
        }                                                                                                \
        for (int i = 0; i < 6; i++) {                                                                    \
            const v16 *d = t + i * 4;                                                                    \
            float *o = (out) + (size_t)(i * 6) * (stride);                                               \
            PUT_OUT(d[0], d[1], d[2], d[3])                                                              \
        }                                                                                                \
        STORE(bias, LOAD(bias) + sum);                                                                   \
    }
#define PUT_ROW(i, value) t[(i) * 4 + j_] = (value)
#define PUT_TILE(j, d0, d1, d2, d3) \
    {                               \
        const int j_ = j;           \
        GRADIENT_TRANSFORM(PUT_ROW, d0, d1, d2, d3); \
    }
#define PUT_COLUMN(j, value) STORE(o + (size_t)(j) * stride, (value))
#define PUT_OUT(d0, d1, d2, d3) GRADIENT_TRANSFORM(PUT_COLUMN, d0, d1, d2, d3);

FM_STATIC_KERNEL(void, winograd4_output_gradient, (const fm_winograd_shape *s, const float *dy, const float *y, int tile_row,
                                              int tile_rows, float *dm, size_t stride, float *bias_gradient),
          (s, dy, y, tile_row, tile_rows, dm, stride, bias_gradient)) {
    const int K = s->filters;
    const v16 zero = {0};
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            float *out = dm + (size_t)((ty - tile_row) * s->tile_cols + tx) * K;
            for (int k = 0; k < K; k += 16) {
                v16 g[16];
                for (int i = 0; i < 4; i++)
                    for (int j = 0; j < 4; j++) {
                        const int h = ty * 4 + i, w = tx * 4 + j;
                        v16 value = zero;
                        if (h < s->out_height && w < s->out_width) {
                            const size_t at = ((size_t)h * s->out_width + w) * K + k;
                            value = LOAD(dy + at);
                            if (y) value = (v16)((i16)value & (LOAD(y + at) > zero));
                        }
                        g[i * 4 + j] = value;
                    }
                WRITE_GRADIENT_TILE(g, out + k, stride, bias_gradient + k)
            }
        }
}

FM_KERNEL(void, fm_winograd_output_gradient_pool, (const fm_winograd_shape *s, const float *dpooled,
                                                   const uint8_t *mask, int tile_row, int tile_rows, float *dm,
                                                   size_t stride, float *bias_gradient),
          (s, dpooled, mask, tile_row, tile_rows, dm, stride, bias_gradient)) {
    const int K = s->filters;
    const v16 zero = {0};
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            float *out = dm + (size_t)((ty - tile_row) * s->tile_cols + tx) * K;
            for (int k = 0; k < K; k += 16) {
                v16 g[16];
                for (int i = 0; i < 2; i++)
                    for (int j = 0; j < 2; j++) {
                        v16 value = zero;
                        i16 which = (i16){0} + 4;
                        if (ty * 2 + i < s->pool_height && tx * 2 + j < s->pool_width) {
                            const size_t at = ((size_t)(ty * 2 + i) * s->pool_width + tx * 2 + j) * K + k;
                            value = LOAD(dpooled + at);
                            which = __builtin_convertvector(*(const b16 *)(mask + at), i16);
                        }
                        v16 *w = g + i * 8 + j * 2;
                        w[0] = (v16)((i16)value & (which == 0));
                        w[1] = (v16)((i16)value & (which == 1));
                        w[4] = (v16)((i16)value & (which == 2));
                        w[5] = (v16)((i16)value & (which == 3));
                    }
                WRITE_GRADIENT_TILE(g, out + k, stride, bias_gradient + k)
            }
        }
}

// r (six) = B v (six).
#define INPUT_GRADIENT_TRANSFORM(r, v0, v1, v2, v3, v4, v5)                         \
    do {                                                                            \
        v16 a_ = v1 + v2, b_ = v2 - v1, c_ = v3 + v4, e_ = v4 - v3;                 \
        r(0, 4.0f * v0);                                                            \
        r(1, 4.0f * (b_ + v5) + 2.0f * e_);                                         \
        r(2, -5.0f * v0 - 4.0f * a_ - c_);                                          \
        r(3, -b_ - 2.0f * e_ - 5.0f * v5);                                          \
        r(4, v0 + a_ + c_);                                                         \
        r(5, v5);                                                                   \
    } while (0)

FM_STATIC_KERNEL(void, winograd4_input_gradient, (const fm_winograd_shape *s, const float *dv, size_t stride, int tile_row,
                                             int tile_rows, float *dx), (s, dv, stride, tile_row, tile_rows, dx)) {
    const int C = s->channels;
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            const int top = ty * 4 - s->pad_top, left = tx * 4 - s->pad_left;
            const int inside = top >= 0 && left >= 0 && top + 6 <= s->height && left + 6 <= s->width;
            const float *in = dv + (size_t)((ty - tile_row) * s->tile_cols + tx) * C;
            for (int c = 0; c < C; c += 16) {
                v16 t[36];
                for (int j = 0; j < 6; j++) {
                    const float *q = in + (size_t)j * stride + c;
                    v16 d0 = LOAD(q), d1 = LOAD(q + 6 * stride), d2 = LOAD(q + 12 * stride),
                        d3 = LOAD(q + 18 * stride), d4 = LOAD(q + 24 * stride), d5 = LOAD(q + 30 * stride);
#define PUT(i, value) t[(i) * 6 + j] = (value)
                    INPUT_GRADIENT_TRANSFORM(PUT, d0, d1, d2, d3, d4, d5);
#undef PUT
                }
                for (int i = 0; i < 6; i++) {
                    const v16 *d = t + i * 6;
                    const int h = top + i;
                    if (inside) {
                        float *o = dx + ((size_t)h * s->width + left) * C + c;
#define PUT(j, value) STORE(o + (size_t)(j) * C, LOAD(o + (size_t)(j) * C) + (value))
                        INPUT_GRADIENT_TRANSFORM(PUT, d[0], d[1], d[2], d[3], d[4], d[5]);
#undef PUT
                    } else if (h >= 0 && h < s->height) {
                        v16 r[6];
#define PUT(j, value) r[j] = (value)
                        INPUT_GRADIENT_TRANSFORM(PUT, d[0], d[1], d[2], d[3], d[4], d[5]);
#undef PUT
                        for (int j = 0; j < 6; j++) {
                            const int w = left + j;
                            if (w < 0 || w >= s->width) continue;
                            float *o = dx + ((size_t)h * s->width + w) * C + c;
                            STORE(o, LOAD(o) + r[j]);
                        }
                    }
                }
            }
        }
}

// r (six) = G g (three).
#define FILTER_TRANSFORM(r, g0, g1, g2)                                  \
    do {                                                                 \
        v16 a_ = (-1.0f / 6) * (g0 + g2), b_ = (1.0f / 6) * g1;          \
        v16 c_ = (1.0f / 24) * g0 + (1.0f / 6) * g2, e_ = (1.0f / 12) * g1; \
        r(0, 0.25f * g0);                                                \
        r(1, a_ - b_);                                                   \
        r(2, a_ + b_);                                                   \
        r(3, c_ + e_);                                                   \
        r(4, c_ - e_);                                                   \
        r(5, g2);                                                        \
    } while (0)

FM_STATIC_KERNEL(void, winograd4_filter, (const float *w, int channels, int filters, int first, int last, float *u),
          (w, channels, filters, first, last, u)) {
    const size_t plane = (size_t)channels * filters;
    for (int c = first; c < last; c++)
        for (int k = 0; k < filters; k += 16) {
            v16 t[18], r[36];
            const float *g = w + (size_t)c * filters + k;
            for (int j = 0; j < 3; j++) {
                v16 g0 = LOAD(g + j * plane), g1 = LOAD(g + (3 + j) * plane), g2 = LOAD(g + (6 + j) * plane);
#define PUT(i, value) t[(i) * 3 + j] = (value)
                FILTER_TRANSFORM(PUT, g0, g1, g2);
#undef PUT
            }
            for (int i = 0; i < 6; i++) {
                v16 g0 = t[i * 3], g1 = t[i * 3 + 1], g2 = t[i * 3 + 2];
#define PUT(j, value) r[i * 6 + j] = (value)
                FILTER_TRANSFORM(PUT, g0, g1, g2);
#undef PUT
            }
            for (int p = 0; p < 36; p++) STORE(u + p * plane + (size_t)c * filters + k, r[p]);
        }
}

// r (three) = G^T d (six).
#define FILTER_GRADIENT_TRANSFORM(r, d0, d1, d2, d3, d4, d5)                                  \
    do {                                                                                      \
        v16 a_ = d1 + d2, b_ = d2 - d1, c_ = d3 + d4, e_ = d3 - d4;                           \
        r(0, 0.25f * d0 + (-1.0f / 6) * a_ + (1.0f / 24) * c_);                               \
        r(1, (1.0f / 6) * b_ + (1.0f / 12) * e_);                                             \
        r(2, (-1.0f / 6) * a_ + (1.0f / 6) * c_ + d5);                                        \
    } while (0)

FM_STATIC_KERNEL(void, winograd4_filter_gradient, (const float *du, int channels, int filters, int first, int last,
                                              float *dw, int accumulate),
          (du, channels, filters, first, last, dw, accumulate)) {
    const size_t plane = (size_t)channels * filters;
    for (int c = first; c < last; c++)
        for (int k = 0; k < filters; k += 16) {
            v16 t[18];
            const float *in = du + (size_t)c * filters + k;
            for (int j = 0; j < 6; j++) {
                const float *q = in + j * plane;
                v16 d0 = LOAD(q), d1 = LOAD(q + 6 * plane), d2 = LOAD(q + 12 * plane), d3 = LOAD(q + 18 * plane),
                    d4 = LOAD(q + 24 * plane), d5 = LOAD(q + 30 * plane);
#define PUT(i, value) t[(i) * 6 + j] = (value)
                FILTER_GRADIENT_TRANSFORM(PUT, d0, d1, d2, d3, d4, d5);
#undef PUT
            }
            for (int i = 0; i < 3; i++) {
                const v16 *d = t + i * 6;
                float *o = dw + (size_t)(i * 3) * plane + (size_t)c * filters + k;
#define PUT(j, value) STORE(o + (j) * plane, accumulate ? LOAD(o + (j) * plane) + (value) : (value))
                FILTER_GRADIENT_TRANSFORM(PUT, d[0], d[1], d[2], d[3], d[4], d[5]);
#undef PUT
            }
        }
}

// Larger tiles save more multiplications, and lose a digit more: the points are 0, 1, -1, 2, -2, 1/2, for tiles of six
// -1/2 too, and infinity. Matrices by Toom and Cook.
#define FM_TILE 5
#define FM_NAME(x) winograd5_##x
#define FM_INPUT { \
    {-2.0f, 4.0f, 2.5f, -5.0f, -0.5f, 1.0f, 0.0f},\
    {0.0f, 2.0f, -2.0f, -4.5f, 0.5f, 1.0f, 0.0f},\
    {0.0f, -2.0f, 6.0f, -3.5f, -1.5f, 1.0f, 0.0f},\
    {0.0f, 1.0f, -1.5f, -2.0f, 1.5f, 1.0f, 0.0f},\
    {0.0f, -1.0f, 2.5f, 0.0f, -2.5f, 1.0f, 0.0f},\
    {0.0f, 4.0f, 0.0f, -5.0f, 0.0f, 1.0f, 0.0f},\
    {0.0f, -2.0f, 4.0f, 2.5f, -5.0f, -0.5f, 1.0f}}
#define FM_OUTPUT { \
    {1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 0.0f},\
    {0.0f, 1.0f, -1.0f, 2.0f, -2.0f, 0.5f, 0.0f},\
    {0.0f, 1.0f, 1.0f, 4.0f, 4.0f, 0.25f, 0.0f},\
    {0.0f, 1.0f, -1.0f, 8.0f, -8.0f, 0.125f, 0.0f},\
    {0.0f, 1.0f, 1.0f, 16.0f, 16.0f, 0.0625f, 1.0f}}
#define FM_FILTER { \
    {-0.5f, 0.0f, 0.0f},\
    {-1.0f / 3, -1.0f / 3, -1.0f / 3},\
    {1.0f / 9, -1.0f / 9, 1.0f / 9},\
    {1.0f / 36, 1.0f / 18, 1.0f / 9},\
    {-1.0f / 60, 1.0f / 30, -1.0f / 15},\
    {32.0f / 45, 16.0f / 45, 8.0f / 45},\
    {0.0f, 0.0f, 1.0f}}
#include "winograd_template.h"

#define FM_TILE 6
#define FM_NAME(x) winograd6_##x
#define FM_INPUT { \
    {-1.0f, 0.0f, 5.25f, 0.0f, -5.25f, 0.0f, 1.0f, 0.0f},\
    {0.0f, 1.0f, 1.0f, -4.25f, -4.25f, 1.0f, 1.0f, 0.0f},\
    {0.0f, -1.0f, 1.0f, 4.25f, -4.25f, -1.0f, 1.0f, 0.0f},\
    {0.0f, 0.5f, 0.25f, -2.5f, -1.25f, 2.0f, 1.0f, 0.0f},\
    {0.0f, -0.5f, 0.25f, 2.5f, -1.25f, -2.0f, 1.0f, 0.0f},\
    {0.0f, 2.0f, 4.0f, -2.5f, -5.0f, 0.5f, 1.0f, 0.0f},\
    {0.0f, -2.0f, 4.0f, 2.5f, -5.0f, -0.5f, 1.0f, 0.0f},\
    {0.0f, -1.0f, 0.0f, 5.25f, 0.0f, -5.25f, 0.0f, 1.0f}}
#define FM_OUTPUT { \
    {1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 0.0f},\
    {0.0f, 1.0f, -1.0f, 2.0f, -2.0f, 0.5f, -0.5f, 0.0f},\
    {0.0f, 1.0f, 1.0f, 4.0f, 4.0f, 0.25f, 0.25f, 0.0f},\
    {0.0f, 1.0f, -1.0f, 8.0f, -8.0f, 0.125f, -0.125f, 0.0f},\
    {0.0f, 1.0f, 1.0f, 16.0f, 16.0f, 0.0625f, 0.0625f, 0.0f},\
    {0.0f, 1.0f, -1.0f, 32.0f, -32.0f, 0.03125f, -0.03125f, 1.0f}}
#define FM_FILTER { \
    {-1.0f, 0.0f, 0.0f},\
    {-2.0f / 9, -2.0f / 9, -2.0f / 9},\
    {-2.0f / 9, 2.0f / 9, -2.0f / 9},\
    {1.0f / 90, 1.0f / 45, 2.0f / 45},\
    {1.0f / 90, -1.0f / 45, 2.0f / 45},\
    {32.0f / 45, 16.0f / 45, 8.0f / 45},\
    {32.0f / 45, -16.0f / 45, 8.0f / 45},\
    {0.0f, 0.0f, 1.0f}}
#include "winograd_template.h"


// Rows become columns, in squares that stay in the nearest cache.
FM_STATIC_KERNEL(void, transpose, (const float *x, size_t rows, size_t columns, size_t first, size_t last, float *y),
                 (x, rows, columns, first, last, y)) {
    for (size_t row = first; row < last; row += 16) {
        const size_t end = row + 16 < last ? row + 16 : last;
        for (size_t column = 0; column < columns; column++)
            for (size_t r = row; r < end; r++) y[column * rows + r] = x[r * columns + column];
    }
}

#define BY_TILE(function, ...)                                    \
    (s->tile == 4   ? winograd4_##function(__VA_ARGS__)           \
     : s->tile == 5 ? winograd5_##function(__VA_ARGS__)           \
                    : winograd6_##function(__VA_ARGS__))

void fm_winograd_input(const fm_winograd_shape *s, const float *x, int tile_row, int tile_rows, float *v,
                       size_t stride) {
    BY_TILE(input, s, x, tile_row, tile_rows, v, stride);
}

void fm_winograd_output(const fm_winograd_shape *s, const float *m, size_t stride, int tile_row, int tile_rows,
                        const float *bias, int relu, float *y) {
    BY_TILE(output, s, m, stride, tile_row, tile_rows, bias, relu, y);
}

void fm_winograd_output_gradient(const fm_winograd_shape *s, const float *dy, const float *y, int tile_row,
                                 int tile_rows, float *dm, size_t stride, float *bias_gradient) {
    BY_TILE(output_gradient, s, dy, y, tile_row, tile_rows, dm, stride, bias_gradient);
}

void fm_winograd_input_gradient(const fm_winograd_shape *s, const float *dv, size_t stride, int tile_row,
                                int tile_rows, float *dx) {
    BY_TILE(input_gradient, s, dv, stride, tile_row, tile_rows, dx);
}

void fm_winograd_filter(const fm_winograd_shape *s, const float *w, int first, int last, float *u, float *ut) {
    BY_TILE(filter, w, s->channels, s->filters, first, last, u);
    const size_t plane = (size_t)s->channels * s->filters;
    for (int p = 0; ut && p < (s->tile + 2) * (s->tile + 2); p++)
        transpose(u + p * plane, s->channels, s->filters, first, last, ut + p * plane);
}

void fm_winograd_filter_gradient(const fm_winograd_shape *s, const float *du, int first, int last, float *dw,
                                 int accumulate) {
    BY_TILE(filter_gradient, du, s->channels, s->filters, first, last, dw, accumulate);
}
