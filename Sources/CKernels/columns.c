#include "CKernels.h"
#include "isa.h"

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16 __attribute__((vector_size(64), aligned(4)));
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))

// Sums down the columns of a matrix stay in registers, for 64, 32 and 16 columns at a time; BLOCK(N, c) does N sixteens
// from column c on, ONE(c) a single column.
#define FOR_COLUMNS(columns)                                   \
    size_t c = 0;                                              \
    for (; c + 64 <= (columns); c += 64) BLOCK(4)              \
    for (; c + 32 <= (columns); c += 32) BLOCK(2)              \
    for (; c + 16 <= (columns); c += 16) BLOCK(1)              \
    for (; c < (columns); c++) ONE

FM_KERNEL(void, fm_add_column_sums, (const float *restrict x, size_t rows, size_t columns, float *restrict sums),
          (x, rows, columns, sums)) {
#define BLOCK(N)                                                                                    \
    {                                                                                               \
        v16 sum[N];                                                                                 \
        for (int n = 0; n < (N); n++) sum[n] = LOAD(sums + c + n * 16);                             \
        for (size_t r = 0; r < rows; r++)                                                           \
            for (int n = 0; n < (N); n++) sum[n] += LOAD(x + r * columns + c + n * 16);             \
        for (int n = 0; n < (N); n++) STORE(sums + c + n * 16, sum[n]);                             \
    }
#define ONE for (size_t r = 0; r < rows; r++) sums[c] += x[r * columns + c];
    FOR_COLUMNS(columns)
#undef BLOCK
#undef ONE
}

FM_KERNEL(void, fm_add_column_squares, (const float *restrict x, const float *restrict mean, size_t rows,
                                        size_t columns, float *restrict out), (x, mean, rows, columns, out)) {
#define BLOCK(N)                                                                                    \
    {                                                                                               \
        v16 sum[N], middle[N];                                                                      \
        for (int n = 0; n < (N); n++) sum[n] = LOAD(out + c + n * 16), middle[n] = LOAD(mean + c + n * 16); \
        for (size_t r = 0; r < rows; r++)                                                           \
            for (int n = 0; n < (N); n++) {                                                         \
                const v16 d = LOAD(x + r * columns + c + n * 16) - middle[n];                       \
                sum[n] += d * d;                                                                    \
            }                                                                                       \
        for (int n = 0; n < (N); n++) STORE(out + c + n * 16, sum[n]);                              \
    }
#define ONE                                                         \
    for (size_t r = 0; r < rows; r++) {                             \
        const float d = x[r * columns + c] - mean[c];               \
        out[c] += d * d;                                            \
    }
    FOR_COLUMNS(columns)
#undef BLOCK
#undef ONE
}

FM_KERNEL(void, fm_add_column_products, (const float *restrict dy, const float *restrict x, const float *restrict mean,
                                         size_t rows, size_t columns, float *restrict out),
          (dy, x, mean, rows, columns, out)) {
#define BLOCK(N)                                                                                    \
    {                                                                                               \
        v16 sum[N], middle[N];                                                                      \
        for (int n = 0; n < (N); n++) sum[n] = LOAD(out + c + n * 16), middle[n] = LOAD(mean + c + n * 16); \
        for (size_t r = 0; r < rows; r++)                                                           \
            for (int n = 0; n < (N); n++) {                                                         \
                const size_t at = r * columns + c + n * 16;                                         \
                sum[n] += LOAD(dy + at) * (LOAD(x + at) - middle[n]);                               \
            }                                                                                       \
        for (int n = 0; n < (N); n++) STORE(out + c + n * 16, sum[n]);                              \
    }
#define ONE \
    for (size_t r = 0; r < rows; r++) out[c] += dy[r * columns + c] * (x[r * columns + c] - mean[c]);
    FOR_COLUMNS(columns)
#undef BLOCK
#undef ONE
}

// What a ReLU behind the normalization let through: the very sum that fm_scale_shift made decides.
#define PASSED(value, x, scale, shift) (scale ? (v16)((i16)(value) & ((x) * scale_[n] + shift_[n] > zero)) : (value))
#define LOAD_LIMITS(N)                                                                              \
    v16 scale_[N], shift_[N];                                                                       \
    const v16 zero = {0};                                                                           \
    for (int n = 0; n < (N); n++)                                                                   \
        scale_[n] = scale ? LOAD(scale + c + n * 16) : zero, shift_[n] = scale ? LOAD(shift + c + n * 16) : zero;

