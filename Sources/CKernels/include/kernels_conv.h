#ifndef KERNELS_CONV_H
#define KERNELS_CONV_H
#include "kernels_basic.h"

// Direct convolution for few input channels (kh * kw * channels taps), where a matrix product would be too thin.
// x is one image that is padded already, [.., width, channels]; y is [out_height, out_width, filters].
// filters is a multiple of 16.
void fm_direct_forward(const float *x, int width, int channels, int kernel_height, int kernel_width, int stride,
                       int out_height, int out_width, int filters, const float *w, const float *bias, int relu,
                       float *y);

// dw += , bias_gradient += ; dy counts as 0 where y (if given) is not positive.
void fm_direct_weight_gradient(const float *x, int width, int channels, int kernel_height, int kernel_width,
                               int stride, int out_height, int out_width, int filters, const float *dy,
                               const float *y, float *dw, float *bias_gradient);
#endif
