#include "check.h"

static const double PI = 3.14159265358979323846;

// Power spectra against the sum that they are short for.
static void check_spectra(size_t n) {
    enum { LANES = FM_SPECTRUM_LANES, HOP = 9 };
    float *samples = numbers(n + HOP * LANES), *window = numbers(n), *cosines = malloc(n * sizeof *cosines);
    float *work = malloc(n * LANES * sizeof *work), *power = malloc((n / 2 + 1) * LANES * sizeof *power);
    unsigned *order = malloc(n * sizeof *order);
    if (!cosines || !work || !power || !order) abort();
    for (size_t k = 0; k < n / 2; k++) {
        cosines[2 * k] = (float)cos(2 * PI * (double)k / (double)n);
        cosines[2 * k + 1] = (float)sin(2 * PI * (double)k / (double)n);
    }
    for (unsigned i = 0; i < n; i++) {
        order[i] = 0;
        for (unsigned bit = 1, other = (unsigned)n / 2; bit < n; bit *= 2, other /= 2) order[i] |= i & bit ? other : 0;
    }
    fm_power_spectra(samples, HOP, n, window, cosines, order, work, power);
    float found[LANES];
    double expected[LANES];
    for (size_t w = 0; w < LANES; w++) {
        const size_t bin = (w * 5 + 1) % (n / 2 + 1);
        double x = 0, y = 0;
        for (size_t i = 0; i < n; i++) {
            const double angle = 2 * PI * (double)(bin * i % n) / (double)n;
            x += (double)samples[w * HOP + i] * (double)window[i] * cos(angle);
            y += (double)samples[w * HOP + i] * (double)window[i] * sin(angle);
        }
        found[w] = power[bin * LANES + w] / (float)n;
        expected[w] = (x * x + y * y) / (double)n;
    }
    expect("power spectra", found, expected, LANES, 1e-5);
    show("power spectra", power, (n / 2 + 1) * LANES);
    float *rows = calloc(LANES * n, sizeof *rows), largest[LANES], sums[LANES];
    if (!rows) abort();
    fm_window_rows(power, 1, n / 2 - 1, n, rows, largest, sums);
    show("rows of windows", rows, LANES * n);
    show("largest of windows", largest, LANES);
    show("sums of windows", sums, LANES);
    free(rows);
    free(order);
    free(power);
    free(work);
    free(cosines);
    free(window);
    free(samples);
}

static void check_decimate(size_t count, size_t step, size_t taps) {
    float *x = numbers((count - 1) * step + taps), *filter = numbers(taps), *y = malloc(count * sizeof *y);
    double *expected = calloc(count, sizeof *expected);
    if (!y || !expected) abort();
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < taps; k++) expected[i] += (double)x[i * step + k] * (double)filter[k];
    fm_decimate(x, count, step, filter, taps, y);
    expect("fewer samples", y, expected, count, 1e-4);
    if (step == 1) {
        fm_correlate(x, count, filter, taps, y);
        expect("correlation", y, expected, count, 1e-4);
    }
    free(expected);
    free(y);
    free(filter);
    free(x);
}

static void check_channels(size_t count) {
    float *pairs = numbers(2 * count), *left = malloc(count * 4 + 4), *right = malloc(count * 4 + 4);
    float *mono = malloc(count * 4 + 4), peak = 0;
    if (!left || !right || !mono) abort();
    if (count > 20) pairs[9] = NAN, pairs[30] = INFINITY, pairs[2 * count - 1] = -100;
    fm_split_channels(pairs, count, left, right, mono, &peak);
    show("left", left, count);
    show("right", right, count);
    show("both", mono, count);
    show("peak", &peak, 1);
    double *filter = malloc((FM_WEIGHTING_STEP + 4) * (FM_WEIGHTING_STEP + 4) * sizeof *filter), states[8] = {0};
    if (!filter) abort();
    for (size_t i = 0; i < (FM_WEIGHTING_STEP + 4) * (FM_WEIGHTING_STEP + 4); i++) filter[i] = 0.2 * sin((double)(i * i));
    const float power = (float)fm_weighted_power(left, right, count, filter, states);
    show("weighted power", &power, 1);
    const float state = (float)(states[0] + states[3] + states[6]);
    show("state of the weighting", &state, 1);
    free(filter);
    free(mono);
    free(right);
    free(left);
    free(pairs);
}

void check_sound(void) {
    enum { BANDS = 5, ROW = FM_ONSET_LAG + FM_SPECTRUM_LANES };
    for (size_t n = 16; n <= 1024; n *= 2) check_spectra(n);
    check_decimate(1000, 2, 65);
    check_decimate(513, 4, 64);
    check_decimate(70, 3, 100);
    check_decimate(33, 8, 263);
    check_decimate(100, 1, 60);
    check_channels(37);
    check_channels(16);
    check_channels(3);
    float *levels = numbers(BANDS * ROW), *places = numbers(BANDS), rises[FM_SPECTRUM_LANES];
    float moments[4 * FM_SPECTRUM_LANES];
    fm_onset_rises(levels, BANDS, 1, BANDS, rises);
    show("rises", rises, FM_SPECTRUM_LANES);
    fm_level_moments(levels + FM_ONSET_LAG, ROW, places, BANDS, moments);
    show("moments of levels", moments, 4 * FM_SPECTRUM_LANES);
    for (size_t i = 0; i < BANDS * ROW; i++) levels[i] = fabsf(levels[i]);
    float *compressed = calloc(2 * ROW, sizeof *compressed);
    if (!compressed) abort();
    fm_compress(levels, 2, 1e6f, compressed, ROW);
    show("compressed", compressed, 2 * ROW);
    free(compressed);
    free(places);
    free(levels);
}
