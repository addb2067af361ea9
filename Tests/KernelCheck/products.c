#include "check.h"

static void product(size_t m, size_t n, size_t k, int order) {
    const int turns_a = order & 1, turns_b = order >> 1 & 1, adds = order >> 2 & 1;
    const size_t lda = (turns_a ? m : k) + 3, ldb = (turns_b ? k : n) + 1, ldc = n + 2;
    const float *a = numbers(lda * (turns_a ? k : m)), *b = numbers(ldb * (turns_b ? n : k));
    float *c = numbers(ldc * m);
    double *expected = malloc(ldc * m * sizeof *expected);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < ldc; j++) {
            double sum = adds || j >= n ? c[i * ldc + j] : 0;
            for (size_t p = 0; p < k && j < n; p++)
                sum += (double)(turns_a ? a[p * lda + i] : a[i * lda + p]) *
                       (double)(turns_b ? b[j * ldb + p] : b[p * ldb + j]);
            expected[i * ldc + j] = sum;
        }
    fm_gemm_any(turns_a, turns_b, m, n, k, a, lda, b, ldb, c, ldc, adds);
    char name[64];
    snprintf(name, sizeof name, "product %zu %zu %zu order %d", m, n, k, order);
    expect(name, c, expected, ldc * m, 1.5e-6 * sqrt((double)k + 4));
    free(expected);
}

static void thin(size_t m, size_t n, size_t k) {
    const float *a = numbers(m * k), *b = numbers(k * n);
    float *c = numbers(m * n);
    double *expected = calloc(m * n, sizeof *expected);
    for (size_t i = 0; i < m * n; i++) {
        expected[i] = c[i];
        for (size_t p = 0; p < k; p++) expected[i] += (double)a[p * m + i / n] * (double)b[p * n + i % n];
    }
    fm_gemm(m, n, k, a, 1, m, b, n, c, n, 1);
    expect("thin product", c, expected, m * n, 1.5e-6 * sqrt((double)k + 4));
    free(expected);
}

static void bytes(size_t m, size_t n, fm_windows w) {
    const size_t k = w.rows * w.run, reach = (m - 1) * w.step + (w.rows - 1) * w.stride + w.run;
    uint8_t *a = malloc(reach);
    int8_t *b = malloc(k * n);
    float scale[64], offset[64], *c = numbers(m * n);
    double *expected = calloc(m * n, sizeof *expected);
    for (size_t i = 0; i < reach; i++) a[i] = (uint8_t)(i * 37 % 256);
    for (size_t i = 0; i < k * n; i++) b[i] = (int8_t)(i * 53 % 255 - 127);
    for (size_t j = 0; j < n; j++) scale[j] = (float)(j % 3 + 1) / 4096, offset[j] = (float)j - 3;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            int sum = 0;
            for (size_t p = 0; p < k; p++) sum += a[i * w.step + p / w.run * w.stride + p % w.run] * b[(p / 4 * n + j) * 4 + p % 4];
            const double value = sum * (double)scale[j] + (double)offset[j];
            expected[i * n + j] = value > -2 ? value : -2;
        }
    fm_windows_u8s8(m, n, n, w, a, b, scale, offset, -2, c, n);
    expect("product of bytes", c, expected, m * n, 1e-3);
    free(expected);
    free(a);
    free(b);
}

void check_products(void) {
    static const size_t sizes[][3] = {
        {1, 1, 1},   {1, 1, 70},  {1, 40, 19},  {2, 17, 30},  {3, 3, 3},    {5, 64, 1},    {7, 15, 32},    {14, 48, 40},
        {16, 16, 16}, {29, 20, 40}, {64, 7, 50}, {40, 1, 33}, {65, 15, 9}, {31, 530, 7}, {130, 33, 390},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int order = 0; order < 8; order++) product(sizes[i][0], sizes[i][1], sizes[i][2], order);
    thin(1, 16, 3);
    thin(15, 48, 40);
    thin(33, 32, 7);
    bytes(13, 48, (fm_windows){1, 36, 0, 36});
    bytes(1, 16, (fm_windows){1, 4, 0, 4});
    bytes(11, 64, (fm_windows){3, 12, 80, 4});
}
