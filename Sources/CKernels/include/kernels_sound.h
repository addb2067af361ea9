#ifndef KERNELS_SOUND_H
#define KERNELS_SOUND_H
#include "kernels_spectrum.h"
#include <stddef.h>

// Pairs of left and right apart, and both as one channel of the power of both. Pairs of which one is no number or above 64
// become 0. `peak` becomes the largest size of a sample, if that is larger.
void fm_split_channels(const float *pairs, size_t count, float *left, float *right, float *mono, float *peak);

// y[i] = sum over k < taps of x[i + k] * filter[k], for i < count.
void fm_correlate(const float *x, size_t count, const float *filter, size_t taps, float *y);

// y[i] = sum over k < taps of x[i * step + k] * filter[k], for i < count; `taps` is at most FM_DECIMATE_REACH * step.
enum { FM_DECIMATE_REACH = 64 };
void fm_decimate(const float *x, size_t count, size_t step, const float *filter, size_t taps, float *y);

// The sum of the squares of what a linear filter of four states makes of two channels, FM_WEIGHTING_STEP samples at once.
// `filter` has a column for each of the samples, then for each of the states: what it adds to each output, then to each
// state afterwards. `states`, the left channel's four and the right one's, go on. Takes whole steps: what is left of `count`
// is not looked at.
enum { FM_WEIGHTING_STEP = 8 };
double fm_weighted_power(const float *left, const float *right, size_t count, const double *filter, double *states);

// Levels of bands come in rows: FM_ONSET_LAG windows of before, then FM_SPECTRUM_LANES.
enum { FM_ONSET_LAG = 2 };

// rises[w] = sum over the bands from `first` to before `end` of what each has more than it and its neighbours had
// FM_ONSET_LAG windows before.
void fm_onset_rises(const float *levels, size_t bands, size_t first, size_t end, float *rises);

// For each of FM_SPECTRUM_LANES windows, sums over its bands: of levels; of their squares; of these times the band's
// place; of these times the place's square. One after the other; rows of levels are `stride` apart.
void fm_level_moments(const float *levels, size_t stride, const float *places, size_t bands, float *moments);
#endif
