import CKernels
import NeuralNet
import Testing

/// Networks whose products are made of bfloat16.
@Suite struct BFloat16Tests {
    private static func model(_ item: ConvolutionCase, _ activation: Activation = .linear) throws -> Model {
        try Model(input: item.input, layers: [item.layer(activation)], seed: 7)
    }

    private static func run(
        _ model: Model, _ precision: Precision, batch: Int, threads: Int = 2, inputs: [Float], upstream: [Float],
        kernel: String? = nil
    ) throws -> Results {
        let runner = try Runner(model, batch: batch, threads: threads, precision: precision)
        if let kernel { #expect(runner.executor.kernelNames == [kernel]) }
        return runner.run([inputs], upstream: [upstream], count: batch)
    }

    private static func predict(_ model: Model, _ precision: Precision, _ inputs: [Float], batch: Int, threads: Int = 2)
        throws -> [Float]
    {
        let runner = try Runner(model, batch: batch, threads: threads, isTraining: false, precision: precision)
        runner.executor.fillMemory(with: .nan)
        return runner.forward([inputs], count: batch, isTraining: false)[0]
    }

    /// Small whole numbers are exact in bfloat16, their products and sums in floats: nothing may differ.
    private static func whole(_ random: inout RandomGenerator, _ count: Int) -> [Float] {
        (0..<count).map { _ in Float(random.integer(below: 17) - 8) }
    }

    private static func expectExact(_ model: Model, batch: Int, kernel: String?) throws {
        var random = RandomGenerator(seed: 3)
        for (index, entry) in model.weights.entries.enumerated() {
            try model.weights.set(index, whole(&random, entry.specification.count))
        }
        let inputs = whole(&random, batch * model.inputShapes[0].reduce(1, *))
        let upstream = whole(&random, batch * model.outputShapes[0].reduce(1, *))
        let exact = try run(model, .float, batch: batch, inputs: inputs, upstream: upstream)
        for threads in 1...3 {
            let half = try run(
                model, .bfloat16, batch: batch, threads: threads, inputs: inputs, upstream: upstream, kernel: kernel)
            #expect(half.outputs == exact.outputs && half.inputGradients == exact.inputGradients)
            #expect(half.weightGradients == exact.weightGradients)
            #expect(try predict(model, .bfloat16, inputs, batch: batch, threads: threads) == exact.outputs[0])
        }
    }

    @Test(arguments: [
        ConvolutionCase(input: [9, 9, 13], filters: 33, padding: .same),
        ConvolutionCase(input: [11, 8, 16], filters: 32, kernel: (2, 3), strides: (2, 1), padding: .same),
        ConvolutionCase(input: [17, 9, 9], filters: 40, kernel: (3, 3), dilation: (2, 2)),
        ConvolutionCase(input: [12, 9, 65], filters: 35, kernel: (1, 1)),
        ConvolutionCase(input: [12, 9, 64], filters: 48, kernel: (1, 1), usesBias: false, batch: 1),
        ConvolutionCase(input: [19, 20, 64], filters: 32, kernel: (1, 1), strides: (2, 2)),
    ])
    func wholeNumbersAreExact(_ item: ConvolutionCase) throws {
        for activation in [Activation.linear, .relu] {
            try Self.expectExact(Self.model(item, activation), batch: item.batch, kernel: "Im2ColConvolution")
        }
    }

    @Test(arguments: [
        ConvolutionCase(input: [2, 2, 512], filters: 128, kernel: (1, 1)),
        ConvolutionCase(input: [3, 3, 65], filters: 129, padding: .same),
        ConvolutionCase(input: [5, 4, 64], filters: 120, strides: (2, 2), padding: .same, usesBias: false),
    ])
    func wholeNumbersAreExactInOneProduct(_ item: ConvolutionCase) throws {
        try Self.expectExact(Self.model(item, .relu), batch: item.batch, kernel: "BatchedConvolution")
    }

    @Test(arguments: [(37, 19, 1), (800, 33, 5), (1601, 48, 3), (64, 16, 70)])
    func denseIsExact(_ features: Int, _ units: Int, _ batch: Int) throws {
        try Self.expectExact(
            Model(input: [features], layers: [Dense(units, activation: .relu)]), batch: batch, kernel: "DenseKernel")
        try Self.expectExact(Model(input: [3, features], layers: [Dense(units)]), batch: batch, kernel: nil)
    }

    /// Winograd rounds what it has transformed: near the floats, in results and in all gradients.
    @Test(arguments: [
        ConvolutionCase(input: [6, 6, 16], filters: 16),
        ConvolutionCase(input: [7, 9, 16], filters: 16),
        ConvolutionCase(input: [8, 11, 32], filters: 16, usesBias: false),
        ConvolutionCase(input: [5, 3, 16], filters: 48),
        ConvolutionCase(input: [9, 5, 16], filters: 16, padding: .same),
        ConvolutionCase(input: [1, 1, 16], filters: 16, padding: .same),
        ConvolutionCase(input: [3, 3, 16], filters: 16, batch: 1),
        ConvolutionCase(input: [12, 12, 64], filters: 64, padding: .same, batch: 5),
        ConvolutionCase(input: [7, 6, 16], filters: 16, batch: 70),
    ])
    func winogradIsNear(_ item: ConvolutionCase) throws {
        var random = RandomGenerator(seed: 4)
        let batch = item.batch
        let inputs = random.values(batch * item.input.reduce(1, *), in: 0...1)
        let upstream = random.values(batch * item.output.reduce(1, *))
        for activation in [Activation.linear, .relu] {
            let model = try Self.model(item, activation)
            let exact = try Self.run(model, .float, batch: batch, inputs: inputs, upstream: upstream)
            let half = try Self.run(
                model, .bfloat16, batch: batch, inputs: inputs, upstream: upstream, kernel: "WinogradConvolution")
            for other in 1...3 where other != 2 {
                let again = try Self.run(
                    model, .bfloat16, batch: batch, threads: other, inputs: inputs, upstream: upstream)
                #expect(again.outputs == half.outputs && again.inputGradients == half.inputGradients)
            }
            #expect(
                try Self.run(model, .bfloat16, batch: batch, inputs: inputs, upstream: upstream).weightGradients
                    == half.weightGradients)
            // A ReLU's slope jumps where the sum is near 0.
            let limit = activation == .relu ? 0.2 : 0.02
            Self.expectNear(half.outputs[0], exact.outputs[0], 0.02, "output")
            Self.expectNear(half.inputGradients[0], exact.inputGradients[0], limit, "gradient of the input")
            for (a, b) in zip(half.weightGradients, exact.weightGradients) {
                Self.expectNear(a, b, limit, "gradient of a weight")
            }
            #expect(half.outputs != exact.outputs)
            let predicted = try Self.predict(model, .bfloat16, inputs, batch: batch)
            Self.expectNear(predicted, exact.outputs[0], 0.02, "prediction")
        }
    }

