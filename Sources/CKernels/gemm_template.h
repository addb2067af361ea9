// One register-blocked matrix product for one vector width. Included once per instruction set with
// FM_NAME(x), FM_WIDTH (floats per register), FM_VECTORS (registers per row of the block) and FM_ROWS defined.

typedef float FM_NAME(vec) __attribute__((vector_size(FM_WIDTH * 4), aligned(4)));
#define VEC FM_NAME(vec)

static inline __attribute__((always_inline)) void FM_NAME(block)(
    const int rows, const int vectors, size_t k, const float *a, size_t a_row, size_t a_col, const float *b,
    size_t ldb, float *c, size_t ldc, int accumulate) {
    VEC sum[FM_ROWS][FM_VECTORS];
    if (accumulate) {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) sum[i][j] = *(const VEC *)(c + i * ldc + j * FM_WIDTH);
    } else {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) sum[i][j] = (VEC){0};
    }
    for (size_t p = 0; p < k; p++) {
        VEC row[FM_VECTORS];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) row[j] = *(const VEC *)(b + j * FM_WIDTH);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const float value = a[i * a_row];
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) sum[i][j] += value * row[j];
        }
        a += a_col;
        b += ldb;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) *(VEC *)(c + i * ldc + j * FM_WIDTH) = sum[i][j];
}

// Rows are split evenly, so that no block is left with one or two of them.
#define FM_CASE(R) \
    case R: FM_NAME(block)(R, V, k, a, a_row, a_col, b, ldb, c, ldc, accumulate); break;

#define FM_PANEL(NAME, COUNT)                                                                                    \
    static void NAME(size_t rows, size_t k, const float *a, size_t a_row, size_t a_col, const float *b,          \
                     size_t ldb, float *c, size_t ldc, int accumulate) {                                         \
        enum { V = COUNT };                                                                                      \
        switch (rows) { FM_CASES }                                                                               \
    }

FM_PANEL(FM_NAME(panel_wide), FM_VECTORS)
FM_PANEL(FM_NAME(panel_narrow), 16 / FM_WIDTH)

static void FM_NAME(gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b,
                          size_t ldb, float *c, size_t ldc, int accumulate) {
    const size_t panels = (m + FM_ROWS - 1) / FM_ROWS;
    size_t column = 0;
    while (column < n) {
        const int wide = n - column >= FM_VECTORS * FM_WIDTH;
        for (size_t panel = 0; panel < panels; panel++) {
            const size_t first = m * panel / panels, last = m * (panel + 1) / panels;
            (wide ? FM_NAME(panel_wide) : FM_NAME(panel_narrow))(
                last - first, k, a + first * a_row, a_row, a_col, b + column, ldb, c + first * ldc + column, ldc,
                accumulate);
        }
        column += wide ? FM_VECTORS * FM_WIDTH : 16;
    }
}

#undef VEC
#undef FM_CASE
#undef FM_PANEL
