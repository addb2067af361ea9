// Winograd's algorithm for tiles of FM_TILE x FM_TILE outputs, by its matrices: FM_INPUT (B^T), FM_OUTPUT (A^T) and
// FM_FILTER (G); FM_NAME(x) names the functions. winograd_float32.c includes it once per size.

#define M FM_TILE
#define T (FM_TILE + 2)
#define KERNEL(...) FM_STATIC_KERNEL(__VA_ARGS__)
#define UNROLL _Pragma("clang loop unroll(full)")

static const float FM_NAME(b)[T][T] = FM_INPUT;
static const float FM_NAME(a)[M][T] = FM_OUTPUT;
static const float FM_NAME(g)[T][3] = FM_FILTER;

// PUT(i, sum over k of MATRIX(i, k) GET(k)), without the zeros: all is unrolled.
#define APPLY(rows, columns, MATRIX, GET, PUT)                                                                        \
    UNROLL for (int i = 0; i < (rows); i++) {                                                                         \
        v16 sum_ = {0};                                                                                               \
        UNROLL for (int k = 0; k < (columns); k++) if (MATRIX(i, k) != 0) sum_ += MATRIX(i, k) * (GET(k));            \
        PUT(i, sum_);                                                                                                 \
    }
#define B(i, k) FM_NAME(b)[i][k]
#define BT(i, k) FM_NAME(b)[k][i]
#define A(i, k) FM_NAME(a)[i][k]
#define AT(i, k) FM_NAME(a)[k][i]
#define G(i, k) FM_NAME(g)[i][k]
#define GT(i, k) FM_NAME(g)[k][i]

KERNEL(void, FM_NAME(input), (const fm_winograd_shape *s, const float *x, int tile_row, int tile_rows, float *v,
                              size_t stride), (s, x, tile_row, tile_rows, v, stride)) {
    const int C = s->channels;
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            const int top = ty * M - s->pad_top, left = tx * M - s->pad_left;
            float *out = v + (size_t)((ty - tile_row) * s->tile_cols + tx) * C;
            for (int c = 0; c < C; c += 16) {
                v16 t[T * T];
                for (int j = 0; j < T; j++) {
                    v16 d[T];
                    UNROLL for (int i = 0; i < T; i++) {
                        const int h = top + i, w = left + j;
                        d[i] = h >= 0 && w >= 0 && h < s->height && w < s->width
                                   ? LOAD(x + ((size_t)h * s->width + w) * C + c)
                                   : (v16){0};
                    }
#define GET(k) d[k]
#define PUT(i, value) t[(i) * T + j] = (value)
                    APPLY(T, T, B, GET, PUT)
#undef GET
#undef PUT
                }
                for (int r = 0; r < T; r++) {
#define GET(k) t[r * T + (k)]
#define PUT(i, value) STORE(out + (size_t)(r * T + (i)) * stride + c, (value))
                    APPLY(T, T, B, GET, PUT)
#undef GET
#undef PUT
                }
            }
        }
}

KERNEL(void, FM_NAME(output), (const fm_winograd_shape *s, const float *m, size_t stride, int tile_row, int tile_rows,
                               const float *bias, fm_ending ending, const float *slopes, float *y),
       (s, m, stride, tile_row, tile_rows, bias, ending, slopes, y)) {
    const int K = s->filters, all = s->all_filters;
    const v16 zero = {0};
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            const float *in = m + (size_t)((ty - tile_row) * s->tile_cols + tx) * K;
            const int columns = s->out_width - tx * M < M ? s->out_width - tx * M : M;
            for (int f = 0; f < K; f += 16) {
                v16 t[M * T];
                for (int j = 0; j < T; j++) {
#define GET(k) LOAD(in + (size_t)((k) * T + j) * stride + f)
#define PUT(i, value) t[(i) * T + j] = (value)
                    APPLY(M, T, A, GET, PUT)
#undef GET
#undef PUT
                }
                const v16 shift = bias ? LOAD(bias + f) : zero;
                for (int r = 0; r < M && ty * M + r < s->out_height; r++) {
                    v16 o[M];
#define GET(k) t[r * T + (k)]
#define PUT(i, value) o[i] = (value)
                    APPLY(M, T, A, GET, PUT)
#undef GET
#undef PUT
                    float *out = y + ((size_t)(ty * M + r) * s->out_width + tx * M) * all + f;
                    for (int j = 0; j < columns; j++) {
                        v16 value = o[j] + shift;
                        END_SUM(value, ending, slopes + f);
                        STORE(out + (size_t)j * all, value);
                    }
                }
            }
        }
}

