import CKernels

#if canImport(COpenBLAS)
    import COpenBLAS
#endif

/// Single-precision matrix products, row-major, through OpenBLAS where there is one. Each call runs on the calling thread
/// alone: the layers divide the work themselves.
package enum BLAS {
    /// `c = a b + beta c`, beta 0 or 1, with `c` m x n; `a` is m x k (k x m if transposed), `b` k x n (n x k if transposed).
    package static func gemm(
        _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int,
        _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
    ) {
        guard m > 0, n > 0 else { return }
        #if canImport(COpenBLAS)
            openBLAS(transposeA, transposeB, m, n, k, a, lda, b, ldb, beta, c, ldc)
        #else
            fm_gemm_any(
                transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, lda, b, ldb, c, ldc, beta == 0 ? 0 : 1)
        #endif
    }
}

#if canImport(COpenBLAS)
    extension BLAS {
        private static let oneThread: Void = openblas_set_num_threads(1)

        /// Above this many multiplications OpenBLAS has other kernels.
        private static let smallProduct = 1 << 20

        private static func openBLAS(
            _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>,
            _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float, _ c: UnsafeMutablePointer<Float>,
            _ ldc: Int
        ) {
            _ = oneThread
            if m == 1, !transposeA {
                // A product with one row is a matrix-vector product, which needs no packing.
                cblas_sgemv(
                    CblasRowMajor, transposeB ? CblasNoTrans : CblasTrans, Int32(transposeB ? n : k),
                    Int32(transposeB ? k : n), 1, b, Int32(ldb), a, 1, beta, c, 1)
                return
            }
            let odd = n % 16
            if odd > 0, odd <= 8, k >= 32, !transposeA, !transposeB, m * n * k <= smallProduct {
                // Here OpenBLAS (0.3.21, AVX-512) would allocate in each call: it gets the columns that come in sixteens.
                if n > odd { openBLAS(false, false, m, n - odd, k, a, lda, b, ldb, beta, c, ldc) }
                fm_gemm_narrow(m, odd, k, a, lda, b + n - odd, ldb, c + n - odd, ldc, beta == 0 ? 0 : 1)
                return
            }
            cblas_sgemm(
                CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
                Int32(m), Int32(n), Int32(k), 1, a, Int32(lda), b, Int32(ldb), beta, c, Int32(ldc))
        }
    }
#endif
