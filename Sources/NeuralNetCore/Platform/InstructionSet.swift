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

    /// Whether bfloat16 is multiplied faster than float32. Intel's AVX-512 BF16 without tiles is not: VDPBF16PS takes four
    /// times as long as a multiplication of half as many floats (measured on a Xeon that has AVX-512 FP16, too).
    public static var isFasterInBFloat16: Bool { fm_isa_bf16_is_fast() != 0 }

    /// What multiplies where bfloat16 is wished: `AMX tiles`, `AVX-512 BF16` or, where those are missing or slower,
    /// `float32, which is faster here`; see `Precision.fastest`.
    public static var bfloat16: String {
        guard isFasterInBFloat16 else { return "float32, which is faster here" }
        return fm_isa_used() == FM_AMX ? "AMX tiles" : "AVX-512 BF16"
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

extension Precision {
    /// What to compute with where this precision is wished for its speed: bfloat16 only where the processor multiplies it
    /// faster than float32, which is more exact. `.bfloat16` itself gives the same products on every processor.
    public var fastest: Precision { self == .bfloat16 && !InstructionSet.isFasterInBFloat16 ? .float : self }
}
