#include "CKernels.h"
#include "isa.h"
#include <string.h>

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16 __attribute__((vector_size(64), aligned(4)));
typedef float v8 __attribute__((vector_size(32), aligned(4)));
typedef int32_t i8 __attribute__((vector_size(32), aligned(4)));
typedef float v4 __attribute__((vector_size(16), aligned(4)));
typedef int32_t i4 __attribute__((vector_size(16), aligned(4)));
typedef float v2 __attribute__((vector_size(8), aligned(4)));
typedef int32_t i2 __attribute__((vector_size(8), aligned(4)));
typedef float v1 __attribute__((vector_size(4), aligned(4)));
typedef int32_t i1 __attribute__((vector_size(4), aligned(4)));

// Calls BODY for every output place and tap inside the image, with x_at, w_at and y_at the offsets of its channels.
#define FOR_EACH_TAP(s, first, last, BODY)                                                                                   \
    for (int h = first; h < last; h++)                                                                          \
        for (int w_ = 0; w_ < s->out_width; w_++)                                                               \
            for (int i = 0; i < s->kernel_height; i++) {                                                        \
                const int r = h * s->stride_height + i * s->dilation_height - s->pad_top;                       \
                if (r < 0 || r >= s->height) continue;                                                          \
                for (int j = 0; j < s->kernel_width; j++) {                                                     \
                    const int q = w_ * s->stride_width + j * s->dilation_width - s->pad_left;                   \
                    if (q < 0 || q >= s->width) continue;                                                       \
                    const size_t x_at = ((size_t)r * s->width + q) * s->channels;                               \
                    const size_t w_at = ((size_t)i * s->kernel_width + j) * s->channels * s->multiplier;        \
                    const size_t y_at = ((size_t)h * s->out_width + w_) * s->channels * s->multiplier;          \
                    BODY                                                                                        \
                }                                                                                               \
            }

static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a > b ? a : b; }

// Multiplier 1, so many channels at a time as a vector has, the sums of a few neighbouring places in registers. `flip`
// reads the kernel backwards, which turns the forward pass with stride 1 into its input gradient.
enum { run_length = 4 };

#define PLACES(VEC, INTS, NAME)                                                                                            \
    static inline __attribute__((always_inline)) void NAME(                                                         \
        const fm_depthwise_shape *s, const int count, const float *x, const float *w, const float *bias, int relu,  \
        float *y, int first_row, int last_row, int first_column, int last_column, int flip) {                       \
        const int C = s->channels, taps = s->kernel_height * s->kernel_width;                                       \
        const size_t step = (size_t)s->stride_width * C;                                                            \
        VEC sum[run_length];                                                                                        \
        for (int p = 0; p < count; p++) sum[p] = bias ? *(const VEC *)bias : (VEC){0};                              \
        for (int i = first_row; i < last_row; i++)                                                                  \
            for (int j = first_column; j < last_column; j++) {                                                      \
                const int tap = i * s->kernel_width + j;                                                            \
                const VEC weight = *(const VEC *)(w + (size_t)(flip ? taps - 1 - tap : tap) * C);                   \
                const float *from =                                                                                 \
                    x + ((ptrdiff_t)i * s->dilation_height * s->width + (ptrdiff_t)j * s->dilation_width) * C;      \
                for (int p = 0; p < count; p++) sum[p] += weight * *(const VEC *)(from + p * step);                 \
            }                                                                                                       \
        for (int p = 0; p < count; p++) {                                                                           \
            if (relu) sum[p] = (VEC)((INTS)sum[p] & ~(sum[p] < (VEC){0}));                                          \
            *(VEC *)(y + (size_t)p * C) = sum[p];                                                                   \
        }                                                                                                           \
    }
PLACES(v16, i16, places_16)
PLACES(v8, i8, places_8)
PLACES(v4, i4, places_4)
PLACES(v2, i2, places_2)
PLACES(v1, i1, places_1)

