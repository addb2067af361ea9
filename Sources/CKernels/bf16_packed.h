// Products of floats rounded on their way, and of matrices that were made ready: part of bfloat16.c.

// Blocks of b have so many pairs of rows and so many columns, and of a at most so many rows.
enum { block_pairs = 384, block_columns = 512, block_rows = 112, turned_rows = 28, chunk_pairs = 64 };
// In 32 bits: blocks of a (twice, where it is turned), of b, and of c where it does not fill a panel.
enum {
    block_a = block_rows / turned_rows * FM_BF16_PANEL * block_pairs,
    block_b = block_columns * block_pairs,
    block_c = block_rows * FM_BF16_PANEL,
    block_chunk = FM_BF16_PANEL * chunk_pairs,
};
_Static_assert((2 * block_a + block_b + block_c + block_chunk) * sizeof(float) <= FM_BUFFER, "fits into the buffer");

// Rounds rows of floats to rows of pairs, a zero behind an odd last value.
static void round_rows(const fm_bf16_forms *use, const float *x, size_t stride, size_t rows, size_t k, uint32_t *to) {
    const size_t pairs = (k + 1) / 2;
    for (size_t r = 0; r < rows; r++) {
        uint16_t *row = (uint16_t *)(to + r * pairs);
        use->round_all(x + r * stride, k, row);
        if (k % 2) memset(row + k, 0, sizeof *row);
    }
}

// One panel of b: `count` columns from column 0 on of rows 0 ..< k.
static void pack_panel(const fm_bf16_forms *use, int transpose, size_t k, size_t count, const float *b, size_t ldb,
                       uint32_t *packed, uint32_t *chunk) {
    if (!transpose) return use->pack_columns(b, ldb, count, k, packed);
    if (count < FM_BF16_PANEL) memset(packed, 0, (k + 1) / 2 * FM_BF16_PANEL * sizeof *packed);
    for (size_t start = 0; start < k; start += 2 * chunk_pairs) {
        const size_t length = k - start < 2 * chunk_pairs ? k - start : 2 * chunk_pairs, pairs = (length + 1) / 2;
        round_rows(use, b + start, ldb, count, length, chunk);
        uint32_t *to = packed + start / 2 * FM_BF16_PANEL;
        for (size_t p = 0; p < pairs; p++)
            for (size_t j = 0; j < count; j++) to[p * FM_BF16_PANEL + j] = chunk[j * pairs + p];
    }
}

void fm_bf16_pack(int transpose, size_t k, size_t n, const float *b, size_t ldb, size_t first, size_t last,
                  uint32_t *packed) {
    uint32_t *const chunk = (uint32_t *)fm_thread_buffer();
    for (size_t panel = first; panel < last; panel++) {
        const size_t column = panel * FM_BF16_PANEL, left = n - column;
        pack_panel(forms(fm_isa_level), transpose, k, left < FM_BF16_PANEL ? left : FM_BF16_PANEL,
                   b + column * (transpose ? ldb : 1), ldb, packed + panel * ((k + 1) / 2) * FM_BF16_PANEL, chunk);
    }
}

// One panel of b with `columns` columns that count.
static void multiply_panel(size_t m, size_t columns, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col,
                           const uint32_t *panel, float *c, size_t ldc, int accumulate, float *tile) {
    if (columns == FM_BF16_PANEL || columns == 16)
        return fm_bf16_gemm(m, columns, pairs, a, a_row, a_col, panel, FM_BF16_PANEL, c, ldc, accumulate);
    if (accumulate)
        for (size_t i = 0; i < m; i++) memcpy(tile + i * FM_BF16_PANEL, c + i * ldc, columns * sizeof(float));
    fm_bf16_gemm(m, columns < 16 ? 16 : FM_BF16_PANEL, pairs, a, a_row, a_col, panel, FM_BF16_PANEL, tile,
                 FM_BF16_PANEL, accumulate);
    for (size_t i = 0; i < m; i++) memcpy(c + i * ldc, tile + i * FM_BF16_PANEL, columns * sizeof(float));
}

