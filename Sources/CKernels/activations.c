#include "CKernels.h"
#include "isa.h"
#include <math.h>
#include <string.h>

// e^x to two units in the last place, in steps that the compiler can make of several values at once: 2^n e^r with
// r within half a ln 2. S. Moshier, Cephes library, 1989.
static inline float exponential(float x) {
    const float limited = x > 88.0f ? 88.0f : x < -87.0f ? -87.0f : x;
    const float shifted = limited * 1.44269504f + 12582912.0f;  // 1.5 * 2^23: the rounded number is in the last bits
    const float n = shifted - 12582912.0f;
    const float r = (limited - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1;
    int32_t bits, scale;
    memcpy(&bits, &shifted, 4);
    memcpy(&scale, &p, 4);
    scale += (int32_t)((uint32_t)bits << 23);
    memcpy(&p, &scale, 4);
    return x > 88.0f ? INFINITY : x < -87.0f ? 0 : x == x ? p : x;
}

// As a fraction of polynomials between -4 and 4, to an error of 4e-7.
static inline float error_function(float x) {
    const float v = x > 4 ? 4 : x < -4 ? -4 : x, s = v * v;
    float p = -2.72614225801306e-10f;
    p = p * s + 2.77068142495902e-08f;
    p = p * s - 2.10102402082508e-06f;
    p = p * s - 5.69250639462346e-05f;
    p = p * s - 7.34990630326855e-04f;
    p = p * s - 2.95459980854025e-03f;
    p = p * s - 1.60960333262415e-02f;
    float q = -1.45660718464996e-05f;
    q = q * s - 2.13374055278905e-04f;
    q = q * s - 1.68282697438203e-03f;
    q = q * s - 7.37332916720468e-03f;
    q = q * s - 1.42647390514189e-02f;
    return v * p / q;
}

FM_KERNEL(void, fm_sigmoid, (const float *x, float *y, size_t n), (x, y, n)) {
    for (size_t i = 0; i < n; i++) y[i] = 1 / (1 + exponential(-x[i]));
}

FM_KERNEL(void, fm_swish, (const float *x, float *y, size_t n), (x, y, n)) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] / (1 + exponential(-x[i]));
}

FM_KERNEL(void, fm_swish_gradient, (const float *dy, const float *x, float *dx, size_t n), (dy, x, dx, n)) {
    for (size_t i = 0; i < n; i++) {
        const float s = 1 / (1 + exponential(-x[i]));
        dx[i] = dy[i] * (s + x[i] * s * (1 - s));
    }
}

FM_KERNEL(void, fm_gelu, (const float *x, float *y, size_t n), (x, y, n)) {
    for (size_t i = 0; i < n; i++) y[i] = 0.5f * x[i] * (1 + error_function(x[i] * 0.70710678f));
}

FM_KERNEL(void, fm_gelu_gradient, (const float *dy, const float *x, float *dx, size_t n), (dy, x, dx, n)) {
    for (size_t i = 0; i < n; i++) {
        const float density = 0.39894228f * exponential(-0.5f * x[i] * x[i]);
        dx[i] = dy[i] * (0.5f * (1 + error_function(x[i] * 0.70710678f)) + x[i] * density);
    }
}

FM_KERNEL(void, fm_hard_sigmoid, (const float *x, float *y, size_t n, float slope), (x, y, n, slope)) {
    for (size_t i = 0; i < n; i++) {
        const float v = slope * x[i] + 0.5f;
        y[i] = v < 0 ? 0 : v > 1 ? 1 : v;
    }
}

FM_KERNEL(void, fm_hard_sigmoid_gradient, (const float *dy, const float *y, float *dx, size_t n, float slope),
          (dy, y, dx, n, slope)) {
    for (size_t i = 0; i < n; i++) dx[i] = y[i] > 0 && y[i] < 1 ? slope * dy[i] : 0;
}

FM_KERNEL(void, fm_hard_swish, (const float *x, float *y, size_t n), (x, y, n)) {
    for (size_t i = 0; i < n; i++) {
        const float v = x[i] + 3;
        y[i] = x[i] * ((v < 0 ? 0 : v > 6 ? 6 : v) / 6);
    }
}

FM_KERNEL(void, fm_hard_swish_gradient, (const float *dy, const float *x, float *dx, size_t n), (dy, x, dx, n)) {
    for (size_t i = 0; i < n; i++) {
        const float slope = x[i] <= -3 ? 0 : x[i] >= 3 ? 1 : (2 * x[i] + 3) / 6;
        dx[i] = dy[i] * slope;
    }
}
