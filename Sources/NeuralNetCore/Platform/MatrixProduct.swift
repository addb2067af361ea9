import CKernels

/// The matrix product of a kernel, of floats or of floats rounded to bfloat16 on their way.
struct MatrixProduct {
    let isHalf: Bool

    /// As `BLAS.gemm`.
    func callAsFunction(
        _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int,
        _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
    ) {
        (isHalf ? fm_bf16_gemm_any : fm_gemm_any)(
            transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, lda, b, ldb, c, ldc, beta == 0 ? 0 : 1)
    }
}
