#include "CKernels.h"
#include "isa.h"
#include <string.h>

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int i16 __attribute__((vector_size(64), aligned(4)));
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))

// What is larger than that, or no number, is damage.
static const float fm_largest_sample = 64;
// Two channels as one have the power of both.
static const float fm_half_power = 0.70710678f;

FM_KERNEL(void, fm_split_channels, (const float *restrict pairs, size_t count, float *restrict left,
                                    float *restrict right, float *restrict mono, float *restrict peak),
          (pairs, count, left, right, mono, peak)) {
    v16 top = {0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const v16 a = LOAD(pairs + 2 * i), b = LOAD(pairs + 2 * i + 16);
        v16 l = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        v16 r = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
        const i16 good = (l <= fm_largest_sample) & (l >= -fm_largest_sample) & (r <= fm_largest_sample)
            & (r >= -fm_largest_sample);
        l = (v16)((i16)l & good);
        r = (v16)((i16)r & good);
        STORE(left + i, l);
        STORE(right + i, r);
        STORE(mono + i, (l + r) * fm_half_power);
        const v16 size_l = (v16)((i16)l & 0x7FFFFFFF), size_r = (v16)((i16)r & 0x7FFFFFFF);
        i16 larger = size_l > top;
        top = (v16)(((i16)size_l & larger) | ((i16)top & ~larger));
        larger = size_r > top;
        top = (v16)(((i16)size_r & larger) | ((i16)top & ~larger));
    }
    float highest = *peak;
    for (size_t k = 0; k < 16; k++) highest = top[k] > highest ? top[k] : highest;
    for (; i < count; i++) {
        float l = pairs[2 * i], r = pairs[2 * i + 1];
        const float size = __builtin_fmaxf(__builtin_fabsf(l), __builtin_fabsf(r));
        if (!(size <= fm_largest_sample) || l != l || r != r) l = r = 0;
        else if (size > highest) highest = size;
        left[i] = l;
        right[i] = r;
        mono[i] = (l + r) * fm_half_power;
    }
    *peak = highest;
}

// y[i] += sum over k < taps of x[i + k] * filter[k * step].
static inline __attribute__((always_inline)) void add_filtered(const float *restrict x, size_t count,
                                                               const float *restrict filter, size_t taps, size_t step,
                                                               float *restrict y) {
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        v16 sums[4];
        for (int n = 0; n < 4; n++) sums[n] = LOAD(y + i + n * 16);
        for (size_t k = 0; k < taps; k++)
            for (int n = 0; n < 4; n++) sums[n] += LOAD(x + i + k + n * 16) * filter[k * step];
        for (int n = 0; n < 4; n++) STORE(y + i + n * 16, sums[n]);
    }
    for (; i + 16 <= count; i += 16) {
        v16 sum = LOAD(y + i);
        for (size_t k = 0; k < taps; k++) sum += LOAD(x + i + k) * filter[k * step];
        STORE(y + i, sum);
    }
    for (; i < count; i++)
        for (size_t k = 0; k < taps; k++) y[i] += x[i + k] * filter[k * step];
}

FM_KERNEL(void, fm_correlate, (const float *restrict x, size_t count, const float *restrict filter, size_t taps,
                               float *restrict y), (x, count, filter, taps, y)) {
    memset(y, 0, count * sizeof *y);
    add_filtered(x, count, filter, taps, 1, y);
}

// Every so-manieth sample; with a known number the compiler does it in vectors.
static inline __attribute__((always_inline)) void take_every(const float *restrict x, size_t step, size_t count,
                                                             float *restrict y) {
    if (step == 2)
        for (size_t i = 0; i < count; i++) y[i] = x[2 * i];
    else if (step == 4)
        for (size_t i = 0; i < count; i++) y[i] = x[4 * i];
    else
        for (size_t i = 0; i < count; i++) y[i] = x[step * i];
}

FM_KERNEL(void, fm_decimate, (const float *restrict x, size_t count, size_t step, const float *restrict filter,
                              size_t taps, float *restrict y), (x, count, step, filter, taps, y)) {
    enum { BLOCK = 512 };
    float phase[BLOCK + FM_DECIMATE_REACH];
    for (size_t begin = 0; begin < count; begin += BLOCK) {
        const size_t part = count - begin < BLOCK ? count - begin : BLOCK;
        memset(y + begin, 0, part * sizeof *y);
        for (size_t first = 0; first < step && first < taps; first++) {
            const size_t own = (taps - first + step - 1) / step;
            take_every(x + begin * step + first, step, part + own - 1, phase);
            add_filtered(phase, part, filter + first, own, step, y + begin);
        }
    }
}

