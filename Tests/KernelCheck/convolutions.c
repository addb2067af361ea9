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

static void winograd(int tile) {
    const int rows = (height + tile - 1) / tile, columns = (width + tile - 1) / tile;
    const fm_winograd_shape s = {height, width, channels, height, width, filters, 1, 1, tile, columns, height / 2,
                                 width / 2, filters};
    const size_t tiles = (size_t)(rows * columns), plane = channels * filters;
    const size_t places = (size_t)((tile + 2) * (tile + 2));
    const float *x = numbers(height * width * channels), *w = numbers(9 * plane), *bias = numbers(filters);
    float *u = numbers(places * plane), *ut = numbers(places * plane);
    float *v = numbers(places * tiles * channels), *m = numbers(places * tiles * filters), *y = numbers(height * width * filters);
    fm_winograd_filter(&s, w, 0, channels, u, ut);
    fm_winograd_input(&s, x, 0, rows, v, tiles * channels);
    for (size_t p = 0; p < places; p++)
        fm_gemm(tiles, filters, channels, v + p * tiles * channels, channels, 1, u + p * plane, filters,
                m + p * tiles * filters, filters, 0);
    const float *slopes = numbers(filters);
    float *sloped = numbers(height * width * filters);
    fm_winograd_output(&s, m, tiles * filters, 0, rows, bias, FM_RELU, 0, y);
    fm_winograd_output(&s, m, tiles * filters, 0, rows, bias, FM_SLOPES, slopes, sloped);
    double *expected = malloc(height * width * filters * sizeof *expected);
    double *expected_sloped = malloc(height * width * filters * sizeof *expected);
    for (int h = 0; h < height; h++)
        for (int q = 0; q < width; q++)
            for (int f = 0; f < filters; f++) {
                const double value = by_definition(x, w, channels, h, q, f) + (double)bias[f];
                expected[(h * width + q) * filters + f] = value > 0 ? value : 0;
                expected_sloped[(h * width + q) * filters + f] = value > 0 ? value : value * (double)slopes[f];
            }
    expect("winograd", y, expected, height * width * filters, 1e-4);
    expect("winograd with slopes", sloped, expected_sloped, height * width * filters, 1e-4);
    free(expected_sloped);
    float *sums = calloc(filters, sizeof *sums), *dx = calloc(height * width * channels, sizeof *dx);
    fm_winograd_output_gradient(&s, y, y, 0, rows, m, tiles * filters, sums);
    show("winograd output gradient", m, places * tiles * filters);
    show("winograd bias gradient", sums, filters);
    fm_winograd_input_gradient(&s, v, tiles * channels, 0, rows, dx);
    show("winograd input gradient", dx, height * width * channels);
    float *dw = numbers(9 * plane);
    fm_winograd_filter_gradient(&s, u, 0, channels, dw, 1);
    show("winograd filter gradient", dw, 9 * plane);
    show("winograd turned filter", ut, places * plane);
    free(expected);
    if (tile != 4) return;
    uint8_t mask[(height / 2) * (width / 2) * filters];
    float *pooled = numbers(sizeof mask);
    fm_winograd_output_pool(&s, m, tiles * filters, 0, rows, bias, pooled, mask);
    show("winograd pooled", pooled, sizeof mask);
    fm_winograd_output_gradient_pool(&s, pooled, mask, 0, rows, m, tiles * filters, sums);
    show("winograd pooled gradient", m, places * tiles * filters);
    show("winograd pooled bias gradient", sums, filters);
}

static void direct_forward(const float *x, int wide, int in, int out, const float *w, const float *bias,
                           const float *slopes, fm_ending ending, float *y) {
    const size_t taps = (size_t)(9 * in), run = (size_t)(3 * in), row = (size_t)(wide * in);
    // How many there are depends on the processor, which random numbers must not.
    float *packed = calloc(fm_direct_packed_count(taps, (size_t)out, slopes != 0), sizeof *packed);
    fm_direct_pack(w, bias, slopes, taps, (size_t)out, packed);
    const fm_direct_shape s = {3, row, 1, 0, run, width, (size_t)in, row, (size_t)out};
    // In two parts where there are two.
    const size_t step = fm_direct_filter_step(), part = (size_t)out > step ? step : (size_t)out;
    fm_direct_forward(&s, height, 0, part, x, packed, ending, y);
    if (part < (size_t)out) fm_direct_forward(&s, height, part, (size_t)out, x, packed, ending, y);
    free(packed);
}

