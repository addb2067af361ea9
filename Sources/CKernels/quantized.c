#include "CKernels.h"
#include "isa.h"

#include <string.h>

FM_KERNEL(void, fm_range, (const float *x, size_t n, float *low, float *high), (x, n, low, high)) {
    // As many as hide how long a comparison takes.
    enum { lanes = 64 };
    float least[lanes] = {0}, greatest[lanes] = {0};
    size_t i = 0;
    for (; i + lanes <= n; i += lanes)
        for (int j = 0; j < lanes; j++) {
            const float v = x[i + j];
            least[j] = v < least[j] ? v : least[j];
            greatest[j] = v > greatest[j] ? v : greatest[j];
        }
    for (; i < n; i++) {
        least[0] = x[i] < least[0] ? x[i] : least[0];
        greatest[0] = x[i] > greatest[0] ? x[i] : greatest[0];
    }
    for (int j = 1; j < lanes; j++) {
        least[0] = least[j] < least[0] ? least[j] : least[0];
        greatest[0] = greatest[j] > greatest[0] ? greatest[j] : greatest[0];
    }
    *low = least[0];
    *high = greatest[0];
}

FM_KERNEL(void, fm_quantize, (const float *x, size_t n, float scale, float zero, uint8_t *y), (x, n, scale, zero, y)) {
    for (size_t i = 0; i < n; i++) {
        float v = x[i] * scale + zero;
        v = v > 0 ? v : 0;
        v = v < 255 ? v : 255;
        y[i] = (uint8_t)(int32_t)(v + 0.5f);
    }
}

FM_STATIC_KERNEL(void, windows_plain, (size_t m, size_t n, size_t ldb, fm_windows w, const uint8_t *a, const int8_t *b,
                                       const float *scale, const float *offset, float floor, float *c, size_t ldc),
                 (m, n, ldb, w, a, b, scale, offset, floor, c, ldc)) {
    for (size_t i = 0; i < m; i++)
        for (size_t f = 0; f < n; f += 16) {
            int32_t sum[16] = {0};
            const int8_t *weights = b + f * 4;
            for (size_t r = 0; r < w.rows; r++)
                for (size_t p = 0; p < w.run; p += 4) {
                    const uint8_t *four = a + i * w.step + r * w.stride + p;
                    for (int j = 0; j < 16; j++)
                        for (int q = 0; q < 4; q++) sum[j] += (int32_t)four[q] * weights[j * 4 + q];
                    weights += ldb * 4;
                }
            for (int j = 0; j < 16; j++) {
                const float v = (float)sum[j] * scale[f + j] + offset[f + j];
                c[i * ldc + f + j] = v > floor ? v : floor;
            }
        }
}

#if defined(__x86_64__)
#include <immintrin.h>
#define VNNI FM_TARGET(FM_FEATURES_VNNI)

enum { block_rows = 12 };

// Sums of `rows` rows by 16 * `vectors` columns stay in registers.
VNNI static inline __attribute__((always_inline)) void block(
    const int rows, const int vectors, size_t ldb, fm_windows windows, const uint8_t *a, const int8_t *b, const float *scale,
    const float *offset, float floor, float *c, size_t ldc) {
    __m512i sum[block_rows][2];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sum[i][j] = _mm512_setzero_si512();
    for (size_t r = 0; r < windows.rows; r++, a += windows.stride)
        for (size_t p = 0; p < windows.run; p += 4) {
            __m512i w[2];
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) w[j] = _mm512_loadu_si512(b + 64 * j);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                int32_t four;
                memcpy(&four, a + i * windows.step + p, 4);
                const __m512i value = _mm512_set1_epi32(four);
#pragma clang loop unroll(full)
                for (int j = 0; j < vectors; j++) sum[i][j] = _mm512_dpbusd_epi32(sum[i][j], value, w[j]);
            }
            b += ldb * 4;
        }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) {
            const __m512 v = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum[i][j]), _mm512_loadu_ps(scale + 16 * j),
                                             _mm512_loadu_ps(offset + 16 * j));
            _mm512_storeu_ps(c + i * ldc + 16 * j, _mm512_max_ps(v, _mm512_set1_ps(floor)));
        }
}

#define PANEL(R, V) \
    case R: block(R, V, ldb, windows, a, b, scale, offset, floor, c, ldc); break;
#define PANELS(V)                                                                                                     \
    switch (rows) {                                                                                                   \
        PANEL(1, V) PANEL(2, V) PANEL(3, V) PANEL(4, V) PANEL(5, V) PANEL(6, V) PANEL(7, V) PANEL(8, V) PANEL(9, V)    \
        PANEL(10, V) PANEL(11, V) PANEL(12, V)                                                                        \
    }

VNNI static void panel(size_t rows, int wide, size_t ldb, fm_windows windows, const uint8_t *a, const int8_t *b,
                       const float *scale, const float *offset, float floor, float *c, size_t ldc) {
    if (wide) {
        PANELS(2)
    } else {
        PANELS(1)
    }
}

VNNI static void windows_vnni(size_t m, size_t n, size_t ldb, fm_windows windows, const uint8_t *a, const int8_t *b,
                              const float *scale, const float *offset, float floor, float *c, size_t ldc) {
    const size_t panels = (m + block_rows - 1) / block_rows;
    for (size_t f = 0; f < n;) {
        const int wide = n - f >= 32;
        for (size_t p = 0; p < panels; p++) {
            const size_t first = m * p / panels, last = m * (p + 1) / panels;
            panel(last - first, wide, ldb, windows, a + first * windows.step, b + f * 4, scale + f, offset + f, floor,
                  c + first * ldc + f, ldc);
        }
        f += wide ? 32 : 16;
    }
}
#endif

int fm_has_u8s8(void) { return fm_isa_level >= FM_VNNI; }

void fm_windows_u8s8(size_t m, size_t n, size_t ldb, fm_windows windows, const uint8_t *a, const int8_t *b, const float *scale,
                     const float *offset, float floor, float *c, size_t ldc) {
    if (m == 0) return;
#if defined(__x86_64__)
    if (fm_has_u8s8()) return windows_vnni(m, n, ldb, windows, a, b, scale, offset, floor, c, ldc);
#endif
    windows_plain(m, n, ldb, windows, a, b, scale, offset, floor, c, ldc);
}
