#ifndef KERNELS_ACTIVATIONS_H
#define KERNELS_ACTIVATIONS_H
#include "kernels_basic.h"

// Functions of single values, whose exponentials are made several at a time. All work in place.

void fm_sigmoid(const float *x, float *y, size_t n);
// y = x sigmoid(x).
void fm_swish(const float *x, float *y, size_t n);
void fm_swish_gradient(const float *dy, const float *x, float *dx, size_t n);
// y = x (1 + erf(x / sqrt 2)) / 2.
void fm_gelu(const float *x, float *y, size_t n);
void fm_gelu_gradient(const float *dy, const float *x, float *dx, size_t n);
// y = slope x + 0.5, between 0 and 1.
void fm_hard_sigmoid(const float *x, float *y, size_t n, float slope);
void fm_hard_sigmoid_gradient(const float *dy, const float *y, float *dx, size_t n, float slope);
// y = x times the hard sigmoid of slope 1/6.
void fm_hard_swish(const float *x, float *y, size_t n);
void fm_hard_swish_gradient(const float *dy, const float *x, float *dx, size_t n);
#endif
