#include "CKernels.h"
#include "isa.h"
#include <stdbool.h>
#include <string.h>

// A fused multiply-add would round other than the separate operations that cascades are trained and compared with.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))
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

// Neighbouring windows

#define LANES 4
#include "haar_lanes.h"
#undef LANES
#define LANES 8
#include "haar_lanes.h"
#undef LANES
#define LANES 16
#include "haar_lanes.h"
#undef LANES

FM_KERNEL(uint32_t, fm_haar_stage_lanes, (const fm_haar_cascade *cascade, int index, int lanes, const int32_t *window,
                                          const float *norm), (cascade, index, lanes, window, norm)) {
    const fm_haar_stage *stage = &cascade->stages[index];
    if (lanes == 4) return stage_lanes_4(cascade, stage, window, norm);
    if (lanes == 8) return stage_lanes_8(cascade, stage, window, norm);
    return stage_lanes_16(cascade, stage, window, norm);
}

FM_KERNEL(uint64_t, fm_haar_first_stage, (const fm_haar_cascade *cascade, const int32_t *window, const int32_t *squares,
                                          float *norm, uint64_t *textured),
          (cascade, window, squares, norm, textured)) {
    uint64_t all_textured = 0, all_passed = 0;
    for (int i = 0; i < FM_HAAR_WORD; i += 16) {
        uint32_t rough = normalize_8(cascade, window + i, squares + i, norm + i);
        rough |= normalize_8(cascade, window + i + 8, squares + i + 8, norm + i + 8) << 8;
        if (!rough) continue;
        const uint32_t passed = stage_lanes_16(cascade, &cascade->stages[0], window + i, norm + i) & rough;
        all_textured |= (uint64_t)rough << i;
        all_passed |= (uint64_t)passed << i;
    }
    *textured = all_textured;
    return all_passed;
}

// Integral images

FM_KERNEL(void, fm_haar_mix_rows, (const uint8_t *restrict a, const uint8_t *restrict b, int weight, size_t n,
                                   uint16_t *restrict out), (a, b, weight, n, out)) {
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

FM_KERNEL(void, fm_haar_tilted_row, (const uint8_t *restrict row, const uint8_t *restrict row_above, size_t n,
                                     const int32_t *restrict above, const int32_t *restrict above_that,
                                     int32_t *restrict out), (row, row_above, n, above, above_that, out)) {
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

FM_KERNEL(void, fm_haar_gray_row, (const uint8_t *restrict rgb, size_t n, uint8_t *restrict out), (rgb, n, out)) {
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)((rgb[3 * i] * 19595u + rgb[3 * i + 1] * 38470u + rgb[3 * i + 2] * 7471u + 0x8000u) >> 16);
}
