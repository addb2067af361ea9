#include "isa.h"
#include "CKernels.h"

fm_isa fm_isa_level = FM_BASELINE;
static fm_isa best = FM_BASELINE;
static int is_valid = 1;

static const char *const names[FM_ISA_COUNT] = {"baseline", "avx2", "avx512", "vnni"};

static fm_isa detect(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    // All that FM_FEATURES_... name.
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi") ||
        !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("popcnt"))
        return FM_BASELINE;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512cd") || !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512vl"))
        return FM_AVX2;
    return __builtin_cpu_supports("avx512vnni") ? FM_VNNI : FM_AVX512;
#else
    return FM_BASELINE;
#endif
}

__attribute__((constructor)) static void choose(void) {
    fm_isa_level = best = detect();
#ifndef __wasm__
    const char *wanted = getenv("FERMUSIC_ISA");
    if (!wanted || !*wanted) return;
    for (fm_isa level = FM_BASELINE; level <= best; level++)
        if (strcmp(wanted, names[level]) == 0) {
            fm_isa_level = level;
            return;
        }
    is_valid = 0;
    fm_isa_level = FM_BASELINE;
#endif
}

fm_isa fm_isa_used(void) { return fm_isa_level; }

fm_isa fm_isa_best(void) { return best; }

int fm_isa_is_valid(void) { return is_valid; }

const char *fm_isa_name(fm_isa level) { return level < FM_ISA_COUNT ? names[level] : ""; }
