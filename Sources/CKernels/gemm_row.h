// A row times a matrix, for one width of vectors: part of gemm_template.h. It reads b once, so nothing is packed.

// Adds `count` rows of b to c.
static inline __attribute__((always_inline)) void FM_NAME(add_rows)(
    const int count, size_t n, const float *a, size_t a_col, const float *b, size_t ldb, float *c, int accumulate) {
    size_t j = 0;
    for (; j + 2 * FM_WIDTH <= n; j += 2 * FM_WIDTH) {
        VEC sum = accumulate ? *(const VEC *)(c + j) : (VEC){0};
        VEC next = accumulate ? *(const VEC *)(c + j + FM_WIDTH) : (VEC){0};
#pragma clang loop unroll(full)
        for (int q = 0; q < count; q++) {
            sum += a[q * a_col] * *(const VEC *)(b + q * ldb + j);
            next += a[q * a_col] * *(const VEC *)(b + q * ldb + j + FM_WIDTH);
        }
        *(VEC *)(c + j) = sum;
        *(VEC *)(c + j + FM_WIDTH) = next;
    }
    for (; j + FM_WIDTH <= n; j += FM_WIDTH) {
        VEC sum = accumulate ? *(const VEC *)(c + j) : (VEC){0};
#pragma clang loop unroll(full)
        for (int q = 0; q < count; q++) sum += a[q * a_col] * *(const VEC *)(b + q * ldb + j);
        *(VEC *)(c + j) = sum;
    }
    if (j == n) return;
    VEC sum = accumulate ? FM_NAME(load_part)(c + j, n - j) : (VEC){0};
#pragma clang loop unroll(full)
    for (int q = 0; q < count; q++) sum += a[q * a_col] * FM_NAME(load_part)(b + q * ldb + j, n - j);
    FM_NAME(store_part)(c + j, sum, n - j);
}

// Scalar products of a with `count` rows of b, each in FM_WIDTH lanes.
static inline __attribute__((always_inline)) void FM_NAME(dots)(const int count, size_t k, const float *a,
                                                                const float *b, size_t ldb, float *c, int accumulate) {
    VEC sum[8];
    for (int j = 0; j < count; j++) sum[j] = (VEC){0};
    size_t p = 0;
    for (; p + FM_WIDTH <= k; p += FM_WIDTH)
        for (int j = 0; j < count; j++) sum[j] += *(const VEC *)(a + p) * *(const VEC *)(b + j * ldb + p);
    if (p < k)
        for (int j = 0; j < count; j++)
            sum[j] += FM_NAME(load_part)(a + p, k - p) * FM_NAME(load_part)(b + j * ldb + p, k - p);
    for (int j = 0; j < count; j++) {
        float lanes[FM_WIDTH];
        *(VEC *)lanes = sum[j];
        for (int half = FM_WIDTH / 2; half > 0; half /= 2)
            for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
        c[j] = accumulate ? c[j] + lanes[0] : lanes[0];
    }
}

static void FM_NAME(row)(int transpose_b, size_t n, size_t k, const float *a, size_t a_col, const float *b, size_t ldb,
                         float *c, int accumulate) {
    if (transpose_b) {
        size_t j = 0;
        for (; j + 8 <= n; j += 8) FM_NAME(dots)(8, k, a, b + j * ldb, ldb, c + j, accumulate);
        for (; j < n; j++) FM_NAME(dots)(1, k, a, b + j * ldb, ldb, c + j, accumulate);
        return;
    }
    for (size_t left = 0; left < n; left += FM_ROW_COLUMNS) {
        const size_t columns = n - left < FM_ROW_COLUMNS ? n - left : FM_ROW_COLUMNS;
        size_t p = 0;
        for (; p + 8 <= k; p += 8)
            FM_NAME(add_rows)(8, columns, a + p * a_col, a_col, b + p * ldb + left, ldb, c + left, accumulate || p > 0);
        for (; p < k; p++)
            FM_NAME(add_rows)(1, columns, a + p * a_col, a_col, b + p * ldb + left, ldb, c + left, accumulate || p > 0);
    }
}
