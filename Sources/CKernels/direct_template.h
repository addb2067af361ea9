// Direct convolution for one width of vectors. direct.c includes it once per instruction set, with FM_NAME(x), FM_WIDTH
// (floats per register), FM_VECTORS (registers of a wide block), FM_WIDE_ROWS and FM_SINGLE_ROWS (pixels of a block of
// that many registers, and of one), FM_STORE_PART (the first so many floats of a register go to memory).
//
// The sums of a few neighbouring pixels stay in registers while the taps run; each is one chain of multiply-adds that
// begins with the bias.

typedef float FM_NAME(vec) __attribute__((vector_size(FM_WIDTH * 4), aligned(4)));
typedef int32_t FM_NAME(ints) __attribute__((vector_size(FM_WIDTH * 4), aligned(4)));
#define VEC FM_NAME(vec)
#define INTS FM_NAME(ints)

// `pixels` x `vectors` sums, of which the first `columns` floats of each pixel are wanted. Where the pixels are not
// neighbours in a row, `places` says how far from x their windows begin. M. Dukhan, "The Indirect Convolution Algorithm",
// 2019.
static inline __attribute__((always_inline)) void FM_NAME(block)(
    const int pixels, const int vectors, const fm_direct_shape *s, const float *x, const size_t *places, const float *w,
    size_t columns, fm_ending ending, float *y) {
    VEC sum[FM_MOST_ROWS][FM_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < pixels; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sum[i][j] = *(const VEC *)(w + j * FM_WIDTH);
    w += vectors * FM_WIDTH;
    // Four pixels to a pointer: more pointers than registers would be read from memory.
    const size_t step = s->step, three = 3 * step;
    for (size_t r = 0; r < s->outer; r++)
        for (size_t q = 0; q < s->inner; q++) {
            const float *a = x + r * s->outer_stride + q * s->inner_stride;
            const float *b = a + 4 * step, *c = b + 4 * step, *d = c + 4 * step;
            const float *at[FM_MOST_ROWS];
            if (places)
#pragma clang loop unroll(full)
                for (int i = 0; i < pixels; i++) at[i] = a + places[i];
            for (size_t p = 0; p < s->run; p++) {
                VEC row[FM_VECTORS];
#pragma clang loop unroll(full)
                for (int j = 0; j < vectors; j++) row[j] = *(const VEC *)(w + j * FM_WIDTH);
#pragma clang loop unroll(full)
                for (int i = 0; i < pixels; i++) {
                    const float *from = i < 4 ? a : i < 8 ? b : i < 12 ? c : d;
                    const float value = places ? at[i][p] : from[i % 4 == 3 ? three : (i % 4) * step];
#pragma clang loop unroll(full)
                    for (int j = 0; j < vectors; j++) sum[i][j] += value * row[j];
                }
                a++, b++, c++, d++;
                w += vectors * FM_WIDTH;
            }
        }
    const VEC zero = {0};
#pragma clang loop unroll(full)
    for (int i = 0; i < pixels; i++) {
        if (ending == FM_RELU)  // what is not a number stays, so that it is noticed
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) sum[i][j] = (VEC)((INTS)sum[i][j] & ~(sum[i][j] < zero));
        if (ending == FM_SLOPES)
#pragma clang loop unroll(full)
            for (int j = 0; j < vectors; j++) {
                const INTS falls = sum[i][j] < zero;
                const VEC slope = *(const VEC *)(w + j * FM_WIDTH), fallen = sum[i][j] * slope;
                sum[i][j] = (VEC)(((INTS)fallen & falls) | ((INTS)sum[i][j] & ~falls));
            }
        float *to = y + i * s->filters;
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) {
            if (columns >= (size_t)(j + 1) * FM_WIDTH) {
                *(VEC *)(to + j * FM_WIDTH) = sum[i][j];
            } else if (columns > (size_t)j * FM_WIDTH) {
                const VEC last = sum[i][j];  // alone, or all sums would be kept in memory
                FM_STORE_PART(to + j * FM_WIDTH, last, columns - j * FM_WIDTH);
            }
        }
    }
}

#define FM_PANEL(NAME, COUNT, CASES)                                                                               \
    static void FM_NAME(NAME)(size_t pixels, const fm_direct_shape *s, const float *x, const size_t *places,       \
                              const float *w, size_t columns, fm_ending ending, float *y) {                                \
        enum { V = COUNT };                                                                                        \
        (void)places;                                                                                              \
        switch (pixels) { CASES }                                                                                  \
    }
#define FM_CASE(P) \
    case P: FM_NAME(block)(P, V, s, x, 0, w, columns, ending, y); break;
FM_PANEL(wide, FM_VECTORS, FM_WIDE_CASES)
FM_PANEL(single, 1, FM_SINGLE_CASES)
#undef FM_CASE
#define FM_CASE(P) \
    case P: FM_NAME(block)(P, V, s, x, places, w, columns, ending, y); break;
FM_PANEL(wide_apart, FM_VECTORS, FM_WIDE_CASES)
FM_PANEL(single_apart, 1, FM_SINGLE_CASES)

// All rows for the filters of one block, which is `width` floats wide.
static void FM_NAME(filters)(const fm_direct_shape *s, size_t rows, const float *x, const float *w, size_t width,
                             size_t columns, fm_ending ending, float *y) {
    const int is_wide = width > FM_WIDTH;
    const size_t most = is_wide ? FM_WIDE_ROWS : FM_SINGLE_ROWS;
    const size_t count = (s->pixels + most - 1) / most, each = s->pixels / count, longer = s->pixels % count;
    // Pixels of several rows at once, where one row's would leave most registers empty.
    const size_t all = rows * s->pixels, panels = (all + most - 1) / most;
    if (3 * panels <= 2 * rows * count) {
        for (size_t panel = 0; panel < panels; panel++) {
            const size_t first = all * panel / panels, pixels = all * (panel + 1) / panels - first;
            size_t places[FM_MOST_ROWS];
            for (size_t i = 0; i < pixels; i++)
                places[i] = (first + i) / s->pixels * s->row_step + (first + i) % s->pixels * s->step;
            (is_wide ? FM_NAME(wide_apart) : FM_NAME(single_apart))(pixels, s, x, places, w, columns, ending,
                                                                    y + first * s->filters);
        }
        return;
    }
    for (size_t row = 0; row < rows; row++)
        for (size_t panel = 0, first = 0; panel < count; panel++) {
            const size_t pixels = each + (panel < longer);
            (is_wide ? FM_NAME(wide) : FM_NAME(single))(pixels, s, x + row * s->row_step + first * s->step, 0, w,
                                                        columns, ending, y + (row * s->pixels + first) * s->filters);
            first += pixels;
        }
}

#undef VEC
#undef INTS
#undef FM_CASE
#undef FM_PANEL
#undef FM_NAME
#undef FM_WIDTH
#undef FM_VECTORS
#undef FM_WIDE_ROWS
#undef FM_SINGLE_ROWS
#undef FM_WIDE_CASES
#undef FM_SINGLE_CASES
#undef FM_STORE_PART
