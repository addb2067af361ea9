#include "CKernels.h"
#include "isa.h"
#include <math.h>
#include <string.h>

FM_KERNEL(void, fm_add_bias, (float *restrict y, const float *restrict bias, size_t rows, size_t columns, int relu),
          (y, bias, rows, columns, relu)) {
    for (size_t r = 0; r < rows; r++) {
        float *row = y + r * columns;
        if (relu)
            for (size_t c = 0; c < columns; c++) {
                const float v = row[c] + (bias ? bias[c] : 0);
                row[c] = v < 0 ? 0 : v;  // what is not a number stays, so that it is noticed
            }
        else
            for (size_t c = 0; c < columns; c++) row[c] += bias[c];
    }
}

FM_KERNEL(void, fm_scale_shift, (const float *x, const float *restrict scale, const float *restrict shift, size_t rows,
                                 size_t columns, int relu, float *y), (x, scale, shift, rows, columns, relu, y)) {
    const float floor = relu ? 0 : -INFINITY;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            const float value = x[r * columns + c] * scale[c] + shift[c];
            y[r * columns + c] = value < floor ? floor : value;
        }
}

FM_KERNEL(void, fm_relu, (const float *x, float *y, size_t n), (x, y, n)) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] < 0 ? 0 : x[i];
}

FM_KERNEL(void, fm_relu_gradient, (const float *dy, const float *y, float *dx, size_t n), (dy, y, dx, n)) {
    for (size_t i = 0; i < n; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

FM_KERNEL(void, fm_relu_mask, (float *restrict dy, const float *restrict y, size_t n), (dy, y, n)) {
    for (size_t i = 0; i < n; i++) {
        const float value = dy[i];
        dy[i] = y[i] > 0 ? value : 0;
    }
}

FM_KERNEL(void, fm_leaky_relu, (const float *x, float *y, size_t n, float slope), (x, y, n, slope)) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

FM_KERNEL(void, fm_leaky_relu_gradient, (const float *dy, const float *side, float *dx, size_t n, float slope),
          (dy, side, dx, n, slope)) {
    for (size_t i = 0; i < n; i++) dx[i] = side[i] > 0 ? dy[i] : slope * dy[i];
}

FM_KERNEL(void, fm_prelu, (const float *restrict x, const float *restrict slopes, size_t rows, size_t columns,
                           float *restrict y), (x, slopes, rows, columns, y)) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            const float v = x[r * columns + c];
            y[r * columns + c] = v > 0 ? v : slopes[c] * v;
        }
}

FM_KERNEL(void, fm_prelu_gradient, (const float *restrict dy, const float *restrict x, const float *restrict slopes,
                                    size_t rows, size_t columns, float *restrict dx, float *restrict slope_gradients),
          (dy, x, slopes, rows, columns, dx, slope_gradients)) {
    for (size_t r = 0; r < rows; r++) {
        const float *g = dy + r * columns, *v = x + r * columns;
        for (size_t c = 0; c < columns; c++) slope_gradients[c] += v[c] > 0 ? 0 : g[c] * v[c];
        if (dx)
            for (size_t c = 0; c < columns; c++) dx[r * columns + c] = v[c] > 0 ? g[c] : slopes[c] * g[c];
    }
}

FM_KERNEL(void, fm_add, (float *restrict y, const float *restrict x, size_t n), (y, x, n)) {
    for (size_t i = 0; i < n; i++) y[i] += x[i];
}

FM_KERNEL(void, fm_sum, (const float *a, const float *b, float *y, size_t n, int relu), (a, b, y, n, relu)) {
    const float floor = relu ? 0 : -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const float value = a[i] + b[i];
        y[i] = value < floor ? floor : value;
    }
}

FM_KERNEL(void, fm_multiply, (float *restrict y, const float *restrict x, size_t n), (y, x, n)) {
    for (size_t i = 0; i < n; i++) y[i] *= x[i];
}

FM_KERNEL(void, fm_add_scaled, (float *restrict y, const float *restrict x, float a, size_t n), (y, x, a, n)) {
    for (size_t i = 0; i < n; i++) y[i] += a * x[i];
}

FM_KERNEL(void, fm_interpolate, (float *restrict y, const float *restrict x, float keep, size_t n), (y, x, keep, n)) {
    // In this form equal values, those that are not trained, stay equal to the last bit.
    for (size_t i = 0; i < n; i++) y[i] += (1 - keep) * (x[i] - y[i]);
}

