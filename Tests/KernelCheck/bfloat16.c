#include "check.h"

// bfloat16 by definition: what the fast forms must give to the bit.

static float as_float(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static float without_denormals(float x) { return fabsf(x) < 0x1p-126f ? copysignf(0, x) : x; }

static uint16_t rounded(float x) {
    uint32_t u;
    x = without_denormals(x);
    memcpy(&u, &x, sizeof u);
    if (isnan(x)) return (uint16_t)(u >> 16 | 0x40);
    return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

static float multiply_add(uint32_t a, uint32_t b, float sum) {
    return without_denormals(fmaf(without_denormals(as_float(a)), without_denormals(as_float(b)), sum));
}

// c + sum over pairs, the second of each first.
static float chain(const uint32_t *a, size_t a_col, const uint32_t *b, size_t ldb, size_t pairs, float c) {
    for (size_t p = 0; p < pairs; p++) {
        const uint32_t x = a[p * a_col], y = b[p * ldb];
        c = multiply_add(x & 0xffff0000, y & 0xffff0000, c);
        c = multiply_add(x << 16, y << 16, c);
    }
    return c;
}

// The same in the order of tiles.
static float tiles(const uint32_t *a, size_t a_col, const uint32_t *b, size_t ldb, size_t pairs, float c) {
    for (size_t start = 0; start < pairs; start += 16) {
        float first = 0, second = 0;
        for (size_t p = start; p < pairs && p < start + 16; p++) {
            first = multiply_add(a[p * a_col] << 16, b[p * ldb] << 16, first);
            second = multiply_add(a[p * a_col] & 0xffff0000, b[p * ldb] & 0xffff0000, second);
        }
        c = without_denormals(c + without_denormals(first + second));
    }
    return c;
}

static void same(const char *what, const float *found, const float *expected, size_t count) {
    double *wide = malloc(count * sizeof *wide);
    for (size_t i = 0; i < count; i++) wide[i] = (double)expected[i];
    expect(what, found, wide, count, 0);
    free(wide);
}

static uint32_t *pairs_of(size_t count) {
    const float *x = numbers(2 * count);
    uint32_t *pairs = malloc(count * sizeof *pairs);
    for (size_t i = 0; i < count; i++) pairs[i] = rounded(x[2 * i]) | (uint32_t)rounded(x[2 * i + 1]) << 16;
    return pairs;
}

// Of pairs as they are, by every level that this machine has.
static void product(size_t m, size_t n, size_t pairs, int turned, int adds) {
    const size_t lda = turned ? m : pairs + 1, a_row = turned ? 1 : lda, a_col = turned ? lda : 1, ldc = n + 5;
    uint32_t *a = pairs_of(lda * (turned ? pairs : m)), *b = pairs_of(pairs * n);
    float *start = numbers(m * ldc), *expected = malloc(m * ldc * sizeof *expected), *c = malloc(m * ldc * sizeof *c);
    // A row that is denormal throughout, and one whose products are.
    for (size_t p = 0; m > 2 && p < pairs; p++) a[p * a_col] = 0x00053f80, a[a_row + p * a_col] = 0x00800080;
    if (m > 2) b[0] = 0x3f003f00;
    char name[64];
    for (int level = FM_BASELINE; level <= (int)fm_isa_used() + 1; level++) {
        const int is_plain = level > (int)fm_isa_used(), by_tiles = is_plain || level == FM_AMX;
        memcpy(expected, start, m * ldc * sizeof *c);
        memcpy(c, start, m * ldc * sizeof *c);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) {
                const float first = adds ? start[i * ldc + j] : 0;
                expected[i * ldc + j] = by_tiles ? tiles(a + i * a_row, a_col, b + j, n, pairs, first)
                                                 : chain(a + i * a_row, a_col, b + j, n, pairs, first);
            }
        if (is_plain)
            fm_bf16_gemm_tiles_plain(m, n, pairs, a, a_row, a_col, b, n, c, ldc, adds);
        else
            fm_bf16_gemm_for((fm_isa)level, m, n, pairs, a, a_row, a_col, b, n, c, ldc, adds);
        snprintf(name, sizeof name, "bfloat16 %zu %zu %zu%s by %s", m, n, pairs, turned ? " turned" : "",
                 is_plain ? "plain tiles" : fm_isa_name((fm_isa)level));
#if defined(__x86_64__) && !defined(__FMA__)
        // Without fused multiply-add a product that is denormal is lost before it is added.
        if (level == FM_BASELINE) {
            for (size_t i = 0; i < m * ldc; i++)
                if (fabsf(expected[i]) < 1e-30f && fabsf(c[i]) < 1e-30f) c[i] = expected[i];
        }
#endif
        same(name, c, expected, m * ldc);
    }
    free(a), free(b), free(expected), free(c);
}

// Of floats: near the product of the rounded ones in any order.
static void any_product(size_t m, size_t n, size_t k, int order) {
    const int turns_a = order & 1, turns_b = order >> 1 & 1, adds = order >> 2 & 1;
    const size_t lda = (turns_a ? m : k) + 3, ldb = (turns_b ? k : n) + 1, ldc = n + 2;
    const float *a = numbers(lda * (turns_a ? k : m)), *b = numbers(ldb * (turns_b ? n : k));
    float *c = numbers(ldc * m);
    double *expected = malloc(ldc * m * sizeof *expected);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < ldc; j++) {
            double sum = adds || j >= n ? (double)c[i * ldc + j] : 0;
            for (size_t p = 0; p < k && j < n; p++) {
                const float x = turns_a ? a[p * lda + i] : a[i * lda + p], y = turns_b ? b[j * ldb + p] : b[p * ldb + j];
                sum += (double)as_float((uint32_t)rounded(x) << 16) * (double)as_float((uint32_t)rounded(y) << 16);
            }
            expected[i * ldc + j] = sum;
        }
    char name[64];
    snprintf(name, sizeof name, "bfloat16 of floats %zu %zu %zu order %d", m, n, k, order);
    fm_bf16_gemm_any(turns_a, turns_b, m, n, k, a, lda, b, ldb, c, ldc, adds);
    expect(name, c, expected, ldc * m, 2e-6 * sqrt((double)k + 4));
    if (turns_a || adds) return free(expected);
    // The same with a right matrix that was made ready.
    const size_t pairs = (k + 1) / 2, panels = (n + FM_BF16_PANEL - 1) / FM_BF16_PANEL;
    uint32_t *rows = calloc(m * pairs, sizeof *rows), *packed = malloc(panels * pairs * FM_BF16_PANEL * sizeof *packed);
    for (size_t i = 0; i < m; i++) fm_bf16_round(a + i * lda, k, (uint16_t *)(rows + i * pairs));
    fm_bf16_pack(turns_b, k, n, b, ldb, 0, panels, packed);
    fm_bf16_gemm_packed(m, n, pairs, rows, pairs, packed, 0, panels, c, ldc, 0);
    expect("bfloat16 made ready", c, expected, ldc * m, 2e-6 * sqrt((double)k + 4));
    free(rows), free(packed), free(expected);
}

