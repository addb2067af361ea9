import CKernels
import Randomness
import Testing

/// The matrix product for every instruction set that this machine has.
struct MatrixProductTests {
    private static let levels = (FM_BASELINE.rawValue...fm_isa_best().rawValue).map { fm_isa(rawValue: $0) }

    /// A product of some shape and order, whose rows lie further apart than they are long.
    private struct Product {
        var transposeA: Bool
        var transposeB: Bool
        var accumulates: Bool
        var m: Int
        var n: Int
        var k: Int
        var lda: Int
        var ldb: Int
        var ldc: Int
        var a: [Float]
        var b: [Float]
        var before: [Float]

        init(_ m: Int, _ n: Int, _ k: Int, order: Int, gaps: Bool) {
            var random = RandomGenerator(seed: UInt64(m * 31 + n * 7 + k))
            transposeA = order & 1 != 0
            transposeB = order & 2 != 0
            accumulates = order & 4 != 0
            (self.m, self.n, self.k) = (m, n, k)
            lda = (transposeA ? m : k) + (gaps ? 3 : 0)
            ldb = (transposeB ? k : n) + (gaps ? 5 : 0)
            ldc = n + (gaps ? 2 : 0)
            // Not a float more than the matrices have: what is read beyond them would be found by a sanitizer.
            let rowsOfA = transposeA ? k : m, rowsOfB = transposeB ? n : k
            a = (0..<max(0, lda * (rowsOfA - 1) + (transposeA ? m : k))).map { _ in random.uniform(in: -1...1) }
            b = (0..<max(0, ldb * (rowsOfB - 1) + (transposeB ? k : n))).map { _ in random.uniform(in: -1...1) }
            before = (0..<max(0, ldc * (m - 1) + n)).map { _ in random.uniform(in: -1...1) }
        }

        /// Rows and columns of the product, in the place that they have in all of it.
        func run(_ level: fm_isa, rows: Range<Int>? = nil, columns: Range<Int>? = nil, into c: inout [Float]) {
            let rows = rows ?? 0..<m, columns = columns ?? 0..<n
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    c.withUnsafeMutableBufferPointer { c in
                        fm_gemm_any_for(
                            level, transposeA ? 1 : 0, transposeB ? 1 : 0, rows.count, columns.count, k,
                            a.baseAddress! + rows.lowerBound * (transposeA ? 1 : lda), lda,
                            b.baseAddress! + columns.lowerBound * (transposeB ? ldb : 1), ldb,
                            c.baseAddress! + rows.lowerBound * ldc + columns.lowerBound, ldc, accumulates ? 1 : 0)
                    }
                }
            }
        }

        /// The sum in double precision.
        func expected(_ i: Int, _ j: Int) -> Double {
            var sum = accumulates ? Double(before[i * ldc + j]) : 0
            for l in 0..<k {
                sum +=
                    Double(transposeA ? a[l * lda + i] : a[i * lda + l])
                    * Double(transposeB ? b[j * ldb + l] : b[l * ldb + j])
            }
            return sum
        }
    }

    @Test(arguments: [
        (1, 1, 1), (1, 1, 700), (1, 7, 3), (1, 40, 19), (1, 4100, 9), (2, 1, 5), (90, 1, 33), (2, 17, 300), (3, 16, 5),
        (3, 3, 3), (5, 64, 1), (6, 16, 8), (7, 15, 32), (9, 7, 130), (13, 31, 33), (14, 32, 64), (14, 48, 512),
        (15, 33, 385), (16, 16, 16), (29, 20, 40), (43, 40, 50), (64, 7, 256), (65, 15, 9), (100, 5, 77), (113, 530, 7),
        (130, 33, 257), (130, 150, 390), (57, 1030, 30),
    ])
    func productsOfAllShapes(_ m: Int, _ n: Int, _ k: Int) {
        for (order, gaps) in (0..<8).flatMap({ [($0, false), ($0, true)] }) {
            let product = Product(m, n, k, order: order, gaps: gaps)
            for level in Self.levels {
                var c = product.before
                product.run(level, into: &c)
                var worst = 0.0, touched = 0
                for i in 0..<m {
                    for j in 0..<n {
                        let error = abs(Double(c[i * product.ldc + j]) - product.expected(i, j))
                        if !(error <= worst) { worst = error.isNaN ? .infinity : error }
                        c[i * product.ldc + j] = product.before[i * product.ldc + j]
                    }
                }
                for i in c.indices where c[i] != product.before[i] { touched += 1 }
                // What rounding can make of k numbers up to 1, and seldom does.
                #expect(
                    worst < 1e-7 * Double(k + 20) && touched == 0,
                    "\(m) x \(n) x \(k), order \(order), level \(level.rawValue): \(worst), \(touched) others")
            }
        }
    }

    @Test func nothingTimesNothing() {
        var c: [Float] = [1, 2, 3, 4]
        let a: [Float] = [5]
        fm_gemm_any(0, 0, 0, 4, 1, a, 1, a, 4, &c, 4, 0)
        fm_gemm_any(0, 0, 4, 0, 1, a, 1, a, 0, &c, 0, 0)
        fm_gemm_any(0, 0, 1, 4, 0, a, 0, a, 4, &c, 4, 1)
        #expect(c == [1, 2, 3, 4])
        fm_gemm_any(0, 0, 1, 3, 0, a, 0, a, 4, &c, 4, 0)
        #expect(c == [0, 0, 0, 4])
    }

    /// However rows and columns are divided among threads, each number comes out the same to the last bit.
    @Test(arguments: [(9, 200, 700), (64, 7, 256), (31, 17, 300), (150, 64, 30), (200, 530, 400)])
    func partsAreThoseOfTheWhole(_ m: Int, _ n: Int, _ k: Int) {
        for order in 0..<8 {
            let product = Product(m, n, k, order: order, gaps: true)
            for level in Self.levels {
                var whole = product.before, parts = product.before
                product.run(level, into: &whole)
                let middle = min(16, n / 2)
                for columns in [0..<middle, middle..<n] {
                    // A row alone times a transposed matrix is another sum.
                    for rows in [0..<2, 2..<m / 2, m / 2..<m] {
                        product.run(level, rows: rows, columns: columns, into: &parts)
                    }
                }
                #expect(whole == parts, "\(m) x \(n) x \(k), order \(order), level \(level.rawValue)")
            }
        }
    }

    /// NaN and infinity reach exactly the rows and columns that they belong to.
    @Test func strangeNumbersStayWhereTheyBelong() {
        for order in 0..<4 {
            var product = Product(33, 19, 40, order: order, gaps: false)
            product.a[product.transposeA ? 5 * product.lda + 7 : 7 * product.lda + 5] = .nan
            for level in Self.levels {
                var c = product.before
                product.run(level, into: &c)
                for i in 0..<33 {
                    for j in 0..<19 { #expect(c[i * 19 + j].isNaN == (i == 7)) }
                }
            }
        }
    }
}