KERNEL(void, FM_NAME(output_gradient), (const fm_winograd_shape *s, const float *dy, const float *y, int tile_row,
                                        int tile_rows, float *dm, size_t stride, float *bias_gradient),
       (s, dy, y, tile_row, tile_rows, dm, stride, bias_gradient)) {
    const int K = s->filters;
    const v16 zero = {0};
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            float *out = dm + (size_t)((ty - tile_row) * s->tile_cols + tx) * K;
            for (int f = 0; f < K; f += 16) {
                v16 t[T * M], total = zero;
                for (int j = 0; j < M; j++) {
                    v16 d[M];
                    UNROLL for (int r = 0; r < M; r++) {
                        const int h = ty * M + r, w = tx * M + j;
                        v16 value = zero;
                        if (h < s->out_height && w < s->out_width) {
                            const size_t at = ((size_t)h * s->out_width + w) * K + f;
                            value = LOAD(dy + at);
                            if (y) value = (v16)((i16)value & (LOAD(y + at) > zero));
                        }
                        total += value;
                        d[r] = value;
                    }
#define GET(k) d[k]
#define PUT(i, value) t[(i) * M + j] = (value)
                    APPLY(T, M, AT, GET, PUT)
#undef GET
#undef PUT
                }
                for (int r = 0; r < T; r++) {
#define GET(k) t[r * M + (k)]
#define PUT(i, value) STORE(out + (size_t)(r * T + (i)) * stride + f, (value))
                    APPLY(T, M, AT, GET, PUT)
#undef GET
#undef PUT
                }
                STORE(bias_gradient + f, LOAD(bias_gradient + f) + total);
            }
        }
}

KERNEL(void, FM_NAME(input_gradient), (const fm_winograd_shape *s, const float *dv, size_t stride, int tile_row,
                                       int tile_rows, float *dx), (s, dv, stride, tile_row, tile_rows, dx)) {
    const int C = s->channels;
    for (int ty = tile_row; ty < tile_row + tile_rows; ty++)
        for (int tx = 0; tx < s->tile_cols; tx++) {
            const int top = ty * M - s->pad_top, left = tx * M - s->pad_left;
            const float *in = dv + (size_t)((ty - tile_row) * s->tile_cols + tx) * C;
            for (int c = 0; c < C; c += 16) {
                v16 t[T * T];
                for (int j = 0; j < T; j++) {
#define GET(k) LOAD(in + (size_t)((k) * T + j) * stride + c)
#define PUT(i, value) t[(i) * T + j] = (value)
                    APPLY(T, T, BT, GET, PUT)
#undef GET
#undef PUT
                }
                for (int r = 0; r < T; r++) {
                    const int h = top + r;
                    if (h < 0 || h >= s->height) continue;
                    v16 o[T];
#define GET(k) t[r * T + (k)]
#define PUT(i, value) o[i] = (value)
                    APPLY(T, T, BT, GET, PUT)
#undef GET
#undef PUT
                    for (int j = 0; j < T; j++) {
                        const int w = left + j;
                        if (w < 0 || w >= s->width) continue;
                        float *to = dx + ((size_t)h * s->width + w) * C + c;
                        STORE(to, LOAD(to) + o[j]);
                    }
                }
            }
        }
}

KERNEL(void, FM_NAME(filter), (const float *w, int channels, int filters, int first, int last, float *u),
       (w, channels, filters, first, last, u)) {
    const size_t plane = (size_t)channels * filters;
    for (int c = first; c < last; c++)
        for (int f = 0; f < filters; f += 16) {
            v16 t[T * 3];
            const float *in = w + (size_t)c * filters + f;
            float *out = u + (size_t)c * filters + f;
            for (int j = 0; j < 3; j++) {
#define GET(k) LOAD(in + ((k) * 3 + j) * plane)
#define PUT(i, value) t[(i) * 3 + j] = (value)
                APPLY(T, 3, G, GET, PUT)
#undef GET
#undef PUT
            }
            for (int r = 0; r < T; r++) {
#define GET(k) t[r * 3 + (k)]
#define PUT(i, value) STORE(out + (r * T + (i)) * plane, (value))
                APPLY(T, 3, G, GET, PUT)
#undef GET
#undef PUT
            }
        }
}

KERNEL(void, FM_NAME(filter_gradient), (const float *du, int channels, int filters, int first, int last, float *dw,
                                        int accumulate), (du, channels, filters, first, last, dw, accumulate)) {
    const size_t plane = (size_t)channels * filters;
    for (int c = first; c < last; c++)
        for (int f = 0; f < filters; f += 16) {
            v16 t[3 * T];
            const float *in = du + (size_t)c * filters + f;
            float *out = dw + (size_t)c * filters + f;
            for (int j = 0; j < T; j++) {
#define GET(k) LOAD(in + ((k) * T + j) * plane)
#define PUT(i, value) t[(i) * T + j] = (value)
                APPLY(3, T, GT, GET, PUT)
#undef GET
#undef PUT
            }
            for (int r = 0; r < 3; r++) {
#define GET(k) t[r * T + (k)]
#define TO (out + (r * 3 + i) * plane)
#define PUT(i, value) STORE(TO, accumulate ? LOAD(TO) + (value) : (value))
                APPLY(3, T, GT, GET, PUT)
#undef GET
#undef TO
#undef PUT
            }
        }
}

#undef M
#undef T
#undef KERNEL
#undef UNROLL
#undef APPLY
#undef A
#undef AT
#undef B
#undef BT
#undef G
#undef GT
#undef FM_NAME
#undef FM_TILE
#undef FM_INPUT
#undef FM_OUTPUT
#undef FM_FILTER
