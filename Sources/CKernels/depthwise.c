#include "CKernels.h"
#include "isa.h"
#include <string.h>

typedef float v16 __attribute__((vector_size(64), aligned(4)));

// Calls BODY for every output place and tap inside the image, with x_at, w_at and y_at the offsets of its channels.
#define FOR_EACH_TAP(s, BODY)                                                                                   \
    for (int h = 0; h < s->out_height; h++)                                                                     \
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

// Multiplier 1, sixteen channels at a time, the sums of a few neighbouring places in registers. `flip` reads the kernel
// backwards, which turns the forward pass with stride 1 into its input gradient.
enum { run_length = 4 };

static inline __attribute__((always_inline)) void places(
    const fm_depthwise_shape *s, const int count, const float *x, const float *w, float *y, int first_row, int last_row,
    int first_column, int last_column, int flip) {
    const int C = s->channels, taps = s->kernel_height * s->kernel_width;
    const size_t step = (size_t)s->stride_width * C;
    for (int c = 0; c < C; c += 16) {
        v16 sum[run_length];
        for (int p = 0; p < count; p++) sum[p] = (v16){0};
        for (int i = first_row; i < last_row; i++)
            for (int j = first_column; j < last_column; j++) {
                const int tap = i * s->kernel_width + j;
                const v16 weight = *(const v16 *)(w + (size_t)(flip ? taps - 1 - tap : tap) * C + c);
                const float *from =
                    x + ((ptrdiff_t)i * s->dilation_height * s->width + (ptrdiff_t)j * s->dilation_width) * C + c;
                for (int p = 0; p < count; p++) sum[p] += weight * *(const v16 *)(from + p * step);
            }
        for (int p = 0; p < count; p++) *(v16 *)(y + (size_t)p * C + c) = sum[p];
    }
}

// The places of a row whose windows lie inside the image from left to right: [*first, *last).
static void inner_places(const fm_depthwise_shape *s, int *first, int *last) {
    const int reach = (s->kernel_width - 1) * s->dilation_width;
    *first = smaller(s->out_width, (s->pad_left + s->stride_width - 1) / s->stride_width);
    const int room = s->width - 1 - reach + s->pad_left;
    *last = room < 0 ? *first : larger(*first, smaller(s->out_width, room / s->stride_width + 1));
}

static inline __attribute__((always_inline)) void forward_rows(const fm_depthwise_shape *s, const float *x,
                                                               const float *w, float *y, int flip) {
    const int C = s->channels;
    int inner_first, inner_last;
    inner_places(s, &inner_first, &inner_last);
    for (int h = 0; h < s->out_height; h++) {
        const int top = h * s->stride_height - s->pad_top, dh = s->dilation_height, dw = s->dilation_width;
        const int first_row = top < 0 ? (-top + dh - 1) / dh : 0;
        const int last_row = larger(first_row, smaller(s->kernel_height, (s->height - top + dh - 1) / dh));
        for (int p = 0; p < s->out_width;) {
            const int left = p * s->stride_width - s->pad_left;
            const float *from = x + ((ptrdiff_t)top * s->width + left) * C;
            float *to = y + ((size_t)h * s->out_width + p) * C;
            if (p >= inner_first && p + run_length <= inner_last) {
                places(s, run_length, from, w, to, first_row, last_row, 0, s->kernel_width, flip);
                p += run_length;
            } else {
                const int first_column = left < 0 ? (-left + dw - 1) / dw : 0;
                const int last_column =
                    larger(first_column, smaller(s->kernel_width, (s->width - left + dw - 1) / dw));
                places(s, 1, from, w, to, first_row, last_row, first_column, last_column, flip);
                p++;
            }
        }
    }
}

FM_KERNEL(void, fm_depthwise_forward, (const fm_depthwise_shape *s, const float *restrict x, const float *restrict w,
                                       float *restrict y), (s, x, w, y)) {
    const int C = s->channels, M = s->multiplier;
    if (M == 1 && C % 16 == 0) {
        forward_rows(s, x, w, y, 0);
        return;
    }
    memset(y, 0, (size_t)s->out_height * s->out_width * C * M * sizeof(float));
    FOR_EACH_TAP(s, {
        if (M == 1)
            for (int c = 0; c < C; c++) y[y_at + c] += x[x_at + c] * w[w_at + c];
        else
            for (int c = 0; c < C; c++)
                for (int m = 0; m < M; m++) y[y_at + c * M + m] += x[x_at + c] * w[w_at + c * M + m];
    })
}

FM_KERNEL(void, fm_depthwise_input_gradient, (const fm_depthwise_shape *s, const float *restrict dy,
                                              const float *restrict w, float *restrict dx), (s, dy, w, dx)) {
    const int C = s->channels, M = s->multiplier;
    if (M == 1 && C % 16 == 0 && s->stride_height == 1 && s->stride_width == 1) {
        fm_depthwise_shape back = *s;
        back.height = s->out_height;
        back.width = s->out_width;
        back.out_height = s->height;
        back.out_width = s->width;
        back.pad_top = (s->kernel_height - 1) * s->dilation_height - s->pad_top;
        back.pad_left = (s->kernel_width - 1) * s->dilation_width - s->pad_left;
        forward_rows(&back, dy, w, dx, 1);
        return;
    }
    memset(dx, 0, (size_t)s->height * s->width * C * sizeof(float));
    FOR_EACH_TAP(s, {
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
    FOR_EACH_TAP(s, {
        if (M == 1)
            for (int c = 0; c < C; c++) dw[w_at + c] += dy[y_at + c] * x[x_at + c];
        else
            for (int c = 0; c < C; c++)
                for (int m = 0; m < M; m++) dw[w_at + c * M + m] += dy[y_at + c * M + m] * x[x_at + c];
    })
}
