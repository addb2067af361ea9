#include "CKernels.h"
#include "isa.h"
#include <string.h>

// Two real windows are one complex one; the transform is of 16 complex windows, side by side.
enum { LANES = FM_SPECTRUM_LANES / 2 };

FM_STATIC_KERNEL(void, fm_load_windows, (const float *restrict x, size_t hop, size_t n, const float *restrict window,
                                         const unsigned *restrict order, float *restrict work),
                 (x, hop, n, window, order, work)) {
    for (size_t i = 0; i < n; i++) {
        float *const to = work + (size_t)order[i] * FM_SPECTRUM_LANES;
        const float *const from = x + i;
        const float w = window[i];
        for (size_t lane = 0; lane < FM_SPECTRUM_LANES; lane++) to[lane] = from[lane * hop] * w;
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
            for (size_t lane = 0; lane < LANES; lane++) {
                const float real = b[lane] * c - b[LANES + lane] * s, imaginary = b[lane] * s + b[LANES + lane] * c;
                b[lane] = a[lane] - real;
                b[LANES + lane] = a[LANES + lane] - imaginary;
                a[lane] += real;
                a[LANES + lane] += imaginary;
            }
        }
}

// Two steps in one pass over memory: `half`, then twice that.
FM_STATIC_KERNEL(void, fm_fourier_two_steps, (float *restrict work, size_t n, size_t half, const float *restrict cosines),
                 (work, n, half, cosines)) {
    const size_t stride = n / (4 * half);
    for (size_t start = 0; start < n; start += 4 * half)
        for (size_t k = 0; k < half; k++) {
            const float c1 = cosines[4 * k * stride], s1 = -cosines[4 * k * stride + 1];
            const float c2 = cosines[2 * k * stride], s2 = -cosines[2 * k * stride + 1];
            float *const p0 = work + (start + k) * FM_SPECTRUM_LANES;
            float *const p1 = p0 + half * FM_SPECTRUM_LANES;
            float *const p2 = p1 + half * FM_SPECTRUM_LANES;
            float *const p3 = p2 + half * FM_SPECTRUM_LANES;
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
    size_t half = 1;
    for (; 2 * half < n; half *= 4) fm_fourier_two_steps(work, n, half, cosines);
    if (half < n) fm_fourier_step(work, n, half, cosines);
    fm_split_power(work, n, power);
}

FM_KERNEL(void, fm_decimate, (const float *x, size_t count, size_t step, const float *filter, size_t taps, float *y),
          (x, count, step, filter, taps, y)) {
    for (size_t i = 0; i < count; i++) {
        const float *const from = x + i * step;
        float sums[16] = {0};
        size_t k = 0;
        for (; k + 16 <= taps; k += 16)
            for (size_t lane = 0; lane < 16; lane++) sums[lane] += from[k + lane] * filter[k + lane];
        float sum = 0;
        for (; k < taps; k++) sum += from[k] * filter[k];
        for (size_t lane = 0; lane < 16; lane++) sum += sums[lane];
        y[i] = sum;
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

FM_KERNEL(void, fm_compress, (const float *restrict x, size_t n, float scale, float *restrict y), (x, n, scale, y)) {
    for (size_t i = 0; i < n; i++) {
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
