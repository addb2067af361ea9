#include "CKernels.h"
#include "isa.h"

// Tiles are interpolated at 0, 1, -1, 2, -2 and infinity.

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

// r (three) = G^T d (six).
#define FILTER_GRADIENT_TRANSFORM(r, d0, d1, d2, d3, d4, d5)                                  \
    do {                                                                                      \
        v16 a_ = d1 + d2, b_ = d2 - d1, c_ = d3 + d4, e_ = d3 - d4;                           \
        r(0, 0.25f * d0 + (-1.0f / 6) * a_ + (1.0f / 24) * c_);                               \
        r(1, (1.0f / 6) * b_ + (1.0f / 12) * e_);                                             \
        r(2, (-1.0f / 6) * a_ + (1.0f / 6) * c_ + d5);                                        \
    } while (0)

#define FM_WINOGRAD FM_STATIC_KERNEL
#define ELEMENT float
#define WRITE(to, v) STORE(to, v)
#define WRITE_FILTER(u, p, c, k, v) STORE(u + (p) * plane + (size_t)(c) * filters + k, v)
#define WRITE_TURNED_FILTER(ut, p, c, k, v) \
    for (int i = 0; i < 16; i++) ut[(p) * plane + (size_t)((k) + i) * channels + (c)] = (v)[i]
#include "winograd4_template.h"

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
#include "winograd_tiles.h"

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
#include "winograd_tiles.h"

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
                        const float *bias, fm_ending ending, const float *slopes, float *y) {
    BY_TILE(output, s, m, stride, tile_row, tile_rows, bias, ending, slopes, y);
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
    if (s->tile == 4)
        winograd4_filter(w, s->channels, s->filters, first, last, u, 0);
    else if (s->tile == 5)
        winograd5_filter(w, s->channels, s->filters, first, last, u);
    else
        winograd6_filter(w, s->channels, s->filters, first, last, u);
    const size_t plane = (size_t)s->channels * s->filters;
    for (int p = 0; ut && p < (s->tile + 2) * (s->tile + 2); p++)
        transpose(u + p * plane, s->channels, s->filters, first, last, ut + p * plane);
}

void fm_winograd_filter_gradient(const fm_winograd_shape *s, const float *du, int first, int last, float *dw,
                                 int accumulate) {
    BY_TILE(filter_gradient, du, s->channels, s->filters, first, last, dw, accumulate);
}

void fm_winograd_output_pool(const fm_winograd_shape *s, const float *m, size_t stride, int tile_row, int tile_rows,
                             const float *bias, float *pooled, uint8_t *mask) {
    winograd4_output_pool(s, m, stride, tile_row, tile_rows, bias, pooled, mask);
}

void fm_winograd_output_gradient_pool(const fm_winograd_shape *s, const float *dpooled, const uint8_t *mask,
                                      int tile_row, int tile_rows, float *dm, size_t stride, float *bias_gradient) {
    winograd4_output_gradient_pool(s, dpooled, mask, tile_row, tile_rows, dm, stride, bias_gradient);
}