static void rounding(void) {
    static const uint32_t bits[] = {
        0,          0x80000000, 0x3f800000, 0x3f808000, 0x3f818000, 0x3f808001, 0x7f7fffff, 0x7f800000, 0xff800000,
        0x7f800001, 0x7fc00000, 0x00000001, 0x007fffff, 0x00800000, 0x807fffff, 0xbf7fffff, 0x3f7f8000, 0x12345678,
        0x9abcdef0, 0x4b7f7fff, 0x4b7f8000,
    };
    enum { count = sizeof bits / sizeof *bits };
    float x[count];
    uint16_t y[count];
    uint32_t pairs[count];
    memcpy(x, bits, sizeof x);
    fm_bf16_round(x, count, y);
    for (int i = 0; i < count; i++) {
        const float found = y[i], expected = rounded(x[i]);
        same("rounding to bfloat16", &found, &expected, 1);
    }
    fm_bf16_pair_rows(y, 7, 3, 7, pairs);
    for (int i = 0; i < 14; i++) {
        const uint32_t expected = y[i / 7 * 14 + i % 7] | (i < 7 ? (uint32_t)y[7 + i] << 16 : 0);
        const float found = (float)(pairs[i] != expected), none = 0;
        same("pairs of rows", &found, &none, 1);
    }
}

// 3x3 by Winograd's way with a border of zeros, near the convolution by definition.
static void winograd(void) {
    enum { size = 9, channels = 32, filters = 16, tiles_across = 3, count = tiles_across * tiles_across };
    const fm_winograd_shape s = {size, size, channels, size, size, filters, 1, 1, 4, tiles_across, 0, 0, filters};
    const size_t plane = channels * filters;
    const float *x = numbers(size * size * channels), *w = numbers(9 * plane);
    uint16_t *u = calloc(36 * plane, sizeof *u), *v = calloc(36 * count * channels, sizeof *v);
    float *m = numbers(36 * count * filters), *y = numbers(size * size * filters);
    double *expected = calloc(size * size * filters, sizeof *expected);
    fm_bf16_winograd_filter(w, channels, filters, 0, channels, u, 0);
    fm_bf16_winograd_input(&s, x, 0, tiles_across, v, count * channels);
    for (size_t p = 0; p < 36; p++)
        fm_bf16_gemm(count, filters, channels / 2, (uint32_t *)(v + p * count * channels), channels / 2, 1,
                     (uint32_t *)(u + p * plane), filters, m + p * count * filters, filters, 0);
    fm_bf16_winograd_output(&s, m, count * filters, 0, tiles_across, 0, FM_PLAIN, 0, y);
    for (int h = 0; h < size; h++)
        for (int q = 0; q < size; q++)
            for (int f = 0; f < filters; f++)
                for (int i = 0; i < 3; i++)
                    for (int j = 0; j < 3; j++) {
                        const int r = h + i - 1, t = q + j - 1;
                        for (int c = 0; c < channels && r >= 0 && t >= 0 && r < size && t < size; c++)
                            expected[(h * size + q) * filters + f] += (double)x[(r * size + t) * channels + c] *
                                                                      (double)w[((i * 3 + j) * channels + c) * filters + f];
                    }
    // Sums of 288 products of numbers up to 1.
    expect("bfloat16 winograd", y, expected, size * size * filters, 0.5);
    free(u), free(v), free(expected);
}

void check_bfloat16(void) {
    static const size_t sizes[][3] = {{1, 16, 1}, {3, 32, 5}, {14, 48, 16}, {17, 16, 17}, {33, 64, 40}, {70, 80, 3}};
    static const size_t floats[][3] = {
        {1, 1, 1}, {3, 5, 7}, {29, 33, 40}, {16, 16, 64}, {130, 17, 31}, {5, 600, 9}, {31, 40, 1601}, {113, 48, 33},
    };
    rounding();
    winograd();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int turned = 0; turned < 2; turned++)
            for (int adds = 0; adds < 2; adds++) product(sizes[i][0], sizes[i][1], sizes[i][2], turned, adds);
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
        for (int order = 0; order < 8; order++) any_product(floats[i][0], floats[i][1], floats[i][2], order);
}
