import COpenBLAS
import NeuralNetCore

/// OpenBLAS's product of matrices, which the own one is measured by. The library is loaded when first asked for; its
/// kernels are those for the instructions that this program uses.
package struct OpenBLAS: @unchecked Sendable {
    // Safe to share: the table is filled before anybody sees it, and never changed or freed.
    private let table: UnsafePointer<fermusic_openblas>

    /// Loads the library. Throws `NeuralNetError.file` with what the loader says where that cannot be.
    package static func load() throws -> OpenBLAS {
        var message = [CChar](repeating: 0, count: 256)
        guard let table = fermusic_openblas_load(core, &message, message.count) else {
            throw NeuralNetError.file(
                path: "OpenBLAS", place: nil,
                reason: String(decoding: message.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
        }
        return OpenBLAS(table: table)
    }

    /// OpenBLAS's name for a processor with our instructions that all its versions know; nil: its own choice.
    private static var core: String? {
        #if arch(x86_64)
            switch InstructionSet.current {
            case "baseline": "PRESCOTT"
            case "avx2": "HASWELL"
            default: "SKYLAKEX"
            }
        #else
            nil
        #endif
    }

    /// The processor whose kernels it uses: `SkylakeX`.
    package var coreName: String { String(cString: table.pointee.openblas_get_corename()) }

    /// As `BLAS.gemm`; what has one row goes to OpenBLAS's product of matrix and vector, which is the faster one.
    package func gemm(
        _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int,
        _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
    ) {
        let plain = fermusic_blas_plain, transposed = fermusic_blas_transposed
        if m == 1, !transposeA {
            table.pointee.cblas_sgemv(
                fermusic_blas_rows, transposeB ? plain : transposed, Int32(transposeB ? n : k),
                Int32(transposeB ? k : n), 1, b, Int32(ldb), a, 1, beta, c, 1)
            return
        }
        table.pointee.cblas_sgemm(
            fermusic_blas_rows, transposeA ? transposed : plain, transposeB ? transposed : plain, Int32(m), Int32(n),
            Int32(k), 1, a, Int32(lda), b, Int32(ldb), beta, c, Int32(ldc))
    }
}
