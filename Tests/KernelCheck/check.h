#include "CKernels.h"
#include <stdio.h>

// Random numbers between -1 and 1; never freed.
float *numbers(size_t count);
void expect(const char *what, const float *found, const double *expected, size_t count, double tolerance);
void show(const char *what, const float *x, size_t count);

void check_products(void);
void check_bfloat16(void);
void check_convolutions(void);
void check_values(void);
void check_haar(void);
void check_sound(void);