static inline __attribute__((always_inline)) void places(
    const fm_depthwise_shape *s, const int count, const float *x, const float *w, const float *bias, int relu, float *y,
    int first_row, int last_row, int first_column, int last_column, int flip) {
    const int C = s->channels;
    int c = 0;
#define REST bias ? bias + c : 0, relu, y + c, first_row, last_row, first_column, last_column, flip
    for (; c + 16 <= C; c += 16) places_16(s, count, x + c, w + c, REST);
    for (; c + 8 <= C; c += 8) places_8(s, count, x + c, w + c, REST);
    for (; c + 4 <= C; c += 4) places_4(s, count, x + c, w + c, REST);
    for (; c + 2 <= C; c += 2) places_2(s, count, x + c, w + c, REST);
    for (; c < C; c++) places_1(s, count, x + c, w + c, REST);
}

// `count` neighbouring places with all three columns of `rows` rows of a 3x3 kernel, dilation 1: each column is loaded
// once.
#define THREES(VEC, INTS, NAME)                                                                                      \
    static inline __attribute__((always_inline)) void NAME##_some(                                                  \
        const int count, const int rows, const int stride, const float *x, size_t row, size_t C, const VEC *weight, \
        const VEC *start, int relu, float *y) {                                                                            \
        VEC sum[run_length];                                                                                        \
        const size_t three = 3 * C;                                                                                 \
        for (int p = 0; p < count; p++) sum[p] = *start;                                                            \
        for (int i = 0; i < rows; i++) {                                                                            \
            const float *a = x + i * row, *b = a + 4 * C, *d = b + 4 * C;                                           \
            for (int q = 0; q < (count - 1) * stride + 3; q++) {                                                    \
                const float *from = q < 4 ? a : q < 8 ? b : d;                                                      \
                const VEC value = *(const VEC *)(from + (q % 4 == 3 ? three : (q % 4) * C));                        \
                for (int p = 0; p < count; p++)                                                                     \
                    if (q - p * stride >= 0 && q - p * stride < 3)                                                  \
                        sum[p] += weight[i * 3 + q - p * stride] * value;                                           \
            }                                                                                                       \
        }                                                                                                           \
        for (int p = 0; p < count; p++) {                                                                           \
            if (relu) sum[p] = (VEC)((INTS)sum[p] & ~(sum[p] < (VEC){0}));                                          \
            *(VEC *)(y + (size_t)p * C) = sum[p];                                                                   \
        }                                                                                                           \
    }                                                                                                               \
    static inline __attribute__((always_inline)) void NAME(                                                         \
        const int rows, const int stride, int pixels, const float *x, size_t row, size_t C, const float *w,         \
        const ptrdiff_t w_step, const float *bias, int relu, float *y) {                                            \
        VEC weight[9];                                                                                              \
        for (int t = 0; t < 3 * rows; t++) weight[t] = *(const VEC *)(w + t * w_step);                              \
        const VEC start = bias ? *(const VEC *)bias : (VEC){0};                                                     \
        int p = 0;                                                                                                  \
        for (; p + run_length <= pixels; p += run_length)                                                           \
            NAME##_some(run_length, rows, stride, x + (size_t)p * stride * C, row, C, weight, &start, relu,          \
                        y + (size_t)p * C);                                                                         \
        for (; p < pixels; p++)                                                                                     \
            NAME##_some(1, rows, stride, x + (size_t)p * stride * C, row, C, weight, &start, relu, y + (size_t)p * C); \
    }
THREES(v16, i16, threes_16)
THREES(v8, i8, threes_8)
THREES(v4, i4, threes_4)
THREES(v2, i2, threes_2)
THREES(v1, i1, threes_1)

static inline __attribute__((always_inline)) void threes(const int rows, const int stride, int pixels, const float *x,
                                                         size_t row, int C, const float *w, ptrdiff_t w_step,
                                                         const float *bias, int relu, float *y) {
    int c = 0;
#define REST_OF_THREES row, C, w + c, w_step, bias ? bias + c : 0, relu, y + c
    for (; c + 16 <= C; c += 16) threes_16(rows, stride, pixels, x + c, REST_OF_THREES);
    for (; c + 8 <= C; c += 8) threes_8(rows, stride, pixels, x + c, REST_OF_THREES);
    for (; c + 4 <= C; c += 4) threes_4(rows, stride, pixels, x + c, REST_OF_THREES);
    for (; c + 2 <= C; c += 2) threes_2(rows, stride, pixels, x + c, REST_OF_THREES);
    for (; c < C; c++) threes_1(rows, stride, pixels, x + c, REST_OF_THREES);
}

