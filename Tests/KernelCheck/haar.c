#include "check.h"

// Integral images of a drawn picture, and stumps and trees over them.
enum { size = 100, half = 51 };

static void cascade(const int32_t *sum, const int32_t *squares) {
    const int row = size + 1;
    fm_haar_node nodes[4] = {0};
    for (int i = 0; i < 4; i++) {
        fm_haar_node *node = nodes + i;
        const int32_t corners[12] = {row * i, row * i + 9, row * 8, row * 8 + 9, row, row + 4 + i, row * 5, row * 5 + 4 + i,
                                     0,       i + 1,       row * 2, row * 2 + i + 1};
        memcpy(node->corner, corners, sizeof corners);
        node->weight[0] = -1;
        node->weight[1] = 2;
        node->weight[2] = i & 1 ? 3 : 0;
        node->threshold = 0.01f * (float)(i - 1);
        node->left = 0.25f * (float)(i + 1);
        node->right = -0.125f * (float)(i + 1);
        node->size = 1;
    }
    fm_haar_stage stage = {0, 4, 1, 0.05f, 1e-4f};
    fm_haar_cascade whole = {nodes, &stage, 1, 1, {row + 1, row + 9, row * 9 + 1, row * 9 + 9}, 64};
    for (int trees = 0; trees < 2; trees++) {
        if (trees) {
            // The same four as two trees of two nodes.
            whole.stumps = 0;
            stage.trees = 2;
            nodes[0].left_node = nodes[2].right_node = 1;
            nodes[0].size = nodes[2].size = 2;
        } else {
            stage.pairs = 0;
        }
        float norm[FM_HAAR_WORD] = {0};
        uint64_t textured = 0;
        const uint64_t passed = fm_haar_first_stage(&whole, sum, squares, norm, &textured);
        show("norm", norm, FM_HAAR_WORD);
        printf("textured %llu 1\npassed %llu 1\n", (unsigned long long)(textured % 1000003),
               (unsigned long long)(passed % 1000003));
        for (int lanes = 4; lanes <= 16; lanes *= 2)
            printf("lanes %u 1\n", (unsigned)fm_haar_stage_lanes(&whole, 0, lanes, sum, norm));
    }
}

void check_haar(void) {
    static uint8_t picture[size][size], rgb[3 * size], grey[size], sampled[size];
    static int32_t sum[(size + 1) * (size + 1)], squares[(size + 1) * (size + 1)], turned[3][size + 1], split[2 * half];
    static uint16_t mixed[size];
    static int32_t first[size - 1], weight[size - 1];
    static float values[size];
    for (int h = 0; h < size; h++)
        for (int w = 0; w < size; w++) picture[h][w] = (uint8_t)(h * h + 13 * w + h * w / 7);
    for (int h = 0; h < size; h++) {
        int32_t *at = sum + (h + 1) * (size + 1), *square = squares + (h + 1) * (size + 1);
        fm_haar_integral_row(picture[h], size, 0, at - size - 1, square - size - 1, at, square);
    }
    cascade(sum, squares);
    for (int i = 0; i < 3 * size; i++) rgb[i] = (uint8_t)(i * 91);
    fm_haar_gray_row(rgb, size, grey);
    fm_haar_mix_rows(picture[3], picture[4], 77, size, mixed);
    for (int i = 0; i < size - 1; i++) first[i] = i, weight[i] = i * 5 % 257;
    fm_haar_sample_row(mixed, first, weight, size - 1, sampled);
    fm_haar_tilted_row(picture[6], picture[5], size, turned[0], turned[1], turned[2]);
    fm_haar_split_row(sum + size + 1, size + 1, half, split);
    for (int i = 0; i < size; i++) values[i] = (float)(grey[i] + sampled[i] + turned[2][i] + split[i]);
    show("rows", values, size);
}
