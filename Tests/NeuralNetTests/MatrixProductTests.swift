import CKernels
import Randomness
import Testing

/// The product that stands in for a BLAS.
struct MatrixProductTests {
    @Test(arguments: [
        (1, 1, 1), (1, 7, 3), (3, 16, 5), (2, 17, 300), (65, 15, 9), (130, 33, 257), (5, 64, 1), (14, 48, 512),
        (3, 5, 0),
    ])
    func productsOfAllShapes(_ m: Int, _ n: Int, _ k: Int) {
        var random = RandomGenerator(seed: 11)
        for order in 0..<8 {
            let transposeA = order & 1 != 0, transposeB = order & 2 != 0, accumulate = order & 4 != 0
            // Rows lie further apart than they are long.
            let lda = (transposeA ? m : k) + 3, ldb = (transposeB ? k : n) + 5, ldc = n + 2
            let a = (0..<lda * (transposeA ? k : m) + 1).map { _ in random.uniform(in: -1...1) }
            let b = (0..<ldb * (transposeB ? n : k) + 1).map { _ in random.uniform(in: -1...1) }
            var c = (0..<ldc * m).map { _ in random.uniform(in: -1...1) }
            let before = c
            fm_gemm_any(transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, lda, b, ldb, &c, ldc, accumulate ? 1 : 0)
            for i in 0..<m {
                for j in 0..<ldc {
                    guard j < n else {
                        #expect(c[i * ldc + j] == before[i * ldc + j])
                        continue
                    }
                    var sum = accumulate ? Double(before[i * ldc + j]) : 0
                    for l in 0..<k {
                        sum +=
                            Double(transposeA ? a[l * lda + i] : a[i * lda + l])
                            * Double(transposeB ? b[j * ldb + l] : b[l * ldb + j])
                    }
                    #expect(abs(Double(c[i * ldc + j]) - sum) < 1e-5 * max(1, Double(k).squareRoot()))
                }
            }
        }
    }
}