// The places of a row whose windows lie inside the image from left to right: [*first, *last).
static void inner_places(const fm_depthwise_shape *s, int *first, int *last) {
    const int reach = (s->kernel_width - 1) * s->dilation_width;
    *first = smaller(s->out_width, (s->pad_left + s->stride_width - 1) / s->stride_width);
    const int room = s->width - 1 - reach + s->pad_left;
    *last = room < 0 ? *first : larger(*first, smaller(s->out_width, room / s->stride_width + 1));
}

static inline __attribute__((always_inline)) void forward_rows(
    const fm_depthwise_shape *s, int first, int last, const float *x, const float *w, const float *bias, int relu,
    float *y, int flip) {
    const int C = s->channels;
    int inner_first, inner_last;
    inner_places(s, &inner_first, &inner_last);
    const int is_three = s->kernel_height == 3 && s->kernel_width == 3 && s->dilation_height == 1 &&
                         s->dilation_width == 1 && s->stride_width <= 2 && inner_last > inner_first;
    for (int h = first; h < last; h++) {
        const int top = h * s->stride_height - s->pad_top, dh = s->dilation_height, dw = s->dilation_width;
        const int first_row = top < 0 ? (-top + dh - 1) / dh : 0;
        const int last_row = larger(first_row, smaller(s->kernel_height, (s->height - top + dh - 1) / dh));
        for (int p = 0; p < s->out_width;) {
            const int left = p * s->stride_width - s->pad_left;
            const float *from = x + ((ptrdiff_t)top * s->width + left) * C;
            float *to = y + ((size_t)h * s->out_width + p) * C;
            const int rows = last_row - first_row;
            if (is_three && p == inner_first && rows >= 2) {
                const size_t row = (size_t)s->width * C;
                const float *rows_from = from + (ptrdiff_t)first_row * (ptrdiff_t)row;
                const float *weights = w + (flip ? 8 - first_row * 3 : first_row * 3) * (ptrdiff_t)C;
                const int pixels = inner_last - inner_first;
#define THREES_OF(R, S) threes(R, S, pixels, rows_from, row, C, weights, flip ? -C : C, bias, relu, to)
                if (s->stride_width == 1) {
                    if (rows == 3) THREES_OF(3, 1);
                    else THREES_OF(2, 1);
                } else {
                    if (rows == 3) THREES_OF(3, 2);
                    else THREES_OF(2, 2);
                }
                p = inner_last;
            } else if (!is_three && p >= inner_first && p + run_length <= inner_last) {
                places(s, run_length, from, w, bias, relu, to, first_row, last_row, 0, s->kernel_width, flip);
                p += run_length;
            } else {
                const int first_column = left < 0 ? (-left + dw - 1) / dw : 0;
                const int last_column =
                    larger(first_column, smaller(s->kernel_width, (s->width - left + dw - 1) / dw));
                places(s, 1, from, w, bias, relu, to, first_row, last_row, first_column, last_column, flip);
                p++;
            }
        }
    }
}

FM_KERNEL(void, fm_depthwise_forward, (const fm_depthwise_shape *s, int first, int last, const float *restrict x,
                                       const float *restrict w, const float *restrict bias, int relu,
                                       float *restrict y), (s, first, last, x, w, bias, relu, y)) {
    const int C = s->channels, M = s->multiplier;
    if (M == 1) {
        forward_rows(s, first, last, x, w, bias, relu, y, 0);
        return;
    }
    const size_t row = (size_t)s->out_width * C * M;
    for (int h = first; h < last; h++)
        for (size_t i = 0; i < row; i++) y[h * row + i] = bias ? bias[i % (C * M)] : 0;
    FOR_EACH_TAP(s, first, last, {
        for (int c = 0; c < C; c++)
            for (int m = 0; m < M; m++) y[y_at + c * M + m] += x[x_at + c] * w[w_at + c * M + m];
    })
    if (relu)
        for (size_t i = first * row; i < last * row; i++) y[i] = y[i] < 0 ? 0 : y[i];
}

