// How blocks of matrices are copied into the order in which they are read: part of gemm_template.h.

// The first `count` of a vector's floats, the others 0; and their way back.
static inline __attribute__((always_inline)) VEC FM_NAME(load_part)(const float *x, size_t count) {
#if FM_WIDTH == 16
    return (VEC)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), x);
#elif FM_WIDTH == 8
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return (VEC)_mm256_maskload_ps(x, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lanes));
#else
    VEC v = {0};
    for (size_t i = 0; i < count; i++) v[i] = x[i];
    return v;
#endif
}

static inline __attribute__((always_inline)) void FM_NAME(store_part)(float *x, VEC v, size_t count) {
#if FM_WIDTH == 16
    _mm512_mask_storeu_ps(x, (__mmask16)((1u << count) - 1), (__m512)v);
#elif FM_WIDTH == 8
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_maskstore_ps(x, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lanes), (__m256)v);
#else
    for (size_t i = 0; i < count; i++) x[i] = v[i];
#endif
}

// `count` floats to where there is room for whole vectors.
static inline __attribute__((always_inline)) void FM_NAME(widen)(const float *x, size_t count, float *to) {
    size_t i = 0;
    for (; i + FM_WIDTH <= count; i += FM_WIDTH) *(VEC *)(to + i) = *(const VEC *)(x + i);
    if (i < count) *(VEC *)(to + i) = FM_NAME(load_part)(x + i, count - i);
}

static inline __attribute__((always_inline)) void FM_NAME(narrow_down)(const float *x, size_t count, float *to) {
    size_t i = 0;
    for (; i + FM_WIDTH <= count; i += FM_WIDTH) *(VEC *)(to + i) = *(const VEC *)(x + i);
    if (i < count) FM_NAME(store_part)(to + i, *(const VEC *)(x + i), count - i);
}

// Four rows of a lane of four floats each, turned.
static inline __attribute__((always_inline)) void FM_NAME(turn)(VEC r[4]) {
#if FM_WIDTH == 16
#define LANES(a, b, c, d)                                                                                             \
    a, b, c, d, a + 4, b + 4, c + 4, d + 4, a + 8, b + 8, c + 8, d + 8, a + 12, b + 12, c + 12, d + 12
#elif FM_WIDTH == 8
#define LANES(a, b, c, d) a, b, c, d, a + 4, b + 4, c + 4, d + 4
#else
#define LANES(a, b, c, d) a, b, c, d
#endif
    const VEC a = __builtin_shufflevector(r[0], r[1], LANES(0, FM_WIDTH, 1, FM_WIDTH + 1));
    const VEC b = __builtin_shufflevector(r[0], r[1], LANES(2, FM_WIDTH + 2, 3, FM_WIDTH + 3));
    const VEC c = __builtin_shufflevector(r[2], r[3], LANES(0, FM_WIDTH, 1, FM_WIDTH + 1));
    const VEC d = __builtin_shufflevector(r[2], r[3], LANES(2, FM_WIDTH + 2, 3, FM_WIDTH + 3));
    r[0] = __builtin_shufflevector(a, c, LANES(0, 1, FM_WIDTH, FM_WIDTH + 1));
    r[1] = __builtin_shufflevector(a, c, LANES(2, 3, FM_WIDTH + 2, FM_WIDTH + 3));
    r[2] = __builtin_shufflevector(b, d, LANES(0, 1, FM_WIDTH, FM_WIDTH + 1));
    r[3] = __builtin_shufflevector(b, d, LANES(2, 3, FM_WIDTH + 2, FM_WIDTH + 3));
#undef LANES
}

typedef float FM_NAME(four) __attribute__((vector_size(16), aligned(4)));

// Packs `count` rows, each contiguous along `depth`, as [depth][width]. Where there are fewer rows than vectors have
// floats, the last one stands in for those that are missing: up to FM_WIDTH floats behind the end are written too.
static void FM_NAME(pack_rows)(const float *x, size_t stride, size_t count, size_t depth, size_t width, float *packed) {
    // From behind, since what is written beyond a row of `packed` is the beginning of the next one.
    for (size_t first = (count - 1) / FM_WIDTH * FM_WIDTH + FM_WIDTH; first > 0;) {
        first -= FM_WIDTH;
        const float *row[FM_WIDTH];
        for (size_t i = 0; i < FM_WIDTH; i++) row[i] = x + (first + i < count ? first + i : count - 1) * stride;
        float *to = packed + first;
        size_t p = 0;
        for (; p + 4 <= depth; p += 4) {
            VEC r[4];
#pragma clang loop unroll(full)
            for (int q = 0; q < 4; q++) {
#define FOUR(i) (*(const FM_NAME(four) *)(row[4 * (i) + q] + p))
#if FM_WIDTH == 16
                typedef float half __attribute__((vector_size(32)));
                const half low = __builtin_shufflevector(FOUR(0), FOUR(1), 0, 1, 2, 3, 4, 5, 6, 7);
                const half high = __builtin_shufflevector(FOUR(2), FOUR(3), 0, 1, 2, 3, 4, 5, 6, 7);
                r[q] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#elif FM_WIDTH == 8
                r[q] = __builtin_shufflevector(FOUR(0), FOUR(1), 0, 1, 2, 3, 4, 5, 6, 7);
#else
                r[q] = FOUR(0);
#endif
#undef FOUR
            }
            FM_NAME(turn)(r);
#pragma clang loop unroll(full)
            for (int q = 0; q < 4; q++) *(VEC *)(to + (p + q) * width) = r[q];
        }
        for (; p < depth; p++)
            for (size_t i = 0; i < FM_WIDTH; i++) to[p * width + i] = row[i][p];
    }
}

// Packs `count` columns, neighbours in each of `depth` rows, as [depth][width]; writes behind the end as above.
static void FM_NAME(pack_columns)(const float *x, size_t stride, size_t count, size_t depth, size_t width,
                                  float *packed) {
    if (count == FM_COLUMNS)
        for (size_t p = 0; p < depth; p++) {
            // The rows are too far apart for the processor to guess.
            for (size_t i = 0; i < FM_COLUMNS; i += 16) __builtin_prefetch(x + (p + FM_AHEAD) * stride + i);
            memcpy(packed + p * width, x + p * stride, FM_COLUMNS * sizeof(float));
        }
    else if (count == FM_ROWS)
        for (size_t p = 0; p < depth; p++) memcpy(packed + p * width, x + p * stride, FM_ROWS * sizeof(float));
    else
        for (size_t p = 0; p < depth; p++) FM_NAME(widen)(x + p * stride, count, packed + p * width);
}
