#include "CKernels.h"
#include "isa.h"

// Tiles are interpolated at 0, 1, -1, 2, -2 and infinity.

// r = B^T d, one column of six.
#define INPUT_TRANSFORM(r, d0, d1, d2, d3, d4, d5) \
    do {                                           \
        v16 a_ = d4 - 4.0f * d2, b_ = d3 - 4.0f * d1, c_ = d4 - d2, e_ = 2.0f * (d3 - d1); \
        r(0, 4.0f * d0 - 5.0f * d2 + d4);          \
        r(1, a_ + b_);                             \
        r(2, a_ - b_);                             \
        r(3, c_ + e_);                             \
        r(4, c_ - e_);                             \
        r(5, 4.0f * d1 - 5.0f * d3 + d5);          \
    } while (0)

// o = A^T m for the tile at m: t is [4][6], o is [4][4].
#define OUTPUT_ROWS(t, m, stride)                                                                                \
    for (int j = 0; j < 6; j++) {                                                                                \
        const float *q = (m) + (size_t)j * (stride);                                                             \
        v16 m0 = LOAD(q), m1 = LOAD(q + 6 * (stride)), m2 = LOAD(q + 12 * (stride)),                             \
            m3 = LOAD(q + 18 * (stride)), m4 = LOAD(q + 24 * (stride)), m5 = LOAD(q + 30 * (stride));            \
        v16 a = m1 + m2, b = m1 - m2, c_ = m3 + m4, d = m3 - m4;                                                 \
        t[j] = m0 + a + c_;                                                                                      \
        t[6 + j] = b + 2.0f * d;                                                                                 \
        t[12 + j] = a + 4.0f * c_;                                                                               \
        t[18 + j] = b + 8.0f * d + m5;                                                                           \
    }
#define OUTPUT_COLUMNS(o, t)                                                                                     \
    {                                                                                                            \
        v16 a = t[1] + t[2], b = t[1] - t[2], c_ = t[3] + t[4], d = t[3] - t[4];                                 \
        o[0] = t[0] + a + c_;                                                                                    \
        o[1] = b + 2.0f * d;                                                                                     \
        o[2] = a + 4.0f * c_;                                                                                    \
        o[3] = b + 8.0f * d + t[5];                                                                              \
    }

// t (six) = A d (four).
#define GRADIENT_TRANSFORM(r, d0, d1, d2, d3)                       \
    do {                                                            \
        v16 a_ = d0 + d2, b_ = d1 + d3, c_ = d0 + 4.0f * d2, e_ = 2.0f * d1 + 8.0f * d3; \
        r(0, d0);                                                   \
        r(1, a_ + b_);                                              \
        r(2, a_ - b_);                                              \
        r(3, c_ + e_);                                              \
        r(4, c_ - e_);                                              \
        r(5, d3);                                                   \
    } while (0)

// r (six) = B v (six).
#define INPUT_GRADIENT_TRANSFORM(r, v0, v1, v2, v3, v4, v5)                         \
    do {                                                                            \
        v16 a_ = v1 + v2, b_ = v2 - v1, c_ = v3 + v4, e_ = v4 - v3;                 \
        r(0, 4.0f * v0);                                                            \
        r(1, 4.0f * (b_ + v5) + 2.0f * e_);                                         \
        r(2, -5.0f * v0 - 4.0f * a_ - c_);                                          \
        r(3, -b_ - 2.0f * e_ - 5.0f * v5);                                          \
        r(4, v0 + a_ + c_);                                                         \
        r(5, v5);                                                                   \
    } while (0)

// r (six) = G g (three).
#define FILTER_TRANSFORM(r, g0, g1, g2)                                  \
    do {                                                                 \
        v16 a_ = (-1.0f / 6) * (g0 + g2), b_ = (1.0f / 6) * g1;          \
        v16 c_ = (1.0f / 24) * g0 + (1.0f / 6) * g2, e_ = (1.0f / 12) * g1; \
        r(0, 0.25f * g0);                                                \
        r(1, a_ - b_);                                                   \
        r(2, a_ + b_);                                                   \
        r(3, c_ + e_);                                                   \
        r(4, c_ - e_);                                                   \
        r(5, g2);                                                        \
    } while (0)

// r (three) = G^T d (six).
#define FILTER_GRADIENT_TRANSFORM(r, d0, d1, d2, d3, d4, d5)                                  \
    do {                                                                                      \
        v16 a_ = d1 + d2, b_ = d2 - d1, c_ = d3 + d4, e_ = d3 - d4;                           \
        r(0, 0.25f * d0 + (-1.0f / 6) * a_ + (1.0f / 24) * c_);                               \
        r(1, (1.0f / 6) * b_ + (1.0f / 12) * e_);                                             \
        r(2, (-1.0f / 6) * a_ + (1.0f / 6) * c_ + d5);                                        \
    } while (0)

#define FM_WINOGRAD FM_KERNEL
#define ELEMENT float
#define WRITE(to, v) STORE(to, v)
#define WRITE_FILTER(u, p, c, k, v) STORE(u + (p) * plane + (size_t)(c) * filters + k, v)
#define WRITE_TURNED_FILTER(ut, p, c, k, v) \
    for (int i = 0; i < 16; i++) ut[(p) * plane + (size_t)((k) + i) * channels + (c)] = (v)[i]
#include "winograd_template.h"
