#include "check.h"

enum { height = 9, width = 7, channels = 16, filters = 32 };

// 3x3 with a border of zeros, by definition: one output.
static double by_definition(const float *x, const float *w, int in, int h, int q, int f) {
    double sum = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            const int r = h + i - 1, s = q + j - 1;
            if (r < 0 || s < 0 || r >= height || s >= width) continue;
            for (int c = 0; c < in; c++)
                sum += (double)x[(r * width + s) * in + c] * (double)w[((i * 3 + j) * in + c) * filters + f];
        }
    return sum;
}

static void winograd(void) {
    const fm_winograd_shape s = {height, width, channels, height, width, filters, 1, 1, 2, height / 2, width / 2};
    const size_t tiles = 3 * 2, plane = channels * filters;
    const float *x = numbers(height * width * channels), *w = numbers(9 * plane), *bias = numbers(filters);
    float *u = numbers(36 * plane), *ut = numbers(36 * plane);
    float *v = numbers(36 * tiles * channels), *m = numbers(36 * tiles * filters), *y = numbers(height * width * filters);
    fm_winograd_filter(w, channels, filters, 0, channels, u, ut);
    fm_winograd_input(&s, x, 0, 3, v, tiles * channels);
    for (size_t p = 0; p < 36; p++)
        fm_gemm(tiles, filters, channels, v + p * tiles * channels, channels, 1, u + p * plane, filters,
                m + p * tiles * filters, filters, 0);
    fm_winograd_output(&s, m, tiles * filters, 0, 3, bias, 1, y);
    double *expected = malloc(height * width * filters * sizeof *expected);
    for (int h = 0; h < height; h++)
        for (int q = 0; q < width; q++)
            for (int f = 0; f < filters; f++) {
                const double value = by_definition(x, w, channels, h, q, f) + (double)bias[f];
                expected[(h * width + q) * filters + f] = value > 0 ? value : 0;
            }
    expect("winograd", y, expected, height * width * filters, 1e-4);
    uint8_t mask[(height / 2) * (width / 2) * filters];
    float *pooled = numbers(sizeof mask);
    fm_winograd_output_pool(&s, m, tiles * filters, 0, 3, bias, pooled, mask);
    show("winograd pooled", pooled, sizeof mask);
    float *sums = calloc(filters, sizeof *sums), *dx = calloc(height * width * channels, sizeof *dx);
    fm_winograd_output_gradient(&s, y, y, 0, 3, m, tiles * filters, sums);
    show("winograd output gradient", m, 36 * tiles * filters);
    fm_winograd_output_gradient_pool(&s, pooled, mask, 0, 3, m, tiles * filters, sums);
    show("winograd pooled gradient", m, 36 * tiles * filters);
    show("winograd bias gradient", sums, filters);
    fm_winograd_input_gradient(&s, v, tiles * channels, 0, 3, dx);
    show("winograd input gradient", dx, height * width * channels);
    float *dw = numbers(9 * plane);
    fm_winograd_filter_gradient(u, channels, filters, 0, channels, dw, 1);
    show("winograd filter gradient", dw, 9 * plane);
    show("winograd turned filter", ut, 36 * plane);
    free(expected);
}

static void direct(void) {
    for (int in = 1; in <= 3; in++) {
        // The padded image, and the inner one for the definition.
        const int wide = width + 2;
        float *inner = numbers((size_t)(height * width * in)), *x = calloc((size_t)((height + 2) * wide * in), sizeof *x);
        for (int h = 0; h < height; h++)
            memcpy(x + ((h + 1) * wide + 1) * in, inner + h * width * in, (size_t)(width * in) * sizeof *x);
        const float *w = numbers((size_t)(9 * in * filters)), *bias = numbers(filters);
        float *y = numbers(height * width * filters);
        fm_direct_forward(x, wide, in, 3, 3, 1, height, width, filters, w, bias, 0, y);
        double *expected = malloc(height * width * filters * sizeof *expected);
        for (int h = 0; h < height; h++)
            for (int q = 0; q < width; q++)
                for (int f = 0; f < filters; f++)
                    expected[(h * width + q) * filters + f] = by_definition(inner, w, in, h, q, f) + (double)bias[f];
        expect("direct convolution", y, expected, height * width * filters, 1e-5);
        float *dw = calloc((size_t)(9 * in * filters), sizeof *dw), *sums = calloc(filters, sizeof *sums);
        fm_direct_weight_gradient(x, wide, in, 3, 3, 1, height, width, filters, y, y, dw, sums);
        show("direct weight gradient", dw, (size_t)(9 * in * filters));
        show("direct bias gradient", sums, filters);
        free(expected);
    }
}

static void depthwise(int in, int multiplier, int stride) {
    const fm_depthwise_shape s = {height, width, in, multiplier, 3, 3, stride, stride, 1, 1, 1, 1,
                                  (height - 1) / stride + 1, (width - 1) / stride + 1};
    const size_t out = (size_t)(s.out_height * s.out_width * in * multiplier);
    const float *x = numbers((size_t)(height * width * in)), *w = numbers((size_t)(9 * in * multiplier));
    float *y = numbers(out), *dx = numbers((size_t)(height * width * in)), *dw = numbers((size_t)(9 * in * multiplier));
    fm_depthwise_forward(&s, x, w, y);
    double *expected = calloc(out, sizeof *expected);
    for (size_t at = 0; at < out; at++) {
        const int c = (int)(at % (size_t)(in * multiplier)), place = (int)(at / (size_t)(in * multiplier));
        const int h = place / s.out_width * stride - 1, q = place % s.out_width * stride - 1;
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                if (h + i < 0 || q + j < 0 || h + i >= height || q + j >= width) continue;
                expected[at] += (double)x[((h + i) * width + q + j) * in + c / multiplier] *
                                (double)w[(i * 3 + j) * in * multiplier + c];
            }
    }
    expect("depthwise", y, expected, out, 1e-5);
    fm_depthwise_input_gradient(&s, y, w, dx);
    show("depthwise input gradient", dx, (size_t)(height * width * in));
    fm_depthwise_weight_gradient(&s, x, y, dw);
    show("depthwise weight gradient", dw, (size_t)(9 * in * multiplier));
    free(expected);
}

void check_convolutions(void) {
    winograd();
    direct();
    depthwise(32, 1, 1);
    depthwise(32, 1, 2);
    depthwise(5, 1, 1);
    depthwise(3, 2, 2);
}
