// Included by haar.c for LANES neighbouring windows: 4, 8 and 16.
//
// Vectors are passed in memory or not at all: how they are passed in registers depends on the instruction set.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(name) JOIN(name, LANES)
#define INTEGERS NAME(integers)
#define UNSIGNED NAME(unsigned_anywhere)
#define FLOATS NAME(floats)
#define FLOATS_ANYWHERE NAME(floats_anywhere)
#define DOUBLES NAME(doubles)
#define LONGS NAME(longs)
#define BITS NAME(bits)
#define WORD NAME(word)

typedef int32_t INTEGERS __attribute__((ext_vector_type(LANES)));
typedef uint32_t UNSIGNED __attribute__((ext_vector_type(LANES), aligned(4), may_alias));
typedef float FLOATS __attribute__((ext_vector_type(LANES)));
typedef FLOATS FLOATS_ANYWHERE __attribute__((aligned(4), may_alias));
typedef double DOUBLES __attribute__((ext_vector_type(LANES)));
typedef int64_t LONGS __attribute__((ext_vector_type(LANES)));
typedef bool BITS __attribute__((ext_vector_type(LANES)));

// Bit i is set where lane i is not 0; vectors of less than eight bits still fill a byte.
#if LANES == 16
typedef uint16_t WORD;
#else
typedef uint8_t WORD;
#endif
#define MASK(v) (__builtin_bit_cast(WORD, __builtin_convertvector(v, BITS)) & ((1u << LANES) - 1))

#define LOAD(p) (*(const UNSIGNED *)(p))
#define RECTANGLE(window, c) \
    (INTEGERS)(LOAD((window) + (c)[0]) - LOAD((window) + (c)[1]) - LOAD((window) + (c)[2]) + LOAD((window) + (c)[3]))
#define PART(node, window, i) \
    ((node)->weight[i] * __builtin_convertvector(RECTANGLE(window, (node)->corner + 4 * (i)), FLOATS))

INLINE void NAME(add_tree)(const fm_haar_node *tree, const int32_t *window, const float *norms, FLOATS *sums) {
    const FLOATS norm = *(const FLOATS_ANYWHERE *)norms;
    INTEGERS reached[FM_HAAR_TREE_NODES];
    INTEGERS leaves = 0;
    for (int k = 1; k < tree->size; k++) reached[k] = 0;
    reached[0] = -1;
    for (int k = 0; k < tree->size; k++) {
        const fm_haar_node *node = tree + k;
        FLOATS value = PART(node, window, 0) + PART(node, window, 1);
        if (node->weight[2] != 0) value += PART(node, window, 2);
        const INTEGERS less = value * norm < node->threshold;
        const INTEGERS left = reached[k] & less, right = reached[k] & ~less;
        if (node->left_node) reached[node->left_node] |= left;
        else leaves |= left & (INTEGERS)(FLOATS)node->left;
        if (node->right_node) reached[node->right_node] |= right;
        else leaves |= right & (INTEGERS)(FLOATS)node->right;
    }
    *sums += (FLOATS)leaves;
}

INLINE uint32_t NAME(stage_lanes)(const fm_haar_cascade *cascade, const fm_haar_stage *stage, const int32_t *window,
                                  const float *norms) {
    const fm_haar_node *node = cascade->nodes + stage->first;
    const FLOATS norm = *(const FLOATS_ANYWHERE *)norms;
    FLOATS sum = 0;
    if (cascade->stumps) {
        int i = 0;
        for (; i < stage->pairs; i++, node++) {
            const FLOATS value = PART(node, window, 0) + PART(node, window, 1);
            sum += value * norm < node->threshold ? (FLOATS)node->left : (FLOATS)node->right;
        }
        for (; i < stage->trees; i++, node++) {
            const FLOATS value = PART(node, window, 0) + PART(node, window, 1) + PART(node, window, 2);
            sum += value * norm < node->threshold ? (FLOATS)node->left : (FLOATS)node->right;
        }
    } else {
        for (int tree = 0; tree < stage->trees; tree++, node += node->size)
            NAME(add_tree)(node, window, norms, &sum);
    }
    const FLOATS distance = sum - stage->threshold;
    uint32_t passed = MASK(distance >= 0);
    uint32_t unsure = MASK((distance <= stage->margin) & (distance >= -stage->margin));
    while (unsure) {
        const int lane = __builtin_ctz(unsure);
        unsure &= unsure - 1;
        const uint32_t passes = stage_sum(cascade, stage, window + lane, norms[lane]) >= stage->threshold;
        passed = (passed & ~(1u << lane)) | passes << lane;
    }
    return passed;
}

// area times the deviation is the root of area * squares - sum^2; windows flatter than 10 grey levels are left out.
INLINE uint32_t NAME(normalize)(const fm_haar_cascade *cascade, const int32_t *window, const int32_t *squares,
                                float *norm) {
    const DOUBLES sum = __builtin_convertvector(RECTANGLE(window, cascade->corner), DOUBLES);
    const DOUBLES square = __builtin_convertvector(RECTANGLE(squares, cascade->corner), DOUBLES);
    const DOUBLES variance = cascade->area * square - sum * sum;
    const LONGS positive = variance > 0;
    const DOUBLES root = __builtin_elementwise_sqrt(positive ? variance : (DOUBLES)1);
    const FLOATS factor = __builtin_convertvector(1 / root, FLOATS);
    *(FLOATS_ANYWHERE *)norm = factor;
    return MASK(positive & (cascade->area * __builtin_convertvector(factor, DOUBLES) < 1e-1));
}

#undef JOIN_
#undef JOIN
#undef NAME
#undef INTEGERS
#undef UNSIGNED
#undef FLOATS
#undef FLOATS_ANYWHERE
#undef DOUBLES
#undef LONGS
#undef BITS
#undef WORD
#undef MASK
#undef LOAD
#undef RECTANGLE
#undef PART
