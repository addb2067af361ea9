import CKernels

/// Single-precision matrix products, row-major. Each call runs on the calling thread alone: the layers divide the work
/// themselves.
package enum BLAS {
    /// `c = a b + beta c`, beta 0 or 1, with `c` m x n; `a` is m x k (k x m if transposed), `b` k x n (n x k if transposed).
    package static func gemm(
        _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int,
        _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
    ) {
        fm_gemm_any(transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, lda, b, ldb, c, ldc, beta == 0 ? 0 : 1)
    }
}
