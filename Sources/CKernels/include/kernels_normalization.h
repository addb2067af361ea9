#ifndef KERNELS_NORMALIZATION_H
#define KERNELS_NORMALIZATION_H
#include "kernels_basic.h"

// Each row of `columns` values normalized on its own: y = (x - mean) inverse * gamma + beta, gamma and beta if given.
// If not centred, the mean is taken for 0. stats gets mean and 1 / sqrt(variance + epsilon) of each row.
void fm_layer_norm(const float *x, const float *gamma, const float *beta, size_t rows, size_t columns, float epsilon,
                   int centred, float *y, float *stats);
// Each of dx, gamma_gradient and beta_gradient only if given; the last two are added to.
void fm_layer_norm_gradient(const float *dy, const float *x, const float *gamma, const float *stats, size_t rows,
                            size_t columns, int centred, float *dx, float *gamma_gradient, float *beta_gradient);

// Each row divided by its length: y = x * inverse with inverse = min(1 / |x|, largest), which goes to inverses.
void fm_unit_norm(const float *x, size_t rows, size_t columns, float largest, float *y, float *inverses);
void fm_unit_norm_gradient(const float *dy, const float *y, const float *inverses, size_t rows, size_t columns,
                           float *dx);
#endif
