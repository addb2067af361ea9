import CKernels
import NeuralNet
import Testing

@Suite struct QuantizedConvolutionTests {
    /// Matrices and windows of any shape, and some columns of them, against the sums by definition.
    @Test(arguments: [
        (1, 16, fm_windows(rows: 1, run: 4, stride: 0, step: 4)),
        (12, 32, fm_windows(rows: 1, run: 64, stride: 0, step: 64)),
        (13, 48, fm_windows(rows: 1, run: 36, stride: 0, step: 36)),
        (40, 96, fm_windows(rows: 3, run: 96, stride: 500, step: 32)),
        (5, 16, fm_windows(rows: 3, run: 384, stride: 1000, step: 128)),
        (23, 80, fm_windows(rows: 2, run: 8, stride: 24, step: 16)),
    ])
    func productsAreExact(_ m: Int, _ n: Int, _ windows: fm_windows) {
        let k = windows.rows * windows.run
        var random = RandomGenerator(seed: UInt64(m * n + k))
        let reach = (m - 1) * windows.step + (windows.rows - 1) * windows.stride + windows.run
        let a = (0..<reach).map { _ in UInt8(random.integer(below: 256)) }
        let b = (0..<k * n).map { _ in Int8(random.integer(below: 255) - 127) }
        let scale = (0..<n).map { Float($0 % 5 + 1) * 0.25 }, offset = (0..<n).map { Float($0) - 7 }
        for (floor, first) in [(-Float.infinity, 0), (0, n / 32 * 16)] {
            var c = [Float](repeating: .nan, count: m * n)
            b.withUnsafeBufferPointer { b in
                c.withUnsafeMutableBufferPointer { c in
                    fm_windows_u8s8(
                        m, n - first, n, windows, a, b.baseAddress! + first * 4, Array(scale[first...]),
                        Array(offset[first...]), floor, c.baseAddress! + first, n)
                }
            }
            for i in 0..<m {
                #expect(c[i * n..<i * n + first].allSatisfy { $0.isNaN })
                for f in first..<n {
                    var sum = 0
                    for p in 0..<k {
                        let place = i * windows.step + p / windows.run * windows.stride + p % windows.run
                        sum += Int(a[place]) * Int(b[(p / 4 * n + f) * 4 + p % 4])
                    }
                    // Sums fit into 24 bits here or are rounded once, the fused multiplication once less.
                    let expected = max(floor, Float(sum) * scale[f] + offset[f])
                    #expect(abs(c[i * n + f] - expected) <= abs(expected) * 1e-6 + 1e-3)
                }
            }
        }
    }

    @Test func bytesAreRoundedAndLimited() {
        var bytes = [UInt8](repeating: 9, count: 37)
        let x = (0..<37).map { Float($0) - 10 }
        fm_quantize(x, 37, 10, 20, &bytes)
        #expect(bytes == x.map { UInt8(min(255, max(0, $0 * 10 + 20))) })
        var low: Float = 5, high: Float = -5
        fm_range(x, 37, &low, &high)
        #expect(low == -10 && high == 26)
        fm_range([3, 4], 2, &low, &high)
        #expect(low == 0 && high == 4)
    }

