#include "CKernels.h"

// Rows of b at a time: a block of 16 columns is 16 kB.
#define DEPTH 256
// Rows of c whose sums are kept aside where the block has fewer columns than 16.
#define ROWS 64

// A block of b, 16 wide, zeros where it has fewer columns.
static void pack(int transposed, const float *b, size_t ldb, size_t depth, size_t columns, float *block) {
    for (size_t k = 0; k < depth; k++)
        for (size_t j = 0; j < 16; j++)
            block[k * 16 + j] = j >= columns ? 0 : transposed ? b[j * ldb + k] : b[k * ldb + j];
}

static void multiply_block(size_t m, size_t columns, size_t depth, const float *a, size_t a_row, size_t a_col,
                           const float *block, float *c, size_t ldc) {
    if (columns == 16) {
        fm_gemm(m, 16, depth, a, a_row, a_col, block, 16, c, ldc, 1);
        return;
    }
    float sums[ROWS * 16];
    for (size_t first = 0; first < m; first += ROWS) {
        const size_t rows = m - first < ROWS ? m - first : ROWS;
        fm_gemm(rows, 16, depth, a + first * a_row, a_row, a_col, block, 16, sums, 16, 0);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++) c[(first + i) * ldc + j] += sums[i * 16 + j];
    }
}

void fm_gemm_any(int transpose_a, int transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
                 const float *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    float block[DEPTH * 16];
    const size_t a_row = transpose_a ? 1 : lda, a_col = transpose_a ? lda : 1;
    if (!accumulate)
        for (size_t i = 0; i < m; i++) memset(c + i * ldc, 0, n * sizeof(float));
    // Sixteens of columns of a matrix that lies right are used where they are.
    const size_t whole = transpose_b ? 0 : n / 16 * 16;
    if (m && k && whole) fm_gemm(m, whole, k, a, a_row, a_col, b, ldb, c, ldc, 1);
    for (size_t column = whole; column < n; column += 16) {
        const size_t columns = n - column < 16 ? n - column : 16;
        for (size_t first = 0; first < k && m; first += DEPTH) {
            const size_t depth = k - first < DEPTH ? k - first : DEPTH;
            pack(transpose_b, transpose_b ? b + column * ldb + first : b + first * ldb + column, ldb, depth, columns, block);
            multiply_block(m, columns, depth, a + first * a_col, a_row, a_col, block, c + column, ldc);
        }
    }
}