FM_KERNEL(double, fm_sum_squares, (const float *x, size_t n), (x, n)) {
    double lanes[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int j = 0; j < 8; j++) lanes[j] += (double)x[i + j] * x[i + j];
    for (; i < n; i++) lanes[0] += (double)x[i] * x[i];
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

FM_KERNEL(void, fm_dropout, (const float *x, float *y, size_t n, uint32_t offset, uint32_t key, float rate),
          (x, y, n, offset, key, rate)) {
    const uint32_t threshold = (uint32_t)(rate * 16777216.0f);
    const float scale = 1.0f / (1.0f - rate);
    for (size_t i = 0; i < n; i++) {
        // MurmurHash3's final mix of a counter.
        uint32_t h = ((uint32_t)i + offset) * 0x9E3779B9u ^ key;
        h ^= h >> 16;
        h *= 0x85EBCA6Bu;
        h ^= h >> 13;
        h *= 0xC2B2AE35u;
        h ^= h >> 16;
        y[i] = (h >> 8) >= threshold ? x[i] * scale : 0.0f;
    }
}

typedef float pool_16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t pool_i16 __attribute__((vector_size(64), aligned(4)));
typedef float pool_8 __attribute__((vector_size(32), aligned(4)));
typedef int32_t pool_i8 __attribute__((vector_size(32), aligned(4)));
typedef float pool_4 __attribute__((vector_size(16), aligned(4)));
typedef int32_t pool_i4 __attribute__((vector_size(16), aligned(4)));

// Largest values without their places, one place of the output: the maxima of `N` channels stay in registers while the
// window runs. Returns the first channel that is left.
#define POOL_PLACE(NAME, VEC, INTS, N)                                                                               \
    static inline __attribute__((always_inline)) int NAME(const float *x, size_t row, int channels, int rows,        \
                                                          int columns, int c, int end, float *out) {                 \
        for (; c + (N) <= end; c += (N)) {                                                                           \
            VEC best = *(const VEC *)(x + c);                                                                        \
            for (int i = 0; i < rows; i++)                                                                           \
                for (int j = 0; j < columns; j++) {                                                                  \
                    const VEC in = *(const VEC *)(x + (size_t)i * row + (size_t)j * (size_t)channels + c);           \
                    const INTS more = in > best;                                                                     \
                    best = (VEC)(((INTS)in & more) | ((INTS)best & ~more));                                          \
                }                                                                                                    \
            *(VEC *)(out + c) = best;                                                                                \
        }                                                                                                            \
        return c;                                                                                                    \
    }
POOL_PLACE(pool_place_16, pool_16, pool_i16, 16)
POOL_PLACE(pool_place_8, pool_8, pool_i8, 8)
POOL_PLACE(pool_place_4, pool_4, pool_i4, 4)

static inline __attribute__((always_inline)) void pool_place(const float *x, size_t row, int channels, int rows,
                                                             int columns, float *out) {
    int c = pool_place_16(x, row, channels, rows, columns, 0, channels, out);
    // What is left, together with some that are done: these once more.
    if (c < channels && channels >= 8) {
        c = pool_place_8(x, row, channels, rows, columns, c, channels, out);
        if (c < channels) c = pool_place_8(x, row, channels, rows, columns, channels - 8, channels, out);
    } else if (c < channels && channels >= 4) {
        c = pool_place_4(x, row, channels, rows, columns, c, channels, out);
        if (c < channels) c = pool_place_4(x, row, channels, rows, columns, channels - 4, channels, out);
    }
    for (; c < channels; c++) {
        float best = x[c];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) {
                const float value = x[(size_t)i * row + (size_t)j * (size_t)channels + c];
                best = value > best ? value : best;
            }
        out[c] = best;
    }
}

FM_KERNEL(void, fm_max_pool, (const float *restrict x, int height, int width, int channels, int pool_height,
                              int pool_width, int stride_height, int stride_width, int pad_top, int pad_left,
                              int first_row, int last_row, int out_width, float *restrict y, uint8_t *restrict which),
          (x, height, width, channels, pool_height, pool_width, stride_height, stride_width, pad_top, pad_left,
           first_row, last_row, out_width, y, which)) {
    for (int h = first_row; h < last_row; h++)
        for (int w = 0; w < out_width; w++) {
            float *out = y + ((size_t)h * out_width + w) * channels;
            const int above = h * stride_height - pad_top, before = w * stride_width - pad_left;
            const int top = above < 0 ? 0 : above, left = before < 0 ? 0 : before;
            const int rows = (above + pool_height < height ? above + pool_height : height) - top;
            const int columns = (before + pool_width < width ? before + pool_width : width) - left;
            if (!which) {
                const float *in = x + ((size_t)top * width + left) * channels;
                const size_t row = (size_t)width * channels;
                // The usual windows in full: their loops are gone.
                if (rows == 3 && columns == 3) pool_place(in, row, channels, 3, 3, out);
                else if (rows == 2 && columns == 2) pool_place(in, row, channels, 2, 2, out);
                else pool_place(in, row, channels, rows, columns, out);
                continue;
            }
            uint8_t *at = which + ((size_t)h * out_width + w) * channels;
            int first = 1;
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++) {
                    const float *in = x + ((size_t)(top + i) * width + left + j) * channels;
                    const uint8_t place = (uint8_t)((top + i - above) * pool_width + left + j - before);
                    if (first) {
                        memcpy(out, in, (size_t)channels * sizeof(float));
                        memset(at, place, (size_t)channels);
                        first = 0;
                        continue;
                    }
                    for (int c = 0; c < channels; c++) {
                        const int more = in[c] > out[c];
                        out[c] = more ? in[c] : out[c];
                        at[c] = more ? place : at[c];
                    }
                }
        }
}