FM_KERNEL(void, fm_depthwise_input_gradient, (const fm_depthwise_shape *s, const float *restrict dy,
                                              const float *restrict w, float *restrict dx), (s, dy, w, dx)) {
    const int C = s->channels, M = s->multiplier;
    if (M == 1 && s->stride_height == 1 && s->stride_width == 1) {
        fm_depthwise_shape back = *s;
        back.height = s->out_height;
        back.width = s->out_width;
        back.out_height = s->height;
        back.out_width = s->width;
        back.pad_top = (s->kernel_height - 1) * s->dilation_height - s->pad_top;
        back.pad_left = (s->kernel_width - 1) * s->dilation_width - s->pad_left;
        forward_rows(&back, 0, back.out_height, dy, w, 0, 0, dx, 1);
        return;
    }
    memset(dx, 0, (size_t)s->height * s->width * C * sizeof(float));
    FOR_EACH_TAP(s, 0, s->out_height, {
        if (M == 1)
            for (int c = 0; c < C; c++) dx[x_at + c] += dy[y_at + c] * w[w_at + c];
        else
            for (int c = 0; c < C; c++)
                for (int m = 0; m < M; m++) dx[x_at + c] += dy[y_at + c * M + m] * w[w_at + c * M + m];
    })
}

// Adds what the places [first, last) of one row, all inside the image from left to right, bring to a 3-wide kernel row.
static inline __attribute__((always_inline)) void weight_row(const fm_depthwise_shape *s, const float *x,
                                                             const float *dy, int count, int c, v16 *sum) {
    const int C = s->channels;
    const size_t step = (size_t)s->stride_width * C, tap = (size_t)s->dilation_width * C;
    v16 a = sum[0], b = sum[1], d = sum[2];
    for (int p = 0; p < count; p++) {
        const v16 gradient = *(const v16 *)(dy + (size_t)p * C + c);
        const float *from = x + p * step + c;
        a += gradient * *(const v16 *)from;
        b += gradient * *(const v16 *)(from + tap);
        d += gradient * *(const v16 *)(from + 2 * tap);
    }
    sum[0] = a;
    sum[1] = b;
    sum[2] = d;
}

// Kernels three wide, multiplier 1, channels in sixteens.
static inline __attribute__((always_inline)) void weight_gradient_of_threes(
    const fm_depthwise_shape *s, const float *x, const float *dy, float *dw) {
    const int C = s->channels;
    int first, last;
    inner_places(s, &first, &last);
    for (int h = 0; h < s->out_height; h++)
        for (int i = 0; i < s->kernel_height; i++) {
            const int r = h * s->stride_height + i * s->dilation_height - s->pad_top;
            if (r < 0 || r >= s->height) continue;
            const float *row = x + (size_t)r * s->width * C, *gradient = dy + (size_t)h * s->out_width * C;
            for (int c = 0; c < C; c += 16) {
                float *target = dw + (size_t)i * 3 * C + c;
                v16 sum[3];
                for (int j = 0; j < 3; j++) sum[j] = *(const v16 *)(target + (size_t)j * C);
                const ptrdiff_t left = (ptrdiff_t)first * s->stride_width - s->pad_left;
                if (last > first)
                    weight_row(s, row + left * C, gradient + (size_t)first * C, last - first, c, sum);
                for (int p = 0; p < s->out_width; p++) {
                    if (p == first && last > first) p = last;
                    if (p >= s->out_width) break;
                    for (int j = 0; j < 3; j++) {
                        const int q = p * s->stride_width + j * s->dilation_width - s->pad_left;
                        if (q < 0 || q >= s->width) continue;
                        sum[j] += *(const v16 *)(gradient + (size_t)p * C + c) * *(const v16 *)(row + (size_t)q * C + c);
                    }
                }
                for (int j = 0; j < 3; j++) *(v16 *)(target + (size_t)j * C) = sum[j];
            }
        }
}

FM_KERNEL(void, fm_depthwise_weight_gradient, (const fm_depthwise_shape *s, const float *restrict x,
                                               const float *restrict dy, float *restrict dw), (s, x, dy, dw)) {
    const int C = s->channels, M = s->multiplier;
    if (M == 1 && C % 16 == 0 && s->kernel_width == 3) {
        weight_gradient_of_threes(s, x, dy, dw);
        return;
    }
    FOR_EACH_TAP(s, 0, s->out_height, {
        if (M == 1)
            for (int c = 0; c < C; c++) dw[w_at + c] += dy[y_at + c] * x[x_at + c];
        else
            for (int c = 0; c < C; c++)
                for (int m = 0; m < M; m++) dw[w_at + c * M + m] += dy[y_at + c * M + m] * x[x_at + c];
    })
}
