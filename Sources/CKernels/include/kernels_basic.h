#ifndef KERNELS_BASIC_H
#define KERNELS_BASIC_H
// The whole C library that the Swift side uses, by one name on every platform.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// The thread sanitizer is not up yet when the loader asks which form of a loop to take.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FM_ONE_FORM
#endif
#endif

// Runs the loop below it in the widest form the processor has, chosen once when the program starts.
#if defined(__x86_64__) && defined(__linux__) && !defined(FM_ONE_FORM)
#define FM_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FM_CLONES
#endif

// Zeroed memory on a cache line, from 2 MB on a huge page where there are such; NULL if there is not enough.
void *fm_allocate(size_t bytes);
void fm_release(void *memory);

#endif
