#include "check.h"

// Not a multiple of any vector, and a whole of all.
enum { odd = 83, columns = 37, rows = 5, whole = rows * columns };

static void activations(const float *x, const float *g, float *y) {
#define EACH(call, count) call; show(#call, y, count)
    EACH(fm_sigmoid(x, y, odd), odd);
    EACH(fm_swish(x, y, odd), odd);
    EACH(fm_swish_gradient(g, x, y, odd), odd);
    EACH(fm_gelu(x, y, odd), odd);
    EACH(fm_gelu_gradient(g, x, y, odd), odd);
    EACH(fm_hard_sigmoid(x, y, odd, 0.2f), odd);
    EACH(fm_hard_sigmoid_gradient(g, x, y, odd, 0.2f), odd);
    EACH(fm_hard_swish(x, y, odd), odd);
    EACH(fm_hard_swish_gradient(g, x, y, odd), odd);
    EACH(fm_relu(x, y, odd), odd);
    EACH(fm_relu_gradient(g, x, y, odd), odd);
    EACH(fm_relu_mask(y, x, odd), odd);
    EACH(fm_leaky_relu(x, y, odd, 0.1f), odd);
    EACH(fm_leaky_relu_gradient(g, x, y, odd, 0.1f), odd);
    EACH(fm_prelu(x, g, rows, columns, y), whole);
    float *slopes = numbers(columns);
    EACH(fm_prelu_gradient(g, x, g, rows, columns, y, slopes), whole);
    show("slopes", slopes, columns);
}

static void sums(const float *x, const float *g, float *y) {
    const float *mean = numbers(columns), *a = numbers(columns), *b = numbers(columns);
    EACH(fm_add_bias(y, mean, rows, columns, 1), whole);
    EACH(fm_add_bias(y, mean, rows, columns, 0), whole);
    EACH(fm_add_column_sums(x, rows, columns, y), columns);
    EACH(fm_add_column_squares(x, mean, rows, columns, y), columns);
    EACH(fm_add_column_products(g, x, mean, rows, columns, y), columns);
    EACH(fm_scale_shift(x, a, b, rows, columns, 1, y), whole);
    EACH(fm_batch_norm_gradient(g, x, mean, 0, 0, a, b, mean, rows, columns, y), whole);
    EACH(fm_batch_norm_gradient(g, x, mean, b, a, a, b, mean, rows, columns, y), whole);
    float *products = numbers(columns);
    EACH(fm_batch_norm_sums(g, x, mean, b, a, rows, columns, y, products), columns);
    show("fm_batch_norm_sums", products, columns);
    EACH(fm_add(y, x, odd), odd);
    EACH(fm_sum(x, g, y, odd, 1), odd);
    EACH(fm_multiply(y, x, odd), odd);
    EACH(fm_add_scaled(y, x, 0.3f, odd), odd);
    EACH(fm_interpolate(y, x, 0.9f, odd), odd);
    EACH(fm_dropout(x, y, odd, 5, 77, 0.3f), odd);
    const float total = (float)fm_sum_squares(x, odd);
    show("fm_sum_squares", &total, 1);
    float stats[2 * rows], gamma[columns] = {0}, beta[columns] = {0};
    EACH(fm_layer_norm(x, mean, a, rows, columns, 1e-3f, 1, y, stats), whole);
    show("stats", stats, 2 * rows);
    EACH(fm_layer_norm_gradient(g, x, mean, stats, rows, columns, 1, y, gamma, beta), whole);
    show("gamma", gamma, columns);
    show("beta", beta, columns);
    float inverses[rows];
    EACH(fm_unit_norm(x, rows, columns, 1e6f, y, inverses), whole);
    EACH(fm_unit_norm_gradient(g, x, inverses, rows, columns, y), whole);
}

static void pools(const float *x, float *y) {
    // An image of 5 x 4 with 9 channels in windows of 3 x 2.
    uint8_t which[3 * 2 * 9];
    int32_t first[9];
    EACH(fm_max_pool(x, 5, 4, 9, 3, 2, 2, 2, 1, 0, 0, 3, 2, y, 0), 3 * 2 * 9);
    EACH(fm_max_pool(x, 5, 4, 9, 3, 2, 2, 2, 1, 0, 0, 3, 2, y, which), 3 * 2 * 9);
    // Any number of channels, with places as without.
    const float *image = numbers(4 * 4 * 43);
    for (int channels = 1; channels <= 43; channels++)
        for (int size = 2; size <= 4; size++) {
            const size_t count = (size_t)(2 * 2 * channels);
            float plain[2 * 2 * 43 + 1], placed[2 * 2 * 43 + 1];
            uint8_t at[2 * 2 * 43];
            plain[count] = 7;
            fm_max_pool(image, 4, 4, channels, size, size, 2, 2, 0, 0, 0, 2, 2, plain, 0);
            fm_max_pool(image, 4, 4, channels, size, size, 2, 2, 0, 0, 0, 2, 2, placed, at);
            double expected[2 * 2 * 43];
            for (size_t i = 0; i < count; i++) expected[i] = (double)placed[i];
            expect("pool of so many channels", plain, expected, count, 0);
            const double kept = 7;
            expect("behind the pool", plain + count, &kept, 1, 0);
        }
    float *dx = numbers(5 * 4 * 9);
    fm_max_pool_gradient(y, which, 5, 4, 9, 2, 2, 2, 1, 0, 3, 2, dx);
    show("fm_max_pool_gradient", dx, 5 * 4 * 9);
    EACH(fm_global_max_pool(x, 20, 9, y, first), 9);
}

static void optimizers(const float *g) {
    float *y = numbers(odd), *m = calloc(odd, sizeof *m), *v = calloc(odd, sizeof *v);
    EACH(fm_adam(y, g, m, v, odd, 1e-2f, 0.9f, 0.99f, 1e-7f, 1e-3f, 0.5f), odd);
    show("moments", v, odd);
    EACH(fm_sgd(y, g, m, odd, 1e-2f, 0.9f, 1, 1e-3f, 0.5f), odd);
    EACH(fm_rmsprop(y, g, v, m, odd, 1e-2f, 0.9f, 0.5f, 1e-3f, 1e-3f, 0.5f), odd);
}

void check_values(void) {
    const float *x = numbers(256), *g = numbers(256);
    float *y = numbers(256);
    activations(x, g, y);
    sums(x, g, y);
    pools(x, y);
    optimizers(g);
    uint8_t bytes[odd];
    float low, high;
    fm_range(x, odd, &low, &high);
    fm_quantize(x, odd, 100, 128, bytes);
    for (int i = 0; i < odd; i++) y[i] = bytes[i];
    show("bytes", y, odd);
    const float limits[2] = {low, high};
    show("range", limits, 2);
}
