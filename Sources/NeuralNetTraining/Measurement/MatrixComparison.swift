import NeuralNetCore
import Timing

/// The own matrix product beside OpenBLAS's on one thread, in turns, over the sizes that networks ask for and odd ones.
package enum MatrixComparison {
    package struct Product: Sendable {
        /// Where it occurs.
        package let use: String
        package let transposeA: Bool
        package let transposeB: Bool
        package let m: Int
        package let n: Int
        package let k: Int
        package let accumulates: Bool

        /// `order` is `N` or `T` for each matrix, and `+` behind them where the result is added to what is there.
        init(_ use: String, _ order: String, _ m: Int, _ n: Int, _ k: Int) {
            let order = Array(order)
            self.use = use
            transposeA = order[0] == "T"
            transposeB = order[1] == "T"
            accumulates = order.count > 2
            (self.m, self.n, self.k) = (m, n, k)
        }

        /// `NT+`, say.
        package var order: String {
            "\(transposeA ? "T" : "N")\(transposeB ? "T" : "N")\(accumulates ? "+" : "")"
        }
    }

    package struct Result: Sendable {
        package let product: Product
        /// Billions of floating-point operations per second of processor time: medians.
        package let gigaflops: Double
        package let other: Double

        /// Above 1 the own product is the faster one.
        package var ratio: Double { gigaflops / other }
    }

    /// Measures one product for `rounds` turns, after one to warm up, of some milliseconds each.
    package static func measure(_ product: Product, against other: OpenBLAS, rounds: Int) -> Result {
        let (m, n, k) = (product.m, product.n, product.k)
        let (turnsA, turnsB) = (product.transposeA, product.transposeB)
        let lda = turnsA ? m : k, ldb = turnsB ? k : n
        let memory = AlignedMemory.allocate(floats: (m * k + k * n + m * n) + 48)
        defer { AlignedMemory.free(memory) }
        let a = memory, b = a + (m * k + 15) / 16 * 16, c = b + (k * n + 15) / 16 * 16
        for i in 0..<m * k { a[i] = Float(i * 29 % 255) / 128 - 1 }
        for i in 0..<k * n { b[i] = Float(i * 31 % 253) / 128 - 1 }
        let operations = 2 * Double(m) * Double(n) * Double(k)
        let repetitions = min(max(Int(2e7 / operations), 1), 5000)
        let beta: Float = product.accumulates ? 1 : 0
        var own: [Double] = [], others: [Double] = []
        for _ in 0...rounds {
            if product.accumulates { c.update(repeating: 0, count: m * n) }
            var start = threadSeconds()
            for _ in 0..<repetitions { BLAS.gemm(turnsA, turnsB, m, n, k, a, lda, b, ldb, beta, c, n) }
            own.append(threadSeconds() - start)
            start = threadSeconds()
            for _ in 0..<repetitions { other.gemm(turnsA, turnsB, m, n, k, a, lda, b, ldb, beta, c, n) }
            others.append(threadSeconds() - start)
        }
        // The first turn warms up.
        let scale = operations * Double(repetitions) * 1e-9
        return Result(
            product: product, gigaflops: scale / Array(own.dropFirst()).median,
            other: scale / Array(others.dropFirst()).median)
    }

    package static let products: [Product] = [
        Product("cnn dense", "NN", 64, 256, 6400), Product("cnn dense, half", "NN", 64, 128, 6400),
        Product("cnn dense, weights", "TN", 3200, 256, 64), Product("cnn dense, input", "NT", 64, 3200, 256),
        Product("cnn dense, one picture", "NN", 1, 256, 6400), Product("seven classes", "NN", 64, 7, 256),
        Product("seven classes, weights", "TN", 256, 7, 64), Product("seven classes, input", "NT", 64, 256, 7),
        Product("seven classes, one picture", "NN", 1, 7, 256),
        Product("vgg 3x3, one picture", "NN", 9, 512, 4608), Product("vgg 2x2, one picture", "NN", 4, 512, 4608),
        Product("vgg 3x3, half", "NN", 9, 256, 2304), Product("vgg 2x2, half", "NN", 4, 256, 4608),
        Product("vgg 6x6, half", "NN", 36, 256, 2304), Product("vgg 2x2, batch", "NN", 256, 512, 4608),
        Product("vgg 3x3, batch", "NN", 576, 512, 4608), Product("vgg, weights", "TN", 2304, 512, 576),
        Product("vgg, input", "NT", 576, 2304, 512), Product("vgg dense", "NN", 64, 4096, 512),
        Product("vgg dense, one picture", "NN", 1, 1024, 4096), Product("vgg dense, one picture", "NN", 1, 4096, 512),
        Product("mini-xception 1x1", "NN", 576, 16, 8), Product("mini-xception 1x1", "NN", 144, 32, 16),
        Product("mini-xception 1x1", "NN", 36, 128, 64), Product("mini-xception head", "NN", 9, 7, 1152),
        Product("resnet50v2 1x1", "NN", 576, 64, 64), Product("resnet50v2 1x1", "NN", 576, 256, 64),
        Product("resnet50v2 1x1", "NN", 144, 512, 128), Product("resnet50v2 1x1", "NN", 36, 1024, 256),
        Product("resnet50v2 1x1", "NN", 9, 2048, 512), Product("resnet50v2 1x1, batch", "NN", 576, 512, 2048),
        Product("resnet50v2, weights", "TN+", 64, 256, 576), Product("resnet50v2, weights", "TN+", 128, 512, 144),
        Product("resnet50v2, input", "NT", 576, 64, 256), Product("windows of one channel", "NN", 2304, 32, 9),
        Product("windows", "NN", 2304, 64, 288), Product("windows, odd", "NN", 484, 30, 270),
        Product("windows, weights", "TN+", 288, 64, 2304), Product("windows, input", "NT", 2304, 288, 64),
        Product("LSTM step", "NN+", 32, 512, 128), Product("LSTM step", "NN+", 4, 512, 128),
        Product("LSTM step", "NN+", 1, 512, 128), Product("LSTM backwards", "NT+", 32, 128, 512),
        Product("LSTM backwards", "NT+", 1, 128, 512), Product("LSTM weights", "TN+", 128, 512, 32),
        Product("attention scores", "NT", 49, 49, 32), Product("attention values", "NN", 49, 32, 49),
        Product("attention", "NN", 196, 64, 64), Product("square", "NN", 64, 64, 64),
        Product("square", "NN", 256, 256, 256), Product("square", "NN", 1024, 1024, 1024),
        Product("square", "TN", 512, 512, 512), Product("square", "NT", 512, 512, 512),
        Product("square", "TT+", 512, 512, 512), Product("odd", "NN", 101, 103, 107),
        Product("odd", "NT", 101, 103, 107), Product("odd", "TN+", 101, 103, 107), Product("odd", "TT", 77, 333, 55),
        Product("odd", "NN", 33, 17, 1000),
        Product("odd", "NN", 7, 1000, 33), Product("odd", "NN", 1000, 5, 1000), Product("odd", "NN", 5, 1000, 1000),
        Product("odd", "NN", 15, 31, 1023), Product("odd", "NN+", 257, 257, 257), Product("odd", "NN", 1023, 1025, 511),
        Product("odd", "TN", 1000, 1000, 3), Product("tiny", "NN", 3, 3, 3), Product("tiny", "NN", 16, 16, 16),
        Product("one row", "NN", 1, 1000, 1000), Product("one row", "NT", 1, 1000, 1000),
        Product("two rows", "NT", 2, 1000, 1000), Product("four rows", "NT", 4, 1000, 1000),
        Product("one column", "NN", 1000, 1, 1000), Product("one number", "NN", 1, 1, 1000),
        Product("narrow", "NN", 1024, 16, 512), Product("narrow", "NN", 1024, 24, 512),
        Product("narrow", "NN", 1024, 40, 512),
    ]
}
