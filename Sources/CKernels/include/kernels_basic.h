#ifndef KERNELS_BASIC_H
#define KERNELS_BASIC_H
#include <stddef.h>
#include <stdint.h>

// Runs the loop below it in the widest form the processor has, chosen once when the program starts.
#if defined(__x86_64__) && defined(__linux__)
#define FM_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FM_CLONES
#endif

#endif
