#ifndef KERNELS_WINOGRAD_H
#define KERNELS_WINOGRAD_H
#include "kernels_basic.h"

// Winograd convolution F(n x n, 3x3), stride 1, n 4, 5 or 6: the transforms around the (n + 2)^2 matrix products.
// A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016.
//
// One image at a time, NHWC. Tiles cover the output in steps of n; a call works on the tile rows
// [tile_row, tile_row + tile_rows). Transformed data is [(n + 2)^2][tile][channel], `stride` floats from one of the
// frequencies to the next. Channel counts are multiples of 16.

typedef struct {
    int height, width, channels;     // input image
    int out_height, out_width, filters;  // output image, before pooling
    int pad_top, pad_left;
    int tile;                        // n
    int tile_cols;                   // ceil(out_width / n)
    int pool_height, pool_width;     // output image after 2x2 pooling, if any
    int all_filters;                 // of the output, where m, bias and y are those of some of them only
} fm_winograd_shape;

// v = B^T d B, for each input tile d; what lies outside the image counts as 0.
void fm_winograd_input(const fm_winograd_shape *s, const float *x, int tile_row, int tile_rows, float *v,
                       size_t stride);

// y = A^T m A + bias, then its ending; `slopes` per filter for FM_SLOPES.
void fm_winograd_output(const fm_winograd_shape *s, const float *m, size_t stride, int tile_row, int tile_rows,
                        const float *bias, fm_ending ending, const float *slopes, float *y);

// The same, for tiles of 4, with relu and 2x2 maximum pooling. mask says which of the four was the largest (0...3, the first of
// equals), or 4 if relu cut it off.
void fm_winograd_output_pool(const fm_winograd_shape *s, const float *m, size_t stride, int tile_row,
                             int tile_rows, const float *bias, float *pooled, uint8_t *mask);

// dm = A dy A^T; dy counts as 0 where y (if given) is not positive. Adds the sum of dy to bias_gradient.
void fm_winograd_output_gradient(const fm_winograd_shape *s, const float *dy, const float *y, int tile_row,
                                 int tile_rows, float *dm, size_t stride, float *bias_gradient);

// The same, for tiles of 4, from the gradient of the pooled output and the mask.
void fm_winograd_output_gradient_pool(const fm_winograd_shape *s, const float *dpooled, const uint8_t *mask,
                                      int tile_row, int tile_rows, float *dm, size_t stride,
                                      float *bias_gradient);

// dx += B dv B^T, summed where tiles overlap.
void fm_winograd_input_gradient(const fm_winograd_shape *s, const float *dv, size_t stride, int tile_row,
                                int tile_rows, float *dx);

// u = G g G^T for filters w [3][3][channels][filters] and channels [first, last): u is
// [(n + 2)^2][channels][filters], and, where ut is given, ut is the same with filters and channels exchanged.
void fm_winograd_filter(const fm_winograd_shape *s, const float *w, int first, int last, float *u, float *ut);

// dw (+)= G^T du G for channels [first, last).
void fm_winograd_filter_gradient(const fm_winograd_shape *s, const float *du, int first, int last, float *dw,
                                 int accumulate);

// The same in bfloat16 (kernels_bfloat16.h), interpolated at other points: what is multiplied is rounded, sums are
// floats. Strides count elements of either kind. Filters are pairs, u of channels [36][channels / 2][filters] and ut of
// filters [36][filters / 2][channels]; first and last are even.
void fm_bf16_winograd_input(const fm_winograd_shape *s, const float *x, int tile_row, int tile_rows, uint16_t *v,
                            size_t stride);
void fm_bf16_winograd_output(const fm_winograd_shape *s, const float *m, size_t stride, int tile_row, int tile_rows,
                             const float *bias, fm_ending ending, const float *slopes, float *y);
void fm_bf16_winograd_output_pool(const fm_winograd_shape *s, const float *m, size_t stride, int tile_row,
                                  int tile_rows, const float *bias, float *pooled, uint8_t *mask);
void fm_bf16_winograd_output_gradient(const fm_winograd_shape *s, const float *dy, const float *y, int tile_row,
                                      int tile_rows, uint16_t *dm, size_t stride, float *bias_gradient);
void fm_bf16_winograd_output_gradient_pool(const fm_winograd_shape *s, const float *dpooled, const uint8_t *mask,
                                           int tile_row, int tile_rows, uint16_t *dm, size_t stride,
                                           float *bias_gradient);
void fm_bf16_winograd_input_gradient(const fm_winograd_shape *s, const float *dv, size_t stride, int tile_row,
                                     int tile_rows, float *dx);
void fm_bf16_winograd_filter(const float *w, int channels, int filters, int first, int last, uint16_t *u,
                             uint16_t *ut);
void fm_bf16_winograd_filter_gradient(const float *du, int channels, int filters, int first, int last, float *dw,
                                      int accumulate);
#endif
