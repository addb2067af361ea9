#ifndef KERNELS_CONV_H
#define KERNELS_CONV_H
#include "kernels_basic.h"

// Direct convolution of rows of an image, NHWC, in which all windows lie inside (what pads it was written around it).
// A window is `outer` x `inner` runs of `run` floats that lie side by side.
typedef struct {
    size_t outer, outer_stride, inner, inner_stride, run;
    // Outputs per row and floats from one's window to the next one's; floats from one row's windows to the next row's.
    size_t pixels, step, row_step;
    size_t filters;
} fm_direct_shape;

// The kernel w [taps][filters], its bias (or none) and its slopes (or none) in the order in which they are read, and how
// many floats that is.
size_t fm_direct_packed_count(size_t taps, size_t filters, int has_slopes);
void fm_direct_pack(const float *w, const float *bias, const float *slopes, size_t taps, size_t filters, float *packed);

// The filters [first, last) of y [rows][pixels][filters]: whole blocks of `fm_direct_filter_step()`, or up to the end.
// Every sum begins with the bias and takes the taps in their order.
void fm_direct_forward(const fm_direct_shape *s, size_t rows, size_t first, size_t last, const float *x,
                       const float *packed, fm_ending ending, float *y);
size_t fm_direct_filter_step(void);

// The same for so few filters that two rows fit into a register, where `fm_direct_pairs_rows`: the rows of the output
// from `first` on and those from `second` on, `pairs` of each. x has the rows that both see side by side,
// [rows][width][channels][2]; strides count pairs. The packed kernel has 16 (taps + 1) floats, with
// slopes 16 (taps + 2).
int fm_direct_pairs_rows(size_t filters);
// y = a[0], b[0], a[1], ...; NULL is a row of zeros.
void fm_interleave(const float *a, const float *b, size_t n, float *y);
void fm_direct_pack_twice(const float *w, const float *bias, const float *slopes, size_t taps, size_t filters,
                          float *packed);
void fm_direct_forward_pairs(const fm_direct_shape *s, size_t pairs, const float *x, const float *packed,
                             fm_ending ending, float *first, float *second);

// The kernel's gradient for few input channels (kh * kw * channels taps), where a matrix product would be too thin. x is
// one image that is padded already, [.., width, channels]; y is [out_height, out_width, filters], filters a multiple of
// 16. dw += , bias_gradient += ; dy counts as 0 where y (if given) is not positive.
void fm_direct_weight_gradient(const float *x, int width, int channels, int kernel_height, int kernel_width,
                               int stride, int out_height, int out_width, int filters, const float *dy,
                               const float *y, float *dw, float *bias_gradient);
#endif
