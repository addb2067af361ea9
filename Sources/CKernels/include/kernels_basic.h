#ifndef KERNELS_BASIC_H
#define KERNELS_BASIC_H
// The whole C library that the Swift side uses, by one name on every platform.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Zeroed memory on a cache line, from 2 MB on a huge page where there are such; NULL if there is not enough.
void *fm_allocate(size_t bytes);
void fm_release(void *memory);

#endif
