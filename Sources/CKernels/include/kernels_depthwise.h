#ifndef KERNELS_DEPTHWISE_H
#define KERNELS_DEPTHWISE_H
#include "kernels_basic.h"

// Depthwise convolution of one image, NHWC: each input channel c makes the outputs c * multiplier + j. The kernel w
// is [kernel_height][kernel_width][channels][multiplier].
typedef struct {
    int height, width, channels, multiplier;
    int kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width;
    int pad_top, pad_left, out_height, out_width;
} fm_depthwise_shape;

// Rows [first, last) of y, with the bias if there is one.
void fm_depthwise_forward(const fm_depthwise_shape *s, int first, int last, const float *x, const float *w,
                          const float *bias, int relu, float *y);
void fm_depthwise_input_gradient(const fm_depthwise_shape *s, const float *dy, const float *w, float *dx);
// dw +=
void fm_depthwise_weight_gradient(const fm_depthwise_shape *s, const float *x, const float *dy, float *dw);
#endif