    /// By the root of the mean square.
    private static func expectNear(_ a: [Float], _ b: [Float], _ limit: Double, _ what: String) {
        let difference = zip(a, b).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        let size = b.reduce(0.0) { $0 + Double($1 * $1) }
        #expect(
            a.count == b.count && difference <= limit * limit * size, "\(what): \((difference / size).squareRoot())")
    }

    /// Pools, normalizations and dense layers together; and the model's weights are those of any other training.
    @Test func learnsAsFloatsDo() throws {
        var random = RandomGenerator(seed: 9)
        let labels = (0..<96).map { _ in random.integer(below: 2) }
        let pictures = labels.flatMap { label in
            (0..<144).map { Float($0 % 12 < 6 ? label : 1 - label) + 0.3 * random.uniform(in: -1...1) }
        }
        let data = try ArrayDataset(inputs: pictures, labels: labels, inputShape: [12, 12, 1], classes: 2)
        var losses: [Double] = []
        for precision in [Precision.float, .bfloat16] {
            let model = try Model(input: [12, 12, 1], seed: 3) {
                Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)
                Conv2D(16, kernelSize: 3, padding: .same, usesBias: false)
                BatchNormalization()
                ActivationLayer(.relu)
                MaxPool2D(2)
                Flatten()
                Dense(32, activation: .relu)
                Dense(2, activation: .softmax)
            }
            var options = TrainingOptions()
            options.epochs = 10
            options.batchSize = 16
            options.precision = precision
            _ = try Trainer(model, options: options, data: data, threads: ThreadPool(threads: 2)).run()
            for reader in [Precision.float, .bfloat16] {
                let result = try Evaluator(model, precision: reader, threads: ThreadPool(threads: 2))
                    .evaluate(data, loss: CategoricalCrossentropy())
                #expect(result.metrics["accuracy"] == 1)
                losses.append(result.loss)
            }
        }
        #expect(losses.allSatisfy { $0 < 0.1 }, "\(losses)")
        #expect(losses[0] != losses[2] && losses[0] != losses[1])
    }

    @Test func integersAreNotForTraining() throws {
        let model = try Model(input: [4], layers: [Dense(2, activation: .softmax)])
        let data = try ArrayDataset(inputs: [1, 2, 3, 4], labels: [1], inputShape: [4], classes: 2)
        var options = TrainingOptions()
        options.precision = .int8
        #expect(throws: NeuralNetError.self) {
            _ = try Trainer(model, options: options, data: data, threads: ThreadPool(threads: 1))
        }
    }

    /// Whoever computes: the processor's own instructions and their imitations give the same bits.
    @Test(arguments: [(1, 16, 3), (17, 48, 40), (33, 80, 129)])
    func allLevelsAgree(_ m: Int, _ n: Int, _ pairs: Int) {
        var random = RandomGenerator(seed: UInt64(m))
        var a = [UInt16](repeating: 0, count: 2 * m * pairs), b = [UInt16](repeating: 0, count: 2 * pairs * n)
        fm_bf16_round(random.values(a.count), a.count, &a)
        fm_bf16_round(random.values(b.count), b.count, &b)
        func product(_ level: fm_isa) -> [Float] {
            var c = [Float](repeating: 0.5, count: m * n)
            a.withUnsafeBytes { a in
                b.withUnsafeBytes { b in
                    fm_bf16_gemm_for(
                        level, m, n, pairs, a.assumingMemoryBound(to: UInt32.self).baseAddress!, pairs, 1,
                        b.assumingMemoryBound(to: UInt32.self).baseAddress!, n, &c, n, 1)
                }
            }
            return c
        }
        let plain = product(FM_BASELINE)
        for level in FM_BASELINE.rawValue...min(fm_isa_used().rawValue, FM_AVX512BF16.rawValue) {
            #expect(product(fm_isa(rawValue: level)) == plain, "\(level)")
        }
    }
}
