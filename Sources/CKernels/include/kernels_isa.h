#ifndef KERNELS_ISA_H
#define KERNELS_ISA_H

// Which instructions the kernels use: chosen once, when the program is loaded, and never above what the processor and
// the system have. Each level has all that those before it have.
typedef enum {
    FM_BASELINE,  // x86-64 with SSE2, arm64 with NEON, plain C elsewhere
    FM_AVX2,      // with FMA: x86-64-v3
    FM_AVX512,    // F, BW, CD, DQ, VL: x86-64-v4
    FM_VNNI,      // and products of bytes
    FM_AVX512BF16,  // and of bfloat16
    FM_AMX,       // and of tiles of bfloat16, which the system lets this process use
    FM_ISA_COUNT,
} fm_isa;

// What the kernels use. The environment variable FERMUSIC_ISA can name a lower level than the best; if it names none or
// one that this processor lacks, this is FM_BASELINE.
fm_isa fm_isa_used(void);

// The best this machine has.
fm_isa fm_isa_best(void);

// Whether FERMUSIC_ISA names a level that this processor has, or nothing.
int fm_isa_is_valid(void);

// Whether what the kernels use multiplies bfloat16 faster than float32: tiles do, and AVX-512 BF16 but for Intel's, where
// VDPBF16PS takes four times as long as a multiplication of half as many floats.
int fm_isa_bf16_is_fast(void);

// "baseline", "avx2", "avx512", "vnni", "avx512bf16", "amx".
const char *fm_isa_name(fm_isa level);
#endif