    private func predict(_ model: Model, _ input: [Float], count: Int, _ precision: Precision) throws -> [Float] {
        let executor = try Executor(
            model, maximumBatch: count, threads: ThreadPool(threads: 2), precision: precision)
        executor.fillMemory(with: .nan)
        executor.input().update(from: input, count: input.count)
        executor.forward(count: count)
        if precision == .int8 { #expect(executor.kernelNames.contains("QuantizedConvolution")) }
        return Array(
            UnsafeBufferPointer(start: executor.output(), count: count * model.outputShapes[0].reduce(1, *)))
    }

    /// Values of either sign, borders, strides, normalization folded in, dense layers: within a few steps of 1/255.
    @Test(arguments: [(1, Padding.same), (2, .same), (1, .valid), (2, .valid)])
    func isNearTheFloats(_ stride: Int, _ padding: Padding) throws {
        let model = try Model(input: [13, 11, 8], seed: 2) {
            Conv2D(64, kernelSize: 3, strides: stride, padding: padding, usesBias: false)
            BatchNormalization()
            ActivationLayer(.tanh)
            Conv2D(64, kernelSize: 1, activation: .relu)
            MaxPool2D(2)
            Flatten()
            Dense(32)
        }
        var random = RandomGenerator(seed: 6)
        for (index, entry) in model.weights.entries.enumerated() where entry.specification.name != "kernel" {
            let range: ClosedRange<Float> = entry.specification.name == "moving_variance" ? 0.5...1.5 : -0.5...1
            try model.weights.set(index, random.values(entry.specification.count, in: range))
        }
        for count in [1, 3] {
            let input = random.values(count * 13 * 11 * 8)
            let exact = try predict(model, input, count: count, .float)
            let near = try predict(model, input, count: count, .int8)
            let largest = exact.map(abs).max() ?? 0
            for (x, y) in zip(exact, near) { #expect(abs(x - y) < 0.03 * largest) }
            #expect(exact != near)
        }
    }

    /// Batches too large for the caches go through the network in portions, the last one not full: each picture's values are
    /// those it has alone, and memory grows with what goes in and comes out only.
    @Test func largeBatchesArePredictedInPortions() throws {
        let side = 160
        let model = try Model(input: [side, side, 1], seed: 2) {
            Conv2D(64, kernelSize: 3, padding: .same, activation: .relu)
            Conv2D(16, kernelSize: 3, strides: 2, activation: .relu)
            GlobalAveragePool2D()
            Dense(9000, activation: .relu)  // too many weights for lanes
            Dense(3)
        }
        var random = RandomGenerator(seed: 6)
        let count = 7, input = random.values(count * side * side)
        let together = try predict(model, input, count: count, .int8)
        for i in 0..<count {
            let alone = try predict(
                model, Array(input[i * side * side..<(i + 1) * side * side]), count: 1, .int8)
            for k in 0..<3 { #expect(abs(alone[k] - together[i * 3 + k]) < 1e-5) }
        }
        func memory(_ batch: Int) throws -> Int {
            try Executor(model, maximumBatch: batch, threads: ThreadPool(threads: 2), precision: .int8).memory
        }
        let (few, many) = (try memory(8), try memory(64))
        #expect(many - few < 56 * (side * side + 100) * 4, "\(few), \(many)")
    }

    /// A pool behind it changes nothing but where its values are written; odd sizes leave a row and a column out.
    @Test(arguments: [(12, 12, 1), (13, 11, 2), (9, 20, 3), (19, 9, 5)])
    func poolsAsItGoes(_ height: Int, _ width: Int, _ count: Int) throws {
        func model(_ pooled: Bool) throws -> Model {
            try Model(input: [height, width, 16], seed: 2) {
                Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
                if pooled { MaxPool2D(2) }
            }
        }
        var random = RandomGenerator(seed: 6)
        let input = random.values(count * height * width * 16)
        let all = try predict(model(false), input, count: count, .int8)
        let pooled = try predict(model(true), input, count: count, .int8)
        let executor = try Executor(
            model(true), maximumBatch: count, threads: ThreadPool(threads: 2), precision: .int8)
        #expect(executor.kernelNames == ["QuantizedConvolution"])
        var expected: [Float] = []
        for image in 0..<count {
            for h in 0..<height / 2 {
                for w in 0..<width / 2 {
                    for f in 0..<32 {
                        let places = [(0, 0), (0, 1), (1, 0), (1, 1)].map { row, column in
                            all[((image * height + 2 * h + row) * width + 2 * w + column) * 32 + f]
                        }
                        expected.append(places.max()!)
                    }
                }
            }
        }
        #expect(pooled == expected)
    }

    @Test func weightsThatAreNoNumbersAreHarmless() throws {
        let model = try Model(input: [8, 8, 16], seed: 2) { Conv2D(32, kernelSize: 3) }
        try model.weights.set(0, [Float](repeating: .nan, count: 9 * 16 * 32))
        let output = try predict(model, [Float](repeating: .infinity, count: 8 * 8 * 16), count: 1, .int8)
        #expect(output.allSatisfy { $0.isFinite })
    }

    /// Values whose scale is too small for a float.
    @Test(arguments: [Float(0x1p-146), -0x1p-146, 0x1p-130, -0x1p-130]) func tinyValuesAreHarmless(_ value: Float)
        throws
    {
        let model = try Model(input: [8, 8, 16], seed: 2) { Conv2D(32, kernelSize: 3) }
        let output = try predict(model, [Float](repeating: value, count: 8 * 8 * 16), count: 1, .int8)
        #expect(output.allSatisfy { abs($0) < 1e-3 })
    }
}
