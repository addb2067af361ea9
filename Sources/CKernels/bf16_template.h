// Rounding to bfloat16 and products of its pairs, for one width of vectors. bfloat16.c includes it once per instruction
// set, with FM_NAME(x), FM_WIDTH (floats per register), FM_ROWS (rows of a block), FM_CASES and, where the processor
// has them, FM_HAS_BF16 for its own instructions. FM_VECTORS is how many registers FM_BF16_PANEL columns take.

typedef float FM_NAME(vec) __attribute__((vector_size(FM_WIDTH * 4), aligned(4)));
typedef uint32_t FM_NAME(bits) __attribute__((vector_size(FM_WIDTH * 4), aligned(4)));
typedef uint16_t FM_NAME(halves) __attribute__((vector_size(FM_WIDTH * 2), aligned(2)));
#define VEC FM_NAME(vec)
#define BITS FM_NAME(bits)
#define HALVES FM_NAME(halves)
#define FM_VECTORS (FM_BF16_PANEL / FM_WIDTH)

// The upper halves of the results are what is wanted, the lower ones are left over.
static inline __attribute__((always_inline)) BITS FM_NAME(rounded)(VEC x) {
    const BITS u = (BITS)x, size = u & 0x7fffffff;
    const BITS nearest = u + 0x7fff + (u >> 16 & 1);
    // What is no number must not become infinite, and denormal numbers count as 0.
    const BITS is_nan = (BITS)(size > 0x7f800000), is_tiny = (BITS)(size < 0x00800000);
    return (((u | 0x400000) & is_nan) | (nearest & ~is_nan)) & ~(is_tiny & 0x7fffffff);
}

static inline __attribute__((always_inline)) HALVES FM_NAME(round)(VEC x) {
#ifdef FM_HAS_BF16
    return (HALVES)_mm512_cvtneps_pbh((__m512)x);
#else
    return __builtin_convertvector(FM_NAME(rounded)(x) >> 16, HALVES);
#endif
}

