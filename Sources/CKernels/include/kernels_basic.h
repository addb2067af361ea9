#ifndef KERNELS_BASIC_H
#define KERNELS_BASIC_H
// The whole C library that the Swift side uses, by one name on every platform.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// What happens to a sum: nothing, ReLU, or what is below zero is multiplied by the filter's slope (PReLU).
typedef enum { FM_PLAIN, FM_RELU, FM_SLOPES } fm_ending;

// Zeroed memory on a cache line, from 2 MB on a huge page where there are such; NULL if there is not enough.
void *fm_allocate(size_t bytes);
void fm_release(void *memory);

#endif