FM_KERNEL(void, fm_max_pool_gradient, (const float *restrict dy, const uint8_t *restrict which, int height, int width,
                                       int channels, int pool_width, int stride_height, int stride_width, int pad_top,
                                       int pad_left, int out_height, int out_width, float *restrict dx),
          (dy, which, height, width, channels, pool_width, stride_height, stride_width, pad_top, pad_left, out_height,
           out_width, dx)) {
    memset(dx, 0, (size_t)height * width * channels * sizeof(float));
    for (int h = 0; h < out_height; h++)
        for (int w = 0; w < out_width; w++)
            for (int c = 0; c < channels; c++) {
                const size_t at = ((size_t)h * out_width + w) * channels + c;
                const int r = h * stride_height + which[at] / pool_width - pad_top;
                const int q = w * stride_width + which[at] % pool_width - pad_left;
                dx[((size_t)r * width + q) * channels + c] += dy[at];
            }
}

FM_KERNEL(void, fm_global_max_pool, (const float *restrict x, int pixels, int channels, float *restrict y,
                                     int32_t *restrict which), (x, pixels, channels, y, which)) {
    memcpy(y, x, (size_t)channels * sizeof(float));
    if (which) memset(which, 0, (size_t)channels * sizeof(int32_t));
    for (int p = 1; p < pixels; p++) {
        const float *in = x + (size_t)p * channels;
        if (which)
            for (int c = 0; c < channels; c++) which[c] = in[c] > y[c] ? p : which[c];
        for (int c = 0; c < channels; c++) y[c] = in[c] > y[c] ? in[c] : y[c];
    }
}

FM_KERNEL(void, fm_adam, (float *restrict p, const float *restrict g, float *restrict m, float *restrict v, size_t n,
                          float rate, float beta1, float beta2, float epsilon, float decay, float gradient_scale),
          (p, g, m, v, n, rate, beta1, beta2, epsilon, decay, gradient_scale)) {
    for (size_t i = 0; i < n; i++) {
        const float d = g[i] * gradient_scale;
        m[i] += (d - m[i]) * (1 - beta1);
        v[i] += (d * d - v[i]) * (1 - beta2);
        p[i] = p[i] - decay * p[i] - rate * m[i] / (sqrtf(v[i]) + epsilon);
    }
}

FM_KERNEL(void, fm_sgd, (float *restrict p, const float *restrict g, float *restrict velocity, size_t n, float rate,
                         float momentum, int nesterov, float decay, float gradient_scale),
          (p, g, velocity, n, rate, momentum, nesterov, decay, gradient_scale)) {
    if (!velocity) {
        for (size_t i = 0; i < n; i++) p[i] = p[i] - decay * p[i] - rate * gradient_scale * g[i];
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const float step = rate * gradient_scale * g[i];
        const float speed = momentum * velocity[i] - step;
        velocity[i] = speed;
        p[i] = p[i] - decay * p[i] + (nesterov ? momentum * speed - step : speed);
    }
}

FM_KERNEL(void, fm_rmsprop, (float *restrict p, const float *restrict g, float *restrict square,
                             float *restrict velocity, size_t n, float rate, float rho, float momentum, float epsilon,
                             float decay, float gradient_scale),
          (p, g, square, velocity, n, rate, rho, momentum, epsilon, decay, gradient_scale)) {
    for (size_t i = 0; i < n; i++) {
        const float d = g[i] * gradient_scale;
        square[i] = rho * square[i] + (1 - rho) * d * d;
        float step = rate * d / sqrtf(square[i] + epsilon);
        if (velocity) {
            velocity[i] = momentum * velocity[i] + step;
            step = velocity[i];
        }
        p[i] = p[i] - decay * p[i] - step;
    }
}
