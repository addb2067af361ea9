#include "CKernels.h"
#include <string.h>

// Calls BODY for every output place and tap inside the image, with x_at, w_at and y_at the offsets of its channels.
#define FOR_EACH_TAP(s, BODY)                                                                                   \
    for (int h = 0; h < s->out_height; h++)                                                                     \
        for (int w_ = 0; w_ < s->out_width; w_++)                                                               \
            for (int i = 0; i < s->kernel_height; i++) {                                                        \
                const int r = h * s->stride_height + i * s->dilation_height - s->pad_top;                       \
                if (r < 0 || r >= s->height) continue;                                                          \
                for (int j = 0; j < s->kernel_width; j++) {                                                     \
                    const int q = w_ * s->stride_width + j * s->dilation_width - s->pad_left;                   \
                    if (q < 0 || q >= s->width) continue;                                                       \
                    const size_t x_at = ((size_t)r * s->width + q) * s->channels;                               \
                    const size_t w_at = ((size_t)i * s->kernel_width + j) * s->channels * s->multiplier;        \
                    const size_t y_at = ((size_t)h * s->out_width + w_) * s->channels * s->multiplier;          \
                    BODY                                                                                        \
                }                                                                                               \
            }

FM_CLONES
void fm_depthwise_forward(const fm_depthwise_shape *s, const float *restrict x, const float *restrict w,
                          float *restrict y) {
    const int C = s->channels, M = s->multiplier;
    memset(y, 0, (size_t)s->out_height * s->out_width * C * M * sizeof(float));
    FOR_EACH_TAP(s, {
        if (M == 1)
            for (int c = 0; c < C; c++) y[y_at + c] += x[x_at + c] * w[w_at + c];
        else
            for (int c = 0; c < C; c++)
                for (int m = 0; m < M; m++) y[y_at + c * M + m] += x[x_at + c] * w[w_at + c * M + m];
    })
}

FM_CLONES
void fm_depthwise_input_gradient(const fm_depthwise_shape *s, const float *restrict dy, const float *restrict w,
                                 float *restrict dx) {
    const int C = s->channels, M = s->multiplier;
    memset(dx, 0, (size_t)s->height * s->width * C * sizeof(float));
    FOR_EACH_TAP(s, {
        if (M == 1)
            for (int c = 0; c < C; c++) dx[x_at + c] += dy[y_at + c] * w[w_at + c];
        else
            for (int c = 0; c < C; c++)
                for (int m = 0; m < M; m++) dx[x_at + c] += dy[y_at + c * M + m] * w[w_at + c * M + m];
    })
}

FM_CLONES
void fm_depthwise_weight_gradient(const fm_depthwise_shape *s, const float *restrict x, const float *restrict dy,
                                  float *restrict dw) {
    const int C = s->channels, M = s->multiplier;
    FOR_EACH_TAP(s, {
        if (M == 1)
            for (int c = 0; c < C; c++) dw[w_at + c] += dy[y_at + c] * x[x_at + c];
        else
            for (int c = 0; c < C; c++)
                for (int m = 0; m < M; m++) dw[w_at + c * M + m] += dy[y_at + c * M + m] * x[x_at + c];
    })
}
