#ifndef GEMM_PANELS_H
#define GEMM_PANELS_H
#include <stddef.h>

// Panels of rows, split evenly so that none is left with one or two of them: the first `longer` have a row more.
typedef struct {
    size_t count, rows, longer;
} fm_panels;

static inline fm_panels panels_of(size_t m, size_t most) {
    const size_t count = (m + most - 1) / most;
    return (fm_panels){count, m / count, m % count};
}

static inline size_t panel_start(fm_panels panels, size_t panel) {
    return panel * panels.rows + (panel < panels.longer ? panel : panels.longer);
}

// Memory of the calling thread, FM_BUFFER bytes from its first product to its end.
float *fm_thread_buffer(void);
// Not more than a huge page, which spares address translations.
#define FM_BUFFER ((size_t)1 << 21)
#endif
