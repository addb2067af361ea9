// Runs the C kernels without Swift, so that processors which this machine does not have can be tried in an emulator:
// products and convolutions against their definition, of everything else a number per result, which Scripts/test-processors
// compares between processors. Ends with 1 if something is not what its definition says.
#include "check.h"

static uint32_t state = 1;

float *numbers(size_t count) {
    float *x = malloc(count * sizeof *x);
    if (!x) abort();
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 8) / 8388608.0f - 1.0f;
    }
    return x;
}

int failures;

void expect(const char *what, const float *found, const double *expected, size_t count, double tolerance) {
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        const double error = fabs((double)found[i] - expected[i]);
        // What is not a number stays the worst.
        if (!(error <= worst)) worst = isnan(error) ? INFINITY : error;
    }
    if (worst <= tolerance) return;
    fprintf(stderr, "%s: off by %g\n", what, worst);
    failures++;
}

// Enough to tell results apart, and their size to compare by.
void show(const char *what, const float *x, size_t count) {
    double sum = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)x[i] * (double)(1 + i * 7 % 13);
        size += fabs((double)x[i]) * (double)(1 + i * 7 % 13);
    }
    printf("%s %.9g %.9g\n", what, sum, size);
}

int main(void) {
    if (!fm_isa_is_valid()) {
        fprintf(stderr, "FERMUSIC_ISA asks for what this processor lacks\n");
        return 2;
    }
    fprintf(stderr, "%s\n", fm_isa_name(fm_isa_used()));
    check_products();
    check_bfloat16();
    check_convolutions();
    check_values();
    check_haar();
    check_sound();
    return failures ? 1 : 0;
}
