#include "CKernels.h"
#include <stdbool.h>
#include <string.h>

// A fused multiply-add would round other than the separate operations that cascades are trained and compared with.
#pragma STDC FP_CONTRACT OFF

typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef bool bits16 __attribute__((ext_vector_type(16)));
typedef u32x16 u32x16_anywhere __attribute__((aligned(4), may_alias));
typedef f32x16 f32x16_anywhere __attribute__((aligned(4), may_alias));
typedef int32_t i32x8 __attribute__((ext_vector_type(8)));
typedef uint32_t u32x8 __attribute__((ext_vector_type(8)));
typedef int64_t i64x8 __attribute__((ext_vector_type(8)));
typedef float f32x8 __attribute__((ext_vector_type(8)));
typedef double f64x8 __attribute__((ext_vector_type(8)));
typedef bool bits8 __attribute__((ext_vector_type(8)));
typedef u32x8 u32x8_anywhere __attribute__((aligned(4), may_alias));
typedef f32x8 f32x8_anywhere __attribute__((aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))
#define LOAD16(p) (*(const u32x16_anywhere *)(p))
#define LOAD8(p) (*(const u32x8_anywhere *)(p))
#define RECTANGLE(load, window, c) \
    (load((window) + (c)[0]) - load((window) + (c)[1]) - load((window) + (c)[2]) + load((window) + (c)[3]))
#define FLOATS(v) __builtin_convertvector((i32x16)(v), f32x16)
#define RECTANGLES16(window, c) FLOATS(RECTANGLE(LOAD16, window, c))
#define MASK16(v) __builtin_bit_cast(uint16_t, __builtin_convertvector(v, bits16))
#define MASK8(v) __builtin_bit_cast(uint8_t, __builtin_convertvector(v, bits8))

// One window

INLINE float rectangle(const int32_t *window, const int32_t *c) {
    const uint32_t *at = (const uint32_t *)window;
    return (float)(int32_t)(at[c[0]] - at[c[1]] - at[c[2]] + at[c[3]]);
}

INLINE float pair_value(const fm_haar_node *node, const int32_t *window) {
    return node->weight[0] * rectangle(window, node->corner) + node->weight[1] * rectangle(window, node->corner + 4);
}

INLINE float node_value(const fm_haar_node *node, const int32_t *window) {
    float value = pair_value(node, window);
    if (node->weight[2] != 0) value += node->weight[2] * rectangle(window, node->corner + 8);
    return value;
}

INLINE double stage_sum(const fm_haar_cascade *cascade, const fm_haar_stage *stage, const int32_t *window,
                        float norm) {
    const fm_haar_node *node = cascade->nodes + stage->first;
    double sum = 0;
    if (cascade->stumps) {
        int i = 0;
        for (; i < stage->pairs; i++, node++)
            sum += pair_value(node, window) * norm < node->threshold ? node->left : node->right;
        for (; i < stage->trees; i++, node++)
            sum += node_value(node, window) * norm < node->threshold ? node->left : node->right;
        return sum;
    }
    for (int tree = 0; tree < stage->trees; tree++, node += node->size) {
        const fm_haar_node *at = node;
        for (;;) {
            const int left = node_value(at, window) * norm < at->threshold;
            const int next = left ? at->left_node : at->right_node;
            if (next == 0) {
                sum += left ? at->left : at->right;
                break;
            }
            at = node + next;
        }
    }
    return sum;
}

int fm_haar_window(const fm_haar_cascade *cascade, int stage, const int32_t *window, float norm) {
    for (; stage < cascade->stage_count; stage++)
        if (stage_sum(cascade, &cascade->stages[stage], window, norm) < cascade->stages[stage].threshold) return 0;
    return 1;
}

// Sixteen windows

// Vectors are passed in memory or not at all: how they are passed in registers depends on the instruction set.
#define PAIR_VALUES(node, window)                                      \
    ((node)->weight[0] * RECTANGLES16(window, (node)->corner) +        \
     (node)->weight[1] * RECTANGLES16(window, (node)->corner + 4))