void fm_bf16_gemm_packed(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t lda, const uint32_t *packed,
                         size_t first, size_t last, float *c, size_t ldc, int accumulate) {
    float *const tile = fm_thread_buffer();
    for (size_t row = 0; row < m; row += block_rows) {
        const size_t rows = m - row < block_rows ? m - row : block_rows;
        for (size_t panel = first; panel < last; panel++) {
            const size_t column = panel * FM_BF16_PANEL, left = n - column;
            multiply_panel(rows, left < FM_BF16_PANEL ? left : FM_BF16_PANEL, pairs, a + row * lda, lda, 1,
                           packed + panel * pairs * FM_BF16_PANEL, c + row * ldc + column, ldc, accumulate, tile);
        }
    }
}

// A transposed a, [k][rows], as panels of `turned_rows` rows, each [pairs][FM_BF16_PANEL]; and from there to rows of pairs,
// which is what tiles read.
static void pack_turned(const fm_bf16_forms *use, const float *a, size_t lda, size_t rows, size_t k, uint32_t *to) {
    for (size_t i = 0; i < rows; i += turned_rows, to += (k + 1) / 2 * FM_BF16_PANEL)
        use->pack_columns(a + i, lda, rows - i < turned_rows ? rows - i : turned_rows, k, to);
}

static void turn_back(const uint32_t *panels, size_t rows, size_t pairs, uint32_t *to) {
    for (size_t i = 0; i < rows; i++) {
        const uint32_t *from = panels + i / turned_rows * pairs * FM_BF16_PANEL + i % turned_rows;
        for (size_t p = 0; p < pairs; p++) to[i * pairs + p] = from[p * FM_BF16_PANEL];
    }
}

void fm_bf16_gemm_any(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                      const float *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    if (k == 0) return fm_bf16_gemm(m, n, 0, 0, 0, 1, 0, 0, c, ldc, accumulate);
    const fm_bf16_forms *use = forms(fm_isa_level);
    uint32_t *const packed_a = (uint32_t *)fm_thread_buffer(), *const turned = packed_a + block_a;
    uint32_t *const packed_b = turned + block_a, *const chunk = packed_b + block_b;
    float *const tile = (float *)(chunk + block_chunk);
    const int is_turned = transpose_a && fm_isa_level < FM_AMX;
    const size_t all = (k + 1) / 2, parts = (all + block_pairs - 1) / block_pairs;
    for (size_t part = 0; part < parts; part++) {
        const size_t top = all * part / parts * 2, pairs = all * (part + 1) / parts - top / 2;
        const size_t depth = k - top < 2 * pairs ? k - top : 2 * pairs;
        const int adds = accumulate || part > 0;
        for (size_t left = 0; left < n; left += block_columns) {
            const size_t right = n - left < block_columns ? n : left + block_columns;
            for (size_t j = left; j < right; j += FM_BF16_PANEL)
                pack_panel(use, transpose_b, depth, right - j < FM_BF16_PANEL ? right - j : FM_BF16_PANEL,
                           transpose_b ? b + j * ldb + top : b + top * ldb + j, ldb, packed_b + (j - left) * pairs, chunk);
            for (size_t row = 0; row < m; row += block_rows) {
                const size_t rows = m - row < block_rows ? m - row : block_rows;
                if (!transpose_a) {
                    round_rows(use, a + row * lda + top, lda, rows, depth, packed_a);
                } else {
                    pack_turned(use, a + top * lda + row, lda, rows, depth, is_turned ? packed_a : turned);
                    if (!is_turned) turn_back(turned, rows, pairs, packed_a);
                }
                const size_t step = is_turned ? turned_rows : rows;
                for (size_t j = left; j < right; j += FM_BF16_PANEL)
                    for (size_t i = 0; i < rows; i += step)
                        multiply_panel(rows - i < step ? rows - i : step,
                                       right - j < FM_BF16_PANEL ? right - j : FM_BF16_PANEL, pairs,
                                       packed_a + (is_turned ? i / turned_rows * pairs * FM_BF16_PANEL : 0),
                                       is_turned ? 1 : pairs, is_turned ? FM_BF16_PANEL : 1,
                                       packed_b + (j - left) * pairs, c + (row + i) * ldc + j, ldc, adds, tile);
            }
        }
    }
}
