#include "CKernels.h"
#include "isa.h"
#include <math.h>

enum { LANES = 16 };

// Sums in lanes: the compiler may not reorder a plain sum of floats, so it would not use vectors.
static inline float total(const float *lanes) {
    float sum = 0;
    for (int j = 0; j < LANES; j++) sum += lanes[j];
    return sum;
}

FM_KERNEL(void, fm_layer_norm, (const float *x, const float *gamma, const float *beta, size_t rows, size_t columns,
                                float epsilon, int centred, float *y, float *stats),
          (x, gamma, beta, rows, columns, epsilon, centred, y, stats)) {
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * columns;
        float *out = y + r * columns;
        float mean = 0;
        size_t i;
        if (centred) {
            float lanes[LANES] = {0};
            for (i = 0; i + LANES <= columns; i += LANES)
                for (int j = 0; j < LANES; j++) lanes[j] += in[i + j];
            for (; i < columns; i++) lanes[i % LANES] += in[i];
            mean = total(lanes) / columns;
        }
        float lanes[LANES] = {0};
        for (i = 0; i + LANES <= columns; i += LANES)
            for (int j = 0; j < LANES; j++) lanes[j] += (in[i + j] - mean) * (in[i + j] - mean);
        for (; i < columns; i++) lanes[i % LANES] += (in[i] - mean) * (in[i] - mean);
        const float inverse = 1 / sqrtf(total(lanes) / columns + epsilon);
        stats[2 * r] = mean;
        stats[2 * r + 1] = inverse;
        for (i = 0; i < columns; i++)
            out[i] = (in[i] - mean) * inverse * (gamma ? gamma[i] : 1) + (beta ? beta[i] : 0);
    }
}

FM_KERNEL(void, fm_layer_norm_gradient, (const float *dy, const float *x, const float *gamma, const float *stats,
                                         size_t rows, size_t columns, int centred, float *dx, float *gamma_gradient,
                                         float *beta_gradient),
          (dy, x, gamma, stats, rows, columns, centred, dx, gamma_gradient, beta_gradient)) {
    for (size_t r = 0; r < rows; r++) {
        const float *g = dy + r * columns, *in = x + r * columns;
        const float mean = stats[2 * r], inverse = stats[2 * r + 1];
        if (gamma_gradient)
            for (size_t i = 0; i < columns; i++) gamma_gradient[i] += g[i] * (in[i] - mean) * inverse;
        if (beta_gradient)
            for (size_t i = 0; i < columns; i++) beta_gradient[i] += g[i];
        if (!dx) continue;
        float sums[LANES] = {0}, products[LANES] = {0};
        size_t i;
        for (i = 0; i + LANES <= columns; i += LANES)
            for (int j = 0; j < LANES; j++) {
                const float v = g[i + j] * (gamma ? gamma[i + j] : 1);
                sums[j] += v;
                products[j] += v * (in[i + j] - mean);
            }
        for (; i < columns; i++) {
            const float v = g[i] * (gamma ? gamma[i] : 1);
            sums[i % LANES] += v;
            products[i % LANES] += v * (in[i] - mean);
        }
        const float shift = centred ? total(sums) / columns : 0;
        const float slope = total(products) * inverse * inverse / columns;
        float *out = dx + r * columns;
        for (i = 0; i < columns; i++)
            out[i] = inverse * (g[i] * (gamma ? gamma[i] : 1) - shift - (in[i] - mean) * slope);
    }
}

FM_KERNEL(void, fm_unit_norm, (const float *x, size_t rows, size_t columns, float largest, float *y, float *inverses),
          (x, rows, columns, largest, y, inverses)) {
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * columns;
        float lanes[LANES] = {0};
        size_t i;
        for (i = 0; i + LANES <= columns; i += LANES)
            for (int j = 0; j < LANES; j++) lanes[j] += in[i + j] * in[i + j];
        for (; i < columns; i++) lanes[i % LANES] += in[i] * in[i];
        const float inverse = fminf(1 / sqrtf(total(lanes)), largest);
        inverses[r] = inverse;
        for (i = 0; i < columns; i++) y[r * columns + i] = in[i] * inverse;
    }
}

FM_KERNEL(void, fm_unit_norm_gradient, (const float *dy, const float *y, const float *inverses, size_t rows,
                                        size_t columns, float *dx), (dy, y, inverses, rows, columns, dx)) {
    for (size_t r = 0; r < rows; r++) {
        const float *g = dy + r * columns, *out = y + r * columns;
        float lanes[LANES] = {0};
        size_t i;
        for (i = 0; i + LANES <= columns; i += LANES)
            for (int j = 0; j < LANES; j++) lanes[j] += g[i + j] * out[i + j];
        for (; i < columns; i++) lanes[i % LANES] += g[i] * out[i];
        const float dot = total(lanes);
        for (i = 0; i < columns; i++) dx[r * columns + i] = inverses[r] * (g[i] - out[i] * dot);
    }
}