FM_KERNEL(void, fm_batch_norm_sums, (const float *restrict dy, const float *restrict x, const float *restrict mean,
                                     const float *restrict scale, const float *restrict shift, size_t rows,
                                     size_t columns, float *restrict sums, float *restrict products),
          (dy, x, mean, scale, shift, rows, columns, sums, products)) {
#define BLOCK(N)                                                                                    \
    {                                                                                               \
        LOAD_LIMITS(N)                                                                              \
        v16 sum[N], product[N], middle[N];                                                          \
        for (int n = 0; n < (N); n++) {                                                             \
            sum[n] = LOAD(sums + c + n * 16);                                                       \
            product[n] = LOAD(products + c + n * 16);                                               \
            middle[n] = LOAD(mean + c + n * 16);                                                    \
        }                                                                                           \
        for (size_t r = 0; r < rows; r++)                                                           \
            for (int n = 0; n < (N); n++) {                                                         \
                const size_t at = r * columns + c + n * 16;                                         \
                const v16 in = LOAD(x + at), gradient = PASSED(LOAD(dy + at), in, scale, shift);    \
                sum[n] += gradient;                                                                 \
                product[n] += gradient * (in - middle[n]);                                          \
            }                                                                                       \
        for (int n = 0; n < (N); n++) {                                                             \
            STORE(sums + c + n * 16, sum[n]);                                                       \
            STORE(products + c + n * 16, product[n]);                                               \
        }                                                                                           \
    }
#define ONE                                                                                         \
    for (size_t r = 0; r < rows; r++) {                                                             \
        const float in = x[r * columns + c];                                                        \
        if (scale && !(in * scale[c] + shift[c] > 0)) continue;                                     \
        sums[c] += dy[r * columns + c];                                                             \
        products[c] += dy[r * columns + c] * (in - mean[c]);                                        \
    }
    FOR_COLUMNS(columns)
#undef BLOCK
#undef ONE
}

FM_KERNEL(void, fm_batch_norm_gradient, (const float *restrict dy, const float *restrict x, const float *restrict mean,
                                         const float *restrict scale, const float *restrict shift,
                                         const float *restrict a, const float *restrict b, const float *restrict d,
                                         size_t rows, size_t columns, float *restrict dx),
          (dy, x, mean, scale, shift, a, b, d, rows, columns, dx)) {
#define BLOCK(N)                                                                                    \
    {                                                                                               \
        LOAD_LIMITS(N)                                                                              \
        v16 middle[N], a_[N], b_[N], d_[N];                                                         \
        for (int n = 0; n < (N); n++) {                                                             \
            middle[n] = LOAD(mean + c + n * 16);                                                    \
            a_[n] = LOAD(a + c + n * 16);                                                           \
            b_[n] = LOAD(b + c + n * 16);                                                           \
            d_[n] = LOAD(d + c + n * 16);                                                           \
        }                                                                                           \
        for (size_t r = 0; r < rows; r++)                                                           \
            for (int n = 0; n < (N); n++) {                                                         \
                const size_t at = r * columns + c + n * 16;                                         \
                const v16 in = LOAD(x + at), gradient = PASSED(LOAD(dy + at), in, scale, shift);    \
                STORE(dx + at, gradient * a_[n] + (in - middle[n]) * b_[n] + d_[n]);                \
            }                                                                                       \
    }
#define ONE                                                                                         \
    for (size_t r = 0; r < rows; r++) {                                                             \
        const float in = x[r * columns + c];                                                        \
        const float gradient = scale && !(in * scale[c] + shift[c] > 0) ? 0 : dy[r * columns + c];  \
        dx[r * columns + c] = gradient * a[c] + (in - mean[c]) * b[c] + d[c];                       \
    }
    // Fewer columns at once than for sums: each has six vectors that stay.
    size_t c = 0;
    for (; c + 32 <= columns; c += 32) BLOCK(2)
    for (; c + 16 <= columns; c += 16) BLOCK(1)
    for (; c < columns; c++) ONE
#undef BLOCK
#undef ONE
}
