import CKernels

/// Which of the processor's instructions the kernels use; chosen once, when the program starts.
///
/// That is the best this machine has, or the lower one that the environment variable `FERMUSIC_ISA` names: results of
/// different ones differ in the last digits. A value that says nothing, or asks for what the processor lacks, means the
/// baseline, and `problem` says so.
public enum InstructionSet {
    /// `baseline`, `avx2`, `avx512` (x86-64 levels 3 and 4), `vnni` (with products of bytes), `avx512bf16` (and of
    /// bfloat16) or `amx` (and of tiles of it). On arm64 always `baseline`, which is NEON there.
    public static var current: String { name(fm_isa_used()) }

    /// What multiplies bfloat16: `AMX tiles`, `AVX-512 BF16` or, no faster than float32, `imitated in float32`.
    public static var bfloat16: String {
        let level = fm_isa_used()
        if level == FM_AMX { return "AMX tiles" }
        return level == FM_AVX512BF16 ? "AVX-512 BF16" : "imitated in float32"
    }

    /// What this machine can be told to use, the best last.
    public static var available: [String] {
        (FM_BASELINE.rawValue...fm_isa_best().rawValue).map { name(fm_isa(rawValue: $0)) }
    }

    /// What is wrong with `FERMUSIC_ISA`; nil if nothing is.
    public static var problem: String? {
        if fm_isa_is_valid() != 0 { return nil }
        return "FERMUSIC_ISA: this processor can be told to use \(available.joined(separator: ", "))"
    }

    private static func name(_ level: fm_isa) -> String { String(cString: fm_isa_name(level)) }
}
