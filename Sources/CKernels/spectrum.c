#include "CKernels.h"
#include "isa.h"
#include <string.h>

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int i16 __attribute__((vector_size(64), aligned(4)));
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))
// The compiler cannot see that the places of a butterfly do not overlap.
#define LANES_ARE_APART _Pragma("clang loop vectorize(assume_safety)")

// Two real windows are one complex one; the transform is of 16 complex windows, side by side.
enum { LANES = FM_SPECTRUM_LANES / 2 };

// `rows` rotated as a square of 16 by 16: what was in row i at j comes to row j at i. Each round takes the rows' values by
// turns, one of the first half and one of the second, which turns the eight bits of (row, place) by one.
static inline __attribute__((always_inline)) void transpose(v16 rows[16]) {
    for (int round = 0; round < 4; round++) {
        v16 next[16];
        for (int i = 0; i < 8; i++) {
            next[2 * i] = __builtin_shufflevector(rows[i], rows[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22,
                                                  7, 23);
            next[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                      29, 14, 30, 15, 31);
        }
        for (int i = 0; i < 16; i++) rows[i] = next[i];
    }
}

FM_STATIC_KERNEL(void, fm_load_windows, (const float *restrict x, size_t hop, size_t n, const float *restrict window,
                                         const unsigned *restrict order, float *restrict work),
                 (x, hop, n, window, order, work)) {
    for (size_t i = 0; i < n; i += 16)
        for (size_t first = 0; first < FM_SPECTRUM_LANES; first += 16) {
            v16 rows[16];
            for (size_t lane = 0; lane < 16; lane++) rows[lane] = LOAD(x + (first + lane) * hop + i) * LOAD(window + i);
            transpose(rows);
            for (size_t k = 0; k < 16; k++) STORE(work + (size_t)order[i + k] * FM_SPECTRUM_LANES + first, rows[k]);
        }
}

// One step: pairs `half` apart become their sum and their turned difference.
FM_STATIC_KERNEL(void, fm_fourier_step, (float *restrict work, size_t n, size_t half, const float *restrict cosines),
                 (work, n, half, cosines)) {
    const size_t stride = n / (2 * half);
    for (size_t start = 0; start < n; start += 2 * half)
        for (size_t k = 0; k < half; k++) {
            const float c = cosines[2 * k * stride], s = -cosines[2 * k * stride + 1];
            float *const a = work + (start + k) * FM_SPECTRUM_LANES, *const b = a + half * FM_SPECTRUM_LANES;
            LANES_ARE_APART
            for (size_t lane = 0; lane < LANES; lane++) {
                const float real = b[lane] * c - b[LANES + lane] * s, imaginary = b[lane] * s + b[LANES + lane] * c;
                b[lane] = a[lane] - real;
                b[LANES + lane] = a[LANES + lane] - imaginary;
                a[lane] += real;
                a[LANES + lane] += imaginary;
            }
        }
}

// Two steps in one pass over memory: `half`, then twice that, of `points` of the transform's n.
FM_STATIC_KERNEL(void, fm_fourier_two_steps, (float *restrict work, size_t points, size_t half, size_t n,
                                              const float *restrict cosines), (work, points, half, n, cosines)) {
    const size_t stride = n / (4 * half);
    for (size_t start = 0; start < points; start += 4 * half)
        for (size_t k = 0; k < half; k++) {
            const float c1 = cosines[4 * k * stride], s1 = -cosines[4 * k * stride + 1];
            const float c2 = cosines[2 * k * stride], s2 = -cosines[2 * k * stride + 1];
            float *const p0 = work + (start + k) * FM_SPECTRUM_LANES;
            float *const p1 = p0 + half * FM_SPECTRUM_LANES;
            float *const p2 = p1 + half * FM_SPECTRUM_LANES;
            float *const p3 = p2 + half * FM_SPECTRUM_LANES;
            LANES_ARE_APART
            for (size_t lane = 0; lane < LANES; lane++) {
                const size_t i = LANES + lane;
                const float r1 = p1[lane] * c1 - p1[i] * s1, i1 = p1[lane] * s1 + p1[i] * c1;
                const float r3 = p3[lane] * c1 - p3[i] * s1, i3 = p3[lane] * s1 + p3[i] * c1;
                const float ar = p0[lane] + r1, ai = p0[i] + i1, br = p0[lane] - r1, bi = p0[i] - i1;
                const float cr = p2[lane] + r3, ci = p2[i] + i3, dr = p2[lane] - r3, di = p2[i] - i3;
                const float er = cr * c2 - ci * s2, ei = cr * s2 + ci * c2;
                // The turn of the other half is a quarter more: by -i.
                const float fr = dr * s2 + di * c2, fi = di * s2 - dr * c2;
                p0[lane] = ar + er;
                p0[i] = ai + ei;
                p2[lane] = ar - er;
                p2[i] = ai - ei;
                p1[lane] = br + fr;
                p1[i] = bi + fi;
                p3[lane] = br - fr;
                p3[i] = bi - fi;
            }
        }
}

// What belongs to the real and to the imaginary windows, by symmetry.
FM_STATIC_KERNEL(void, fm_split_power, (const float *restrict work, size_t n, float *restrict power), (work, n, power)) {
    for (size_t k = 0; k <= n / 2; k++) {
        const float *const a = work + k * FM_SPECTRUM_LANES, *const b = work + ((n - k) % n) * FM_SPECTRUM_LANES;
        float *const to = power + k * FM_SPECTRUM_LANES;
        for (size_t lane = 0; lane < LANES; lane++) {
            const size_t i = LANES + lane;
            const float er = a[lane] + b[lane], ei = a[i] - b[i], or = a[i] + b[i], oi = b[lane] - a[lane];
            to[lane] = 0.25f * (er * er + ei * ei);
            to[i] = 0.25f * (or * or + oi * oi);
        }
    }
}

void fm_power_spectra(const float *samples, size_t hop, size_t n, const float *window, const float *cosines,
                      const unsigned *order, float *work, float *power) {
    fm_load_windows(samples, hop, n, window, order, work);
    // The first steps, of points that are near each other, while these are in the nearest cache.
    const size_t near = n < 64 ? n : 64;
    size_t half = 1;
    for (size_t start = 0; start < n; start += near)
        for (half = 1; 4 * half <= near; half *= 4)
            fm_fourier_two_steps(work + start * FM_SPECTRUM_LANES, near, half, n, cosines);
    for (; 4 * half <= n; half *= 4) fm_fourier_two_steps(work, n, half, n, cosines);
    if (half < n) fm_fourier_step(work, n, half, cosines);
    fm_split_power(work, n, power);
}

FM_KERNEL(void, fm_window_rows, (const float *restrict power, size_t first, size_t count, size_t stride,
                                 float *restrict rows, float *restrict largest, float *restrict sums),
          (power, first, count, stride, rows, largest, sums)) {
    for (size_t lanes = 0; lanes < FM_SPECTRUM_LANES; lanes += 16) {
        v16 top = {0}, sum = {0};
        for (size_t bin = 0; bin < count; bin += 16) {
            v16 square[16];
            for (size_t k = 0; k < 16; k++) {
                const size_t place = bin + k;
                square[k] = place < count ? LOAD(power + (first + place) * FM_SPECTRUM_LANES + lanes) : (v16){0};
                if (place == 0 || place + 1 >= count) continue;
                const i16 larger = square[k] > top;
                top = (v16)(((i16)square[k] & larger) | ((i16)top & ~larger));
                sum += square[k];
            }
            transpose(square);
            for (size_t lane = 0; lane < 16; lane++) STORE(rows + (lanes + lane) * stride + bin, square[lane]);
        }
        STORE(largest + lanes, top);
        STORE(sums + lanes, sum);
    }
}

FM_KERNEL(void, fm_band_sums, (const float *restrict power, size_t bands, const unsigned *restrict firsts,
                               const unsigned *restrict bins, const float *restrict weights, float *restrict sums),
          (power, bands, firsts, bins, weights, sums)) {
    for (size_t band = 0; band < bands; band++) {
        float total[FM_SPECTRUM_LANES] = {0};
        const float *from = power + (size_t)firsts[band] * FM_SPECTRUM_LANES;
        for (unsigned k = 0; k < bins[band]; k++, from += FM_SPECTRUM_LANES) {
            const float weight = *weights++;
            for (size_t lane = 0; lane < FM_SPECTRUM_LANES; lane++) total[lane] += weight * from[lane];
        }
        memcpy(sums + band * FM_SPECTRUM_LANES, total, sizeof total);
    }
}

FM_KERNEL(void, fm_compress, (const float *restrict x, size_t rows, float scale, float *restrict y, size_t stride),
          (x, rows, scale, y, stride)) {
    for (size_t row = 0; row < rows; row++, x += FM_SPECTRUM_LANES, y += stride)
        for (size_t i = 0; i < FM_SPECTRUM_LANES; i++) {
            const float value = 1 + scale * x[i];
            unsigned bits;
            memcpy(&bits, &value, sizeof bits);
            const int exponent = (int)(bits >> 23) - 127;
            bits = (bits & 0x7FFFFF) | 0x3F800000;
            float m;
            memcpy(&m, &bits, sizeof m);
            // log2 of 1 to 2, a polynomial through both ends.
            const float t = m - 1;
            const float log2 = t * (1.441836f + t * (-0.708372f + t * (0.413555f + t * (-0.191263f + t * 0.044244f))));
            y[i] = 0.30103f * ((float)exponent + log2);
        }
}