typedef double d8 __attribute__((vector_size(64), aligned(8)));
typedef double d4 __attribute__((vector_size(32), aligned(8)));

FM_KERNEL(double, fm_weighted_power, (const float *restrict left, const float *restrict right, size_t count,
                                      const double *restrict filter, double *restrict states),
          (left, right, count, filter, states)) {
    enum { STEP = FM_WEIGHTING_STEP, COLUMN = STEP + 4, BLOCK = 64 * STEP };
    double wide[2][BLOCK];
    d8 power = {0};
    d4 state[2] = {*(const d4 *)states, *(const d4 *)(states + 4)};
    for (size_t begin = 0; begin + STEP <= count; begin += BLOCK) {
        const size_t part = count - begin < BLOCK ? count - begin : BLOCK;
        for (size_t i = 0; i < part; i++) wide[0][i] = left[begin + i];
        for (size_t i = 0; i < part; i++) wide[1][i] = right[begin + i];
        for (size_t i = 0; i + STEP <= part; i += STEP)
            for (int channel = 0; channel < 2; channel++) {
                const double *column = filter;
                // What the samples alone give, then what came before.
                d8 y = {0};
                d4 next = {0};
                for (int k = 0; k < STEP; k++, column += COLUMN) {
                    y += *(const d8 *)column * wide[channel][i + k];
                    next += *(const d4 *)(column + STEP) * wide[channel][i + k];
                }
                const d4 s = state[channel];
                const double *const c1 = column + COLUMN, *const c2 = c1 + COLUMN, *const c3 = c2 + COLUMN;
                // The next step waits for this one's state: two short sums rather than a long one.
                state[channel] = (next + *(const d4 *)(column + STEP) * s[0] + *(const d4 *)(c1 + STEP) * s[1])
                    + (*(const d4 *)(c2 + STEP) * s[2] + *(const d4 *)(c3 + STEP) * s[3]);
                y += *(const d8 *)column * s[0] + *(const d8 *)c1 * s[1];
                y += *(const d8 *)c2 * s[2] + *(const d8 *)c3 * s[3];
                power += y * y;
            }
    }
    *(d4 *)states = state[0];
    *(d4 *)(states + 4) = state[1];
    double sum = 0;
    for (int k = 0; k < STEP; k++) sum += power[k];
    return sum;
}

FM_KERNEL(void, fm_onset_rises, (const float *restrict levels, size_t bands, size_t first, size_t end,
                                 float *restrict rises), (levels, bands, first, end, rises)) {
    enum { LANES = FM_SPECTRUM_LANES, ROW = FM_ONSET_LAG + LANES };
    float sums[LANES] = {0};
    for (size_t band = first; band < end; band++) {
        const float *const past = levels + band * ROW, *const now = past + FM_ONSET_LAG;
        const float *const below = band > 0 ? past - ROW : past, *const above = band + 1 < bands ? past + ROW : past;
        for (size_t lane = 0; lane < LANES; lane++) {
            float most = past[lane] > below[lane] ? past[lane] : below[lane];
            most = most > above[lane] ? most : above[lane];
            const float rise = now[lane] - most;
            sums[lane] += rise > 0 ? rise : 0;
        }
    }
    memcpy(rises, sums, sizeof sums);
}

FM_KERNEL(void, fm_level_moments, (const float *restrict levels, size_t stride, const float *restrict places, size_t bands,
                                   float *restrict moments), (levels, stride, places, bands, moments)) {
    enum { LANES = FM_SPECTRUM_LANES };
    float level_sums[LANES] = {0}, sums[LANES] = {0}, firsts[LANES] = {0}, seconds[LANES] = {0};
    for (size_t band = 0; band < bands; band++) {
        const float *const row = levels + band * stride, place = places[band];
        for (size_t lane = 0; lane < LANES; lane++) {
            const float square = row[lane] * row[lane];
            level_sums[lane] += row[lane];
            sums[lane] += square;
            firsts[lane] += square * place;
            seconds[lane] += square * place * place;
        }
    }
    memcpy(moments, level_sums, sizeof level_sums);
    memcpy(moments + LANES, sums, sizeof sums);
    memcpy(moments + 2 * LANES, firsts, sizeof firsts);
    memcpy(moments + 3 * LANES, seconds, sizeof seconds);
}
