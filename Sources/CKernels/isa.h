#ifndef ISA_H
#define ISA_H
#include "kernels_isa.h"

// Only isa.c writes it.
extern fm_isa fm_isa_level;

// A kernel in as many forms as there are widths of vectors. In front of a body it makes the function `name`, which runs
// the form for `fm_isa_level`:
//
//     FM_KERNEL(void, fm_double, (float *x, size_t n), (x, n)) {
//         for (size_t i = 0; i < n; i++) x[i] *= 2;
//     }
#define FM_KERNEL(result, name, parameters, arguments) FM_FORMS(, result, name, parameters, arguments)
#define FM_STATIC_KERNEL(result, name, parameters, arguments) FM_FORMS(static, result, name, parameters, arguments)

#if defined(__x86_64__)
// The features one by one: a function for "arch=x86-64-v4" would be given vectors of half the width.
#define FM_FEATURES_AVX2 "avx2,bmi,bmi2,fma,popcnt"
#define FM_FEATURES_AVX512 FM_FEATURES_AVX2 ",avx512f,avx512bw,avx512cd,avx512dq,avx512vl"
#define FM_FEATURES_VNNI FM_FEATURES_AVX512 ",avx512vnni"
#define FM_FEATURES_AVX512BF16 FM_FEATURES_VNNI ",avx512bf16"
#define FM_FEATURES_AMX FM_FEATURES_AVX512BF16 ",amx-tile,amx-bf16"
#define FM_TARGET(features) __attribute__((target(features)))

#define FM_FORMS(linkage, result, name, parameters, arguments)                                                         \
    static inline __attribute__((always_inline)) result name##_body parameters;                                       \
    FM_TARGET(FM_FEATURES_AVX512) static result name##_avx512 parameters { return name##_body arguments; }            \
    FM_TARGET(FM_FEATURES_AVX2) static result name##_avx2 parameters { return name##_body arguments; }                \
    static result name##_baseline parameters { return name##_body arguments; }                                        \
    linkage result name parameters {                                                                                  \
        if (fm_isa_level >= FM_AVX512) return name##_avx512 arguments;                                                \
        if (fm_isa_level >= FM_AVX2) return name##_avx2 arguments;                                                    \
        return name##_baseline arguments;                                                                             \
    }                                                                                                                 \
    static inline __attribute__((always_inline)) result name##_body parameters
#else
#define FM_FORMS(linkage, result, name, parameters, arguments) linkage result name parameters
#endif

#endif
