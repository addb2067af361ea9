#ifndef KERNELS_ELEMENTWISE_H
#define KERNELS_ELEMENTWISE_H
#include "kernels_basic.h"

// Rows of `columns` values; every loop works in place where in and out may be the same.

void fm_add_bias(float *y, const float *bias, size_t rows, size_t columns, int relu);
// sums[c] += sum over rows of x[r][c].
void fm_add_column_sums(const float *x, size_t rows, size_t columns, float *sums);
// out[c] += sum (x[r][c] - mean[c])^2.
void fm_add_column_squares(const float *x, const float *mean, size_t rows, size_t columns, float *out);
// out[c] += sum dy[r][c] * (x[r][c] - mean[c]).
void fm_add_column_products(const float *dy, const float *x, const float *mean, size_t rows, size_t columns,
                            float *out);
// y = x * scale[c] + shift[c], at least 0 if relu.
void fm_scale_shift(const float *x, const float *scale, const float *shift, size_t rows, size_t columns, int relu,
                    float *y);
// dx = dy * a[c] + (x - mean[c]) * b[c] + d[c].
void fm_batch_norm_gradient(const float *dy, const float *x, const float *mean, const float *scale, const float *shift,
                            const float *a, const float *b, const float *d, size_t rows, size_t columns, float *dx);
// sums += dy and products += dy (x - mean), down the columns.
void fm_batch_norm_sums(const float *dy, const float *x, const float *mean, const float *scale, const float *shift,
                        size_t rows, size_t columns, float *sums, float *products);

void fm_relu(const float *x, float *y, size_t n);
// dx = dy where y > 0, else 0.
void fm_relu_gradient(const float *dy, const float *y, float *dx, size_t n);
// dy = 0 where y is not positive.
void fm_relu_mask(float *dy, const float *y, size_t n);
// y = x where positive, else slope x.
void fm_leaky_relu(const float *x, float *y, size_t n, float slope);
// dx = dy where side > 0, else slope dy.
void fm_leaky_relu_gradient(const float *dy, const float *side, float *dx, size_t n, float slope);
// Leaky ReLU with a slope for each column.
void fm_prelu(const float *x, const float *slopes, size_t rows, size_t columns, float *y);
// dx (if given) = dy or slope dy; slope_gradients += sum over rows of dy x where x is not positive.
void fm_prelu_gradient(const float *dy, const float *x, const float *slopes, size_t rows, size_t columns, float *dx,
                       float *slope_gradients);
void fm_add(float *y, const float *x, size_t n);             // y += x
void fm_sum(const float *a, const float *b, float *y, size_t n, int relu);  // y = a + b, at least 0 if relu
void fm_multiply(float *y, const float *x, size_t n);        // y *= x
void fm_add_scaled(float *y, const float *x, float a, size_t n);  // y += a x
void fm_interpolate(float *y, const float *x, float keep, size_t n);  // y = keep y + (1 - keep) x
double fm_sum_squares(const float *x, size_t n);

// Inverted dropout: y = x / (1 - rate), or 0 with probability `rate`. Which elements fall is a function of key and
// offset + index only, so the gradient applies the same mask by calling it again.
void fm_dropout(const float *x, float *y, size_t n, uint32_t offset, uint32_t key, float rate);

// Rows [first_row, last_row) of one image's output; padding counts as minus infinity. `which` (if given) gets the position
// inside the window of the maximum.
void fm_max_pool(const float *x, int height, int width, int channels, int pool_height, int pool_width,
                 int stride_height, int stride_width, int pad_top, int pad_left, int first_row, int last_row,
                 int out_width, float *y, uint8_t *which);
void fm_max_pool_gradient(const float *dy, const uint8_t *which, int height, int width, int channels,
                          int pool_width, int stride_height, int stride_width, int pad_top, int pad_left,
                          int out_height, int out_width, float *dx);
// y[c] = the largest x[pixel][c]; `which` (if given) gets the first pixel that has it.
void fm_global_max_pool(const float *x, int pixels, int channels, float *y, int32_t *which);

// Optimizer passes. g is read, p and the moments are updated; decay is decoupled weight decay times learning rate.
void fm_adam(float *p, const float *g, float *m, float *v, size_t n, float rate, float beta1, float beta2,
             float epsilon, float decay, float gradient_scale);
void fm_sgd(float *p, const float *g, float *velocity, size_t n, float rate, float momentum, int nesterov,
            float decay, float gradient_scale);
void fm_rmsprop(float *p, const float *g, float *square, float *velocity, size_t n, float rate, float rho,
                float momentum, float epsilon, float decay, float gradient_scale);
#endif