// The upper and the lower rows at once; the one in the middle belongs to both.
static void direct_pairs(const float *x, int wide, int in, int out, const float *w, const float *bias,
                         const float *slopes, float *y) {
    enum { pairs = (height + 1) / 2, second = height - pairs };
    const size_t taps = (size_t)(9 * in), row = (size_t)(wide * in);
    float *packed = calloc(16 * (taps + 2), sizeof *packed), *both = calloc(2 * (pairs + 2) * row, sizeof *both);
    fm_direct_pack_twice(w, bias, slopes, taps, (size_t)out, packed);
    for (size_t h = 0; h < pairs + 2; h++) fm_interleave(x + h * row, x + (h + second) * row, row, both + 2 * h * row);
    const fm_direct_shape s = {3, row, 1, 0, (size_t)(3 * in), width, (size_t)in, row, (size_t)out};
    fm_direct_forward_pairs(&s, pairs, both, packed, slopes ? FM_SLOPES : FM_RELU, y, y + second * width * out);
    free(packed);
    free(both);
}

// Filters of all counts, on five channels.
static void few_and_many_filters(void) {
    const int in = 5, wide = width + 2;
    const float *x = numbers((size_t)((height + 2) * wide * in));
    for (int out = 1; out <= 70; out += out < 20 ? 1 : 7) {
        const float *w = numbers((size_t)(9 * in * out)), *bias = numbers((size_t)out);
        const size_t count = (size_t)(height * width * out);
        float *y = numbers(count + 16);
        const float behind = y[count];
        double *expected = calloc(count, sizeof *expected);
        const float *all_slopes = numbers((size_t)out);
        for (int has_slopes = 0; has_slopes <= 1; has_slopes++) {
            const float *slopes = has_slopes ? all_slopes : 0;
            memset(y, 0, count * sizeof *y);
            direct_forward(x, wide, in, out, w, bias, slopes, slopes ? FM_SLOPES : FM_RELU, y);
            for (int h = 0; h < height; h++)
                for (int q = 0; q < width; q++)
                    for (int f = 0; f < out; f++) {
                        double sum = (double)bias[f];
                        for (int t = 0; t < 9 * in; t++)
                            sum += (double)x[((h + t / (3 * in)) * wide + q) * in + t % (3 * in)] * (double)w[t * out + f];
                        expected[(h * width + q) * out + f] = sum > 0 ? sum : slopes ? sum * (double)slopes[f] : 0;
                    }
            expect("direct convolution of few filters", y, expected, count, 1e-5);
            const double kept = (double)behind;
            expect("behind the direct convolution", y + count, &kept, 1, 0);
            if (fm_direct_pairs_rows((size_t)out)) {
                memset(y, 0, count * sizeof *y);
                direct_pairs(x, wide, in, out, w, bias, slopes, y);
                expect("direct convolution of pairs of rows", y, expected, count, 1e-5);
                expect("behind the pairs of rows", y + count, &kept, 1, 0);
            }
        }
        free(expected);
    }
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
        direct_forward(x, wide, in, filters, w, bias, 0, FM_PLAIN, y);
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
    fm_depthwise_forward(&s, 0, s.out_height / 2, x, w, 0, 0, y);
    fm_depthwise_forward(&s, s.out_height / 2, s.out_height, x, w, 0, 0, y);
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
    for (int tile = 4; tile <= 6; tile++) winograd(tile);
    direct();
    few_and_many_filters();
    depthwise(32, 1, 1);
    depthwise(32, 1, 2);
    depthwise(5, 1, 1);
    depthwise(31, 1, 1);
    depthwise(15, 1, 2);
    depthwise(3, 2, 2);
}
