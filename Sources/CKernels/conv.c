#include "CKernels.h"
#include "isa.h"

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16 __attribute__((vector_size(64), aligned(4)));
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))

// Sums for `taps` taps of one kernel row and 16 filters.
static inline __attribute__((always_inline)) void gradient_block(
    const int taps, const float *x, size_t row, size_t step, int out_height, int out_width, size_t filters,
    int stride, const float *dy, const float *y, float *dw, float *bias_gradient) {
    v16 sum[9], total = {0};
    const v16 zero = {0};
    for (int t = 0; t < taps; t++) sum[t] = zero;
    for (int h = 0; h < out_height; h++) {
        const float *in = x + (size_t)h * stride * row;
        for (int q = 0; q < out_width; q++) {
            const size_t at = ((size_t)h * out_width + q) * filters;
            v16 g = LOAD(dy + at);
            if (y) g = (v16)((i16)g & (LOAD(y + at) > zero));
            total += g;
            for (int t = 0; t < taps; t++) sum[t] += in[q * step + t] * g;
        }
    }
    for (int t = 0; t < taps; t++) STORE(dw + t * filters, LOAD(dw + t * filters) + sum[t]);
    if (bias_gradient) STORE(bias_gradient, LOAD(bias_gradient) + total);
}

// All nine taps of a 3x3 kernel on one channel at once.
static inline __attribute__((always_inline)) void gradient_block_3x3(
    const float *x, size_t row, int out_height, int out_width, size_t filters, int stride, const float *dy,
    const float *y, float *dw, float *bias_gradient) {
    v16 sum[9], total = {0};
    const v16 zero = {0};
    for (int t = 0; t < 9; t++) sum[t] = zero;
    for (int h = 0; h < out_height; h++) {
        const float *in = x + (size_t)h * stride * row;
        for (int q = 0; q < out_width; q++) {
            const size_t at = ((size_t)h * out_width + q) * filters;
            v16 g = LOAD(dy + at);
            if (y) g = (v16)((i16)g & (LOAD(y + at) > zero));
            total += g;
            const float *p = in + (size_t)q * stride;
            for (int t = 0; t < 9; t++) sum[t] += p[(t / 3) * row + t % 3] * g;
        }
    }
    for (int t = 0; t < 9; t++) STORE(dw + t * filters, LOAD(dw + t * filters) + sum[t]);
    if (bias_gradient) STORE(bias_gradient, LOAD(bias_gradient) + total);
}

FM_KERNEL(void, fm_direct_weight_gradient, (const float *x, int width, int channels, int kernel_height,
                                            int kernel_width, int stride, int out_height, int out_width, int filters,
                                            const float *dy, const float *y, float *dw, float *bias_gradient),
          (x, width, channels, kernel_height, kernel_width, stride, out_height, out_width, filters, dy, y, dw,
           bias_gradient)) {
    const size_t row = (size_t)width * channels, step = (size_t)stride * channels;
    const int taps = kernel_width * channels;
    for (int k = 0; k < filters; k += 16) {
        const float *gradient = dy + k, *output = y ? y + k : 0;
        float *bias = bias_gradient ? bias_gradient + k : 0;
        if (channels == 1 && kernel_height == 3 && kernel_width == 3) {
            gradient_block_3x3(x, row, out_height, out_width, filters, stride, gradient, output, dw + k, bias);
            continue;
        }
        for (int r = 0; r < kernel_height; r++)
            for (int t = 0; t < taps;) {
                const float *in = x + r * row + t;
                float *out = dw + (size_t)(r * taps + t) * filters + k;
                float *b = r == 0 && t == 0 ? bias : 0;
                if (taps - t >= 9) {
                    gradient_block(9, in, row, step, out_height, out_width, filters, stride, gradient, output, out, b);
                    t += 9;
                } else if (taps - t >= 3) {
                    gradient_block(3, in, row, step, out_height, out_width, filters, stride, gradient, output, out, b);
                    t += 3;
                } else {
                    gradient_block(1, in, row, step, out_height, out_width, filters, stride, gradient, output, out, b);
                    t += 1;
                }
            }
    }
}