INLINE void add_tree(const fm_haar_node *tree, const int32_t *window, const float *norms, f32x16 *sums) {
    const f32x16 norm = *(const f32x16_anywhere *)norms;
    i32x16 reached[FM_HAAR_TREE_NODES];
    i32x16 leaves = 0;
    for (int k = 1; k < tree->size; k++) reached[k] = 0;
    reached[0] = -1;
    for (int k = 0; k < tree->size; k++) {
        const fm_haar_node *node = tree + k;
        f32x16 value = PAIR_VALUES(node, window);
        if (node->weight[2] != 0) value += node->weight[2] * RECTANGLES16(window, node->corner + 8);
        const i32x16 less = value * norm < node->threshold;
        const i32x16 left = reached[k] & less, right = reached[k] & ~less;
        if (node->left_node) reached[node->left_node] |= left;
        else leaves |= left & (i32x16)(f32x16)node->left;
        if (node->right_node) reached[node->right_node] |= right;
        else leaves |= right & (i32x16)(f32x16)node->right;
    }
    *sums += (f32x16)leaves;
}

INLINE uint32_t stage_lanes(const fm_haar_cascade *cascade, const fm_haar_stage *stage, const int32_t *window,
                            const float *norms) {
    const fm_haar_node *node = cascade->nodes + stage->first;
    const f32x16 norm = *(const f32x16_anywhere *)norms;
    f32x16 sum = 0;
    if (cascade->stumps) {
        int i = 0;
        for (; i < stage->pairs; i++, node++) {
            const f32x16 value = PAIR_VALUES(node, window);
            sum += value * norm < node->threshold ? (f32x16)node->left : (f32x16)node->right;
        }
        for (; i < stage->trees; i++, node++) {
            f32x16 value = PAIR_VALUES(node, window);
            value += node->weight[2] * RECTANGLES16(window, node->corner + 8);
            sum += value * norm < node->threshold ? (f32x16)node->left : (f32x16)node->right;
        }
    } else {
        for (int tree = 0; tree < stage->trees; tree++, node += node->size) add_tree(node, window, norms, &sum);
    }
    const f32x16 distance = sum - stage->threshold;
    uint32_t passed = MASK16(distance >= 0);
    uint32_t unsure = MASK16((distance <= stage->margin) & (distance >= -stage->margin));
    while (unsure) {
        const int lane = __builtin_ctz(unsure);
        unsure &= unsure - 1;
        const uint32_t passes = stage_sum(cascade, stage, window + lane, norms[lane]) >= stage->threshold;
        passed = (passed & ~(1u << lane)) | passes << lane;
    }
    return passed;
}

FM_CLONES
uint32_t fm_haar_stage_lanes(const fm_haar_cascade *cascade, int stage, const int32_t *window, const float *norm) {
    return stage_lanes(cascade, &cascade->stages[stage], window, norm);
}

// area times the deviation is the root of area * squares - sum^2; windows flatter than 10 grey levels are left out.
INLINE uint32_t normalize(const fm_haar_cascade *cascade, const int32_t *window, const int32_t *squares,
                          float *norm) {
    const f64x8 sum = __builtin_convertvector((i32x8)RECTANGLE(LOAD8, window, cascade->corner), f64x8);
    const f64x8 square = __builtin_convertvector((i32x8)RECTANGLE(LOAD8, squares, cascade->corner), f64x8);
    const f64x8 variance = cascade->area * square - sum * sum;
    const i64x8 positive = variance > 0;
    const f64x8 root = __builtin_elementwise_sqrt(positive ? variance : (f64x8)1);
    const f32x8 factor = __builtin_convertvector(1 / root, f32x8);
    *(f32x8_anywhere *)norm = factor;
    return MASK8(positive & (cascade->area * __builtin_convertvector(factor, f64x8) < 1e-1));
}

