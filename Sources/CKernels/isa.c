#define _GNU_SOURCE  // syscall
#include "isa.h"
#include "CKernels.h"
#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#endif

fm_isa fm_isa_level = FM_BASELINE;
static fm_isa best = FM_BASELINE;
static int is_valid = 1;

static const char *const names[FM_ISA_COUNT] = {"baseline", "avx2", "avx512", "vnni", "avx512bf16", "amx"};

#if defined(__x86_64__)
// Tiles are 8 kB of registers per thread, which Linux (5.16) gives to a process that asks for them.
static int has_tiles(void) {
#if defined(__linux__)
    enum { request = 0x1023, tile_data = 18 };  // ARCH_REQ_XCOMP_PERM, and the part of the state
    unsigned a, b, c, d;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    const unsigned needed = 1u << 22 | 1u << 24;  // AMX-BF16, AMX-TILE
    return (d & needed) == needed && syscall(SYS_arch_prctl, request, tile_data) == 0;
#else
    return 0;
#endif
}
#endif

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
    if (!__builtin_cpu_supports("avx512vnni")) return FM_AVX512;
    if (!__builtin_cpu_supports("avx512bf16")) return FM_VNNI;
    return has_tiles() ? FM_AMX : FM_AVX512BF16;
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

int fm_isa_bf16_is_fast(void) {
#if defined(__x86_64__)
    return fm_isa_level == FM_AMX || (fm_isa_level == FM_AVX512BF16 && !__builtin_cpu_is("intel"));
#else
    return 0;
#endif
}

int fm_isa_is_valid(void) { return is_valid; }

const char *fm_isa_name(fm_isa level) { return level < FM_ISA_COUNT ? names[level] : ""; }
