#ifndef KERNELS_HAAR_H
#define KERNELS_HAAR_H
#include "kernels_basic.h"

// Boosted cascades of Haar-like features over integral images.
//
// A table of corners belongs to one layout of the integral image, so that neighbouring windows lie side by side:
// window i of a row starts at `window + i`, and every corner is a distance from there.

// The windows that the first stage takes at once, and the longest tree.
enum { FM_HAAR_WORD = 64, FM_HAAR_TREE_NODES = 32 };

// One node of a weak classifier: value = sum over rectangles of weight * (c0 - c1 - c2 + c3), left where
// value * norm < threshold.
typedef struct {
    int32_t corner[12];
    float weight[3];
    float threshold;
    float left, right;               // what a leaf adds
    int32_t left_node, right_node;   // position in the tree, 0 for a leaf
    int32_t size;                    // nodes of the tree that starts here
} fm_haar_node;

typedef struct {
    int32_t first;    // node
    int32_t trees;    // nodes, where all trees are stumps
    int32_t pairs;    // so many stumps come first and have no third rectangle
    float threshold;
    float margin;     // sums of floats nearer than this to the threshold are made again with doubles
} fm_haar_stage;

typedef struct {
    const fm_haar_node *nodes;
    const fm_haar_stage *stages;
    int32_t stage_count;
    int32_t stumps;         // whether all trees have one node
    int32_t corner[4];      // of the rectangle that the variance is taken in
    double area;            // of that rectangle
} fm_haar_cascade;

// The first stage for windows 0 ..< 64 at `window`, `squares` being the same place in the integral of squares.
// norm[64] gets the factor that features are multiplied with. Bits of `textured`: the window's deviation is above 10
// grey levels; bits of the result: such windows that pass. All 64 windows are read, and must be readable.
uint64_t fm_haar_first_stage(const fm_haar_cascade *cascade, const int32_t *window, const int32_t *squares,
                             float *norm, uint64_t *textured);

// Bit i of the result: window i of 0 ..< lanes passes the stage. There are 4, 8 or 16 lanes.
uint32_t fm_haar_stage_lanes(const fm_haar_cascade *cascade, int stage, int lanes, const int32_t *window,
                             const float *norm);

// out = a (256 - weight) + b weight, weight 0 ... 256.
void fm_haar_mix_rows(const uint8_t *a, const uint8_t *b, int weight, size_t n, uint16_t *out);
// out[i] = mixed[first[i]] and its right neighbour in the proportion 256 - weight[i] : weight[i], rounded.
void fm_haar_sample_row(const uint16_t *mixed, const int32_t *first, const int32_t *weight, size_t n, uint8_t *out);

// One more row of the integral image and of that of squares: n + 1 columns from n pixels. With half > 0 odd columns
// go to [half ...], so that every second column lies side by side; else half is 0.
void fm_haar_integral_row(const uint8_t *row, size_t n, size_t half, const int32_t *sum_above,
                          const int32_t *squares_above, int32_t *sum, int32_t *squares);
// The next row of the integral turned by 45 degrees (n + 1 columns, none moved), from the two before and the two
// last rows of pixels.
void fm_haar_tilted_row(const uint8_t *row, const uint8_t *row_above, size_t n, const int32_t *above,
                        const int32_t *above_that, int32_t *out);
// out = in, with half > 0 odd columns moved to [half ...].
void fm_haar_split_row(const int32_t *in, size_t n, size_t half, int32_t *out);
// The brightness of RGB pixels, as `Image.grayscale`.
void fm_haar_gray_row(const uint8_t *rgb, size_t n, uint8_t *out);
#endif