FM_CLONES
uint64_t fm_haar_first_stage(const fm_haar_cascade *cascade, const int32_t *window, const int32_t *squares,
                             float *norm, uint64_t *textured) {
    uint64_t all_textured = 0, all_passed = 0;
    for (int i = 0; i < FM_HAAR_WORD; i += FM_HAAR_LANES) {
        uint32_t rough = normalize(cascade, window + i, squares + i, norm + i);
        rough |= normalize(cascade, window + i + 8, squares + i + 8, norm + i + 8) << 8;
        if (!rough) continue;
        const uint32_t passed = stage_lanes(cascade, &cascade->stages[0], window + i, norm + i) & rough;
        all_textured |= (uint64_t)rough << i;
        all_passed |= (uint64_t)passed << i;
    }
    *textured = all_textured;
    return all_passed;
}

// Integral images

FM_CLONES
void fm_haar_mix_rows(const uint8_t *restrict a, const uint8_t *restrict b, int weight, size_t n,
                      uint16_t *restrict out) {
    const uint16_t second = (uint16_t)weight, first = (uint16_t)(256 - weight);
    for (size_t i = 0; i < n; i++) out[i] = (uint16_t)(a[i] * first + b[i] * second);
}

void fm_haar_sample_row(const uint16_t *restrict mixed, const int32_t *restrict first,
                        const int32_t *restrict weight, size_t n, uint8_t *restrict out) {
    for (size_t i = 0; i < n; i++) {
        const uint16_t *at = mixed + first[i];
        out[i] = (uint8_t)(((uint32_t)at[0] * (uint32_t)(256 - weight[i]) + (uint32_t)at[1] * (uint32_t)weight[i] +
                            0x8000u) >> 16);
    }
}

void fm_haar_integral_row(const uint8_t *restrict row, size_t n, size_t half, const int32_t *restrict sum_above,
                          const int32_t *restrict squares_above, int32_t *restrict sum, int32_t *restrict squares) {
    // Large pictures wrap around, and differences come out right all the same.
    const uint32_t *a = (const uint32_t *)sum_above, *b = (const uint32_t *)squares_above;
    uint32_t *s = (uint32_t *)sum, *q = (uint32_t *)squares;
    uint32_t total = 0, total_squares = 0;
    s[0] = 0;
    q[0] = 0;
    if (half == 0) {
        for (size_t i = 0; i < n; i++) {
            const uint32_t pixel = row[i];
            total += pixel;
            total_squares += pixel * pixel;
            s[i + 1] = a[i + 1] + total;
            q[i + 1] = b[i + 1] + total_squares;
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t pixel = row[i];
        const size_t at = ((i + 1) >> 1) + ((i + 1) & 1 ? half : 0);
        total += pixel;
        total_squares += pixel * pixel;
        s[at] = a[at] + total;
        q[at] = b[at] + total_squares;
    }
}

FM_CLONES
void fm_haar_tilted_row(const uint8_t *restrict row, const uint8_t *restrict row_above, size_t n,
                        const int32_t *restrict above, const int32_t *restrict above_that, int32_t *restrict out) {
    const uint32_t *a = (const uint32_t *)above, *b = (const uint32_t *)above_that;
    uint32_t *t = (uint32_t *)out;
    // Beyond the edges nothing is added, so that the columns there equal those one row above.
    t[0] = a[1];
    for (size_t x = 1; x < n; x++) t[x] = a[x - 1] + a[x + 1] - b[x] + row[x - 1] + row_above[x - 1];
    t[n] = a[n - 1] + row[n - 1] + row_above[n - 1];
}

void fm_haar_split_row(const int32_t *restrict in, size_t n, size_t half, int32_t *restrict out) {
    if (half == 0) {
        memcpy(out, in, n * sizeof *in);
        return;
    }
    size_t i = 0;
    for (; i + 1 < n; i += 2) {
        out[i / 2] = in[i];
        out[half + i / 2] = in[i + 1];
    }
    if (i < n) out[i / 2] = in[i];
}

FM_CLONES
void fm_haar_gray_row(const uint8_t *restrict rgb, size_t n, uint8_t *restrict out) {
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)((rgb[3 * i] * 19595u + rgb[3 * i + 1] * 38470u + rgb[3 * i + 2] * 7471u + 0x8000u) >> 16);
}
