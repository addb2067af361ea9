// Products of any shape and order, for one width of vectors: part of gemm_template.h.
//
// Blocks of b (FM_DEPTH rows) and of a are copied into the order in which they are read, where they stay in the caches
// while they are used again and again. K. Goto, R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
// 2008. What is used only a few times is read where it lies.

// A panel of a times one of b, [depth][b_stride], of which `columns` belong to c. If `turned`, c is transposed.
static inline __attribute__((always_inline)) void FM_NAME(panel)(
    size_t rows, size_t columns, size_t depth, const float *a, size_t a_row, size_t a_col, const int packed,
    const float *b, size_t b_stride, int fetches, float *c, size_t ldc, int accumulate, int turned) {
    const int is_single = columns <= FM_WIDTH;
    float tile[FM_ROWS * FM_COLUMNS];
    const int is_whole = !turned && (columns == FM_COLUMNS || columns == FM_WIDTH);
    float *to = is_whole ? c : tile;
    const size_t to_stride = is_whole ? ldc : FM_COLUMNS;
    if (!is_whole && accumulate)
        for (size_t i = 0; i < rows; i++) {
            if (turned)
                for (size_t j = 0; j < columns; j++) tile[i * FM_COLUMNS + j] = c[j * ldc + i];
            else
                FM_NAME(widen)(c + i * ldc, columns, tile + i * FM_COLUMNS);
        }
    if (packed)
        (is_single ? FM_NAME(packed_single) : FM_NAME(packed_wide))(
            rows, depth, a, 1, rows, b, b_stride, to, to_stride, accumulate);
    else
        (is_single ? FM_NAME(single) : fetches ? FM_NAME(fetching) : FM_NAME(wide))(
            rows, depth, a, a_row, a_col, b, b_stride, to, to_stride, accumulate);
    if (is_whole) return;
    if (turned)
        for (size_t j = 0; j < columns; j++)
            for (size_t i = 0; i < rows; i++) c[j * ldc + i] = tile[i * FM_COLUMNS + j];
    else
        for (size_t i = 0; i < rows; i++) FM_NAME(narrow_down)(tile + i * FM_COLUMNS, columns, c + i * ldc);
}

static void FM_NAME(blocks)(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                         const float *b, size_t ldb, float *c, size_t ldc, int accumulate, int turned, float *buffer) {
    const size_t a_row = transpose_a ? 1 : lda, a_col = transpose_a ? lda : 1;
    const size_t b_row = transpose_b ? 1 : ldb, b_col = transpose_b ? ldb : 1;
    const fm_panels panels = panels_of(m, FM_ROWS);
    const int packs_a = n > 4 * FM_COLUMNS && m > FM_ROWS && (transpose_a ? k : m) * lda > FM_NEAR;
    const int packs_b = transpose_b || (m > 3 * FM_ROWS && k * ldb > FM_NEAR);
    if (!packs_a && !packs_b && !turned && n % 16 == 0 && k * n < FM_FAR)
        return FM_NAME(thin)(m, n, k, a, a_row, a_col, b, ldb, c, ldc, accumulate);
    const int fetches = k * n >= FM_FAR;
    float *const packed_a = buffer, *const packed_b = buffer + FM_PACKED_A;
    const size_t parts = (k + FM_DEPTH - 1) / FM_DEPTH;
    for (size_t part = 0; part < parts; part++) {
        const size_t top = k * part / parts, depth = k * (part + 1) / parts - top;
        const int adds = accumulate || part > 0;
        for (size_t left = 0; left < n; left += FM_BLOCK_COLUMNS) {
            const size_t right = n - left < FM_BLOCK_COLUMNS ? n : left + FM_BLOCK_COLUMNS;
            for (size_t j = left; j < right; j += FM_COLUMNS) {
                const size_t columns = right - j < FM_COLUMNS ? right - j : FM_COLUMNS;
                if (!packs_b && columns == FM_COLUMNS) continue;
                (transpose_b ? FM_NAME(pack_rows) : FM_NAME(pack_columns))(
                    b + top * b_row + j * b_col, ldb, columns, depth, FM_COLUMNS, packed_b + (j - left) * depth);
            }
            for (size_t block = 0; block < panels.count; block += FM_BLOCK_ROWS / FM_ROWS) {
                const size_t end =
                    panels.count - block < FM_BLOCK_ROWS / FM_ROWS ? panels.count : block + FM_BLOCK_ROWS / FM_ROWS;
                const size_t start = panel_start(panels, block);
                if (packs_a)
                    for (size_t panel = block; panel < end; panel++) {
                        const size_t first = panel_start(panels, panel);
                        const size_t rows = panel_start(panels, panel + 1) - first;
                        (transpose_a ? FM_NAME(pack_columns) : FM_NAME(pack_rows))(
                            a + first * a_row + top * a_col, lda, rows, depth, rows,
                            packed_a + (first - start) * depth);
                    }
                for (size_t j = left; j < right; j += FM_COLUMNS) {
                    const size_t columns = right - j < FM_COLUMNS ? right - j : FM_COLUMNS;
                    const int is_packed = packs_b || columns < FM_COLUMNS;
                    const float *from = is_packed ? packed_b + (j - left) * depth : b + top * ldb + j;
                    const size_t stride = is_packed ? FM_COLUMNS : ldb;
                    for (size_t panel = block; panel < end; panel++) {
                        const size_t first = panel_start(panels, panel);
                        const size_t rows = panel_start(panels, panel + 1) - first;
                        // The sums of the next panel are on their way while this one is computed.
                        if (!turned && depth >= 64 && panel + 1 < end)
                            for (size_t i = 0; i < FM_ROWS; i++)
                                for (size_t column = 0; column < columns; column += 16)
                                    __builtin_prefetch(c + (first + rows + i) * ldc + j + column, 1);
                        float *to = turned ? c + j * ldc + first : c + first * ldc + j;
                        if (packs_a)
                            FM_NAME(panel)(rows, columns, depth, packed_a + (first - start) * depth, 1, rows, 1, from,
                                           stride, is_packed ? 0 : fetches, to, ldc, adds, turned);
                        else
                            FM_NAME(panel)(rows, columns, depth, a + first * a_row + top * a_col, a_row, a_col, 0, from,
                                           stride, is_packed ? 0 : fetches, to, ldc, adds, turned);
                    }
                }
            }
        }
    }
}

static void FM_NAME(any)(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                         const float *b, size_t ldb, float *c, size_t ldc, int accumulate, float *buffer) {
    if (n == 1 && !transpose_b && ldb == 1 && ldc == 1)
        return FM_NAME(row)(!transpose_a, m, k, b, 1, a, lda, c, accumulate);
    if (m == 1 && (!transpose_b || !transpose_a))
        return FM_NAME(row)(transpose_b, n, k, a, transpose_a ? lda : 1, b, ldb, c, accumulate);
    // Vectors along the longer side, where the shorter one would leave them half empty.
    const size_t along_n = (n + FM_WIDTH - 1) / FM_WIDTH * FM_WIDTH, along_m = (m + FM_WIDTH - 1) / FM_WIDTH * FM_WIDTH;
    if (n < 2 * FM_WIDTH && k >= 2 * FM_WIDTH && 5 * m * along_n > 6 * n * along_m)
        return FM_NAME(blocks)(!transpose_b, !transpose_a, n, m, k, b, ldb, a, lda, c, ldc, accumulate, 1, buffer);
    FM_NAME(blocks)(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, c, ldc, accumulate, 0, buffer);
}