// Two rows side by side in each lane, the first in the lower half.
static inline __attribute__((always_inline)) BITS FM_NAME(pair)(VEC first, VEC second) {
#ifdef FM_HAS_BF16
    const __m512i halves = (__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
    // In what order the halves come: 0 16 1 17 ...
    const __m512i order = (__m512i)(HALVES_TWICE){0,  16, 1,  17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                                  8,  24, 9,  25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    return (BITS)_mm512_permutexvar_epi16(order, halves);
#else
    return FM_NAME(rounded)(first) >> 16 | (FM_NAME(rounded)(second) & 0xffff0000);
#endif
}

static void FM_NAME(round_all)(const float *x, size_t n, uint16_t *y) {
    size_t i = 0;
    for (; i + FM_WIDTH <= n; i += FM_WIDTH) *(HALVES *)(y + i) = FM_NAME(round)(*(const VEC *)(x + i));
    if (i == n) return;
    VEC rest = {0};
    memcpy(&rest, x + i, (n - i) * sizeof(float));
    const HALVES last = FM_NAME(round)(rest);
    memcpy(y + i, &last, (n - i) * sizeof(uint16_t));
}

static void FM_NAME(pair_rows)(const uint16_t *x, size_t stride, size_t rows, size_t columns, uint32_t *pairs) {
    for (size_t r = 0; r < rows; r += 2, pairs += columns) {
        const uint16_t *first = x + r * stride, *second = r + 1 < rows ? first + stride : 0;
        size_t c = 0;
        for (; c + FM_WIDTH <= columns; c += FM_WIDTH) {
            BITS both = __builtin_convertvector(*(const HALVES *)(first + c), BITS);
            if (second) both |= __builtin_convertvector(*(const HALVES *)(second + c), BITS) << 16;
            *(BITS *)(pairs + c) = both;
        }
        for (; c < columns; c++) pairs[c] = first[c] | (second ? (uint32_t)second[c] << 16 : 0);
    }
}

// Rows 2p and 2p + 1 of floats as pairs [pairs][FM_BF16_PANEL], zeros behind the last column and an odd last row.
static void FM_NAME(pack_columns)(const float *x, size_t stride, size_t count, size_t k, uint32_t *packed) {
    for (size_t p = 0; p < k; p += 2, packed += FM_BF16_PANEL) {
        const float *first = x + p * stride, *second = p + 1 < k ? first + stride : 0;
        for (size_t c = 0; c < FM_BF16_PANEL; c += FM_WIDTH) {
            VEC upper = {0}, lower = {0};
            if (c + FM_WIDTH <= count) {
                upper = *(const VEC *)(first + c);
                if (second) lower = *(const VEC *)(second + c);
            } else if (c < count) {
                memcpy(&upper, first + c, (count - c) * sizeof(float));
                if (second) memcpy(&lower, second + c, (count - c) * sizeof(float));
            }
            *(BITS *)(packed + c) = FM_NAME(pair)(upper, lower);
        }
    }
}

// `rows` x `vectors` sums in registers.
static inline __attribute__((always_inline)) void FM_NAME(block)(
    const int rows, const int vectors, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col, const uint32_t *b,
    size_t ldb, float *c, size_t ldc, int accumulate) {
    VEC sum[FM_ROWS][FM_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++)
            sum[i][j] = accumulate ? *(const VEC *)(c + i * ldc + j * FM_WIDTH) : (VEC){0};
    for (size_t p = 0; p < pairs; p++) {
        BITS row[FM_VECTORS];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) row[j] = *(const BITS *)(b + j * FM_WIDTH);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const BITS value = (BITS){0} + a[i * a_row];
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) {
#ifdef FM_HAS_BF16
                sum[i][j] = (VEC)_mm512_dpbf16_ps((__m512)sum[i][j], (__m512bh)value, (__m512bh)row[j]);
#else
                sum[i][j] += (VEC)(value & 0xffff0000) * (VEC)(row[j] & 0xffff0000);
                sum[i][j] += (VEC)(value << 16) * (VEC)(row[j] << 16);
#endif
            }
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
    case R: FM_NAME(block)(R, V, pairs, a, a_row, a_col, b, ldb, c, ldc, accumulate); break;
#define FM_PANEL(NAME, COUNT)                                                                                         \
    static void FM_NAME(NAME)(size_t rows, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col,               \
                              const uint32_t *b, size_t ldb, float *c, size_t ldc, int accumulate) {                  \
        enum { V = COUNT };                                                                                           \
        switch (rows) { FM_CASES }                                                                                    \
    }
FM_PANEL(wide, FM_VECTORS)
FM_PANEL(narrow, 16 / FM_WIDTH)

static void FM_NAME(gemm)(size_t m, size_t n, size_t pairs, const uint32_t *a, size_t a_row, size_t a_col,
                          const uint32_t *b, size_t ldb, float *c, size_t ldc, int accumulate) {
    const fm_panels panels = panels_of(m, FM_ROWS);
    for (size_t column = 0; column < n;) {
        const int is_wide = n - column >= FM_BF16_PANEL;
        for (size_t panel = 0; panel < panels.count; panel++) {
            const size_t first = panel_start(panels, panel), rows = panel_start(panels, panel + 1) - first;
            (is_wide ? FM_NAME(wide) : FM_NAME(narrow))(rows, pairs, a + first * a_row, a_row, a_col, b + column, ldb,
                                                        c + first * ldc + column, ldc, accumulate);
        }
        column += is_wide ? FM_BF16_PANEL : 16;
    }
}

#undef VEC
#undef BITS
#undef HALVES
#undef FM_VECTORS
#undef FM_CASE
#undef FM_PANEL
#undef FM_NAME
#undef FM_WIDTH
#undef FM_ROWS
#undef FM_CASES
#undef FM_HAS_BF16
