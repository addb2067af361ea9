// The matrix product for one width of vectors. gemm.c includes it once per instruction set, with FM_NAME(x), FM_WIDTH
// (floats per register), FM_VECTORS (registers per row of a block), FM_ROWS (rows of a block) and FM_CASES.
//
// Every element of c is one chain of multiply-adds in the order of k, which begins with what c held or with 0; blocks,
// packing and edges change where a sum waits, not what it is. Only a row times a transposed matrix, and a matrix
// times a column, are summed in lanes (gemm_row.h).

typedef float FM_NAME(vec) __attribute__((vector_size(FM_WIDTH * 4), aligned(4)));
#define VEC FM_NAME(vec)
#define FM_COLUMNS (FM_WIDTH * FM_VECTORS)

// `rows` x `vectors` sums in registers.
static inline __attribute__((always_inline)) void FM_NAME(block)(
    const int rows, const int vectors, size_t k, const float *a, size_t a_row, size_t a_col, const float *b,
    size_t ldb, float *c, size_t ldc, int accumulate, const int fetches) {
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
        if (fetches) {
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j += 16 / FM_WIDTH) __builtin_prefetch(b + FM_AHEAD * ldb + j * FM_WIDTH);
        }
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

#define FM_CASE(R) \
    case R: FM_NAME(block)(R, V, k, a, A_ROW, A_COL(R), b, ldb, c, ldc, accumulate, FETCHES); break;

#define FM_PANEL(NAME, COUNT)                                                                                    \
    static void FM_NAME(NAME)(size_t rows, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, \
                              size_t ldb, float *c, size_t ldc, int accumulate) {                                \
        enum { V = COUNT };                                                                                      \
        (void)a_row, (void)a_col;                                                                                \
        switch (rows) { FM_CASES }                                                                               \
    }

// Of a where it lies.
#define A_ROW a_row
#define A_COL(R) a_col
#define FETCHES 0
FM_PANEL(wide, FM_VECTORS)
FM_PANEL(narrow, 16 / FM_WIDTH)
FM_PANEL(single, 1)
#undef FETCHES
#define FETCHES 1
FM_PANEL(fetching, FM_VECTORS)
#undef FETCHES
#define FETCHES 0
#undef A_ROW
#undef A_COL
// Of packed a: [k][rows].
#define A_ROW 1
#define A_COL(R) R
FM_PANEL(packed_wide, FM_VECTORS)
FM_PANEL(packed_single, 1)
#undef FETCHES
#undef A_ROW
#undef A_COL

static void FM_NAME(thin)(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b,
                          size_t ldb, float *c, size_t ldc, int accumulate) {
    const fm_panels panels = panels_of(m, FM_ROWS);
    size_t column = 0;
    while (column < n) {
        const int wide = n - column >= FM_COLUMNS;
        for (size_t panel = 0; panel < panels.count; panel++) {
            const size_t first = panel_start(panels, panel), rows = panel_start(panels, panel + 1) - first;
            (wide ? FM_NAME(wide) : FM_NAME(narrow))(
                rows, k, a + first * a_row, a_row, a_col, b + column, ldb, c + first * ldc + column, ldc, accumulate);
        }
        column += wide ? FM_COLUMNS : 16;
    }
}

#include "gemm_packing.h"
#include "gemm_row.h"
#include "gemm_packed.h"

#undef VEC
#undef FM_CASE
#undef FM_PANEL
#undef FM_COLUMNS
#undef FM_NAME
#undef FM_WIDTH
#undef FM_VECTORS
#undef FM_ROWS
#undef FM_CASES
