// The transforms around the products of Winograd's convolution by tiles of 4 x 4. Included with the transforms of a tile's columns
// (INPUT_TRANSFORM and so on), FM_WINOGRAD(result, name, parameters, arguments) in front of each body, ELEMENT, what is
// multiplied, and WRITE(to, vector), WRITE_FILTER and WRITE_TURNED_FILTER(to, frequency, channel, filter, vector).

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16 __attribute__((vector_size(64), aligned(4)));
typedef uint8_t b16 __attribute__((vector_size(16), aligned(1)));
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))

FM_WINOGRAD(void, winograd4_input, (const fm_winograd_shape *s, const float *x, int tile_row, int tile_rows,
                                      ELEMENT *v, size_t stride), (s, x, tile_row, tile_rows, v, stride)) {
    const int C = s->channels;
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            const int top = ty * 4 - s->pad_top, left = tx * 4 - s->pad_left;
            const int inside = top >= 0 && left >= 0 && top + 6 <= s->height && left + 6 <= s->width;
            ELEMENT *out = v + (size_t)((ty - tile_row) * s->tile_cols + tx) * C;
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
                    ELEMENT *o = out + (size_t)(i * 6) * stride + c;
#define PUT(j, value) WRITE(o + (size_t)(j) * stride, (value))
                    INPUT_TRANSFORM(PUT, d[0], d[1], d[2], d[3], d[4], d[5]);
#undef PUT
                }
            }
        }
}

// A macro, because vectors passed to a function would have to exist in the baseline's calling convention.
#define SELECT(mask, yes, no) (((mask) & (yes)) | (~(mask) & (no)))
#define END_SUM(value, ending, slopes)                                                                                  \
    do {                                                                                                                \
        const i16 falls_ = (value) < zero;                                                                              \
        if ((ending) == FM_RELU) (value) = (v16)((i16)(value) & ~falls_);                                               \
        if ((ending) == FM_SLOPES) (value) = (v16)SELECT(falls_, (i16)((value) * LOAD(slopes)), (i16)(value));          \
    } while (0)

FM_WINOGRAD(void, winograd4_output, (const fm_winograd_shape *s, const float *m, size_t stride, int tile_row,
                                     int tile_rows, const float *bias, fm_ending ending, const float *slopes, float *y),
          (s, m, stride, tile_row, tile_rows, bias, ending, slopes, y)) {
    const int K = s->filters, all = s->all_filters;
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
                    float *out = y + ((size_t)(ty * 4 + i) * s->out_width + tx * 4) * all + k;
                    for (int j = 0; j < columns; j++) {
                        v16 value = o[j] + shift;
                        END_SUM(value, ending, slopes + k);
                        STORE(out + (size_t)j * all, value);
                    }
                }
            }
        }
}

FM_WINOGRAD(void, winograd4_output_pool, (const fm_winograd_shape *s, const float *m, size_t stride, int tile_row,
                                          int tile_rows, const float *bias, float *pooled, uint8_t *mask),
          (s, m, stride, tile_row, tile_rows, bias, pooled, mask)) {
    const int K = s->filters, all = s->all_filters;
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
                        best = (v16)((i16)best & ~(best < zero));
                        which = SELECT(positive, which, (i16){0} + 4);
                        const size_t at = ((size_t)(ty * 2 + i) * s->pool_width + tx * 2 + j) * all + k;
                        STORE(pooled + at, best);
                        *(b16 *)(mask + at) = __builtin_convertvector(which, b16);
                    }
            }
        }
}

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
            ELEMENT *o = (out) + (size_t)(i * 6) * (stride);                                             \
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
#define PUT_COLUMN(j, value) WRITE(o + (size_t)(j) * stride, (value))
#define PUT_OUT(d0, d1, d2, d3) GRADIENT_TRANSFORM(PUT_COLUMN, d0, d1, d2, d3);

FM_WINOGRAD(void, winograd4_output_gradient, (const fm_winograd_shape *s, const float *dy, const float *y, int tile_row,
                                              int tile_rows, ELEMENT *dm, size_t stride, float *bias_gradient),
          (s, dy, y, tile_row, tile_rows, dm, stride, bias_gradient)) {
    const int K = s->filters;
    const v16 zero = {0};
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            ELEMENT *out = dm + (size_t)((ty - tile_row) * s->tile_cols + tx) * K;
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

FM_WINOGRAD(void, winograd4_output_gradient_pool, (const fm_winograd_shape *s, const float *dpooled,
                                                   const uint8_t *mask, int tile_row, int tile_rows, ELEMENT *dm,
                                                   size_t stride, float *bias_gradient),
          (s, dpooled, mask, tile_row, tile_rows, dm, stride, bias_gradient)) {
    const int K = s->filters;
    const v16 zero = {0};
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            ELEMENT *out = dm + (size_t)((ty - tile_row) * s->tile_cols + tx) * K;
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

FM_WINOGRAD(void, winograd4_input_gradient, (const fm_winograd_shape *s, const float *dv, size_t stride, int tile_row,
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

FM_WINOGRAD(void, winograd4_filter, (const float *w, int channels, int filters, int first, int last, ELEMENT *u,
                                       ELEMENT *ut), (w, channels, filters, first, last, u, ut)) {
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
            for (int p = 0; p < 36; p++) WRITE_FILTER(u, p, c, k, r[p]);
            if (ut)
                for (int p = 0; p < 36; p++) WRITE_TURNED_FILTER(ut, p, c, k, r[p]);
        }
}

FM_WINOGRAD(void, winograd4_filter_gradient, (const float *du, int channels, int filters, int first, int last,
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
