import NeuralNet
import Testing

/// Every way to compute a convolution gives what its definition says, whatever the sizes; and what was measured is heeded.
@Suite(.serialized) struct ConvolutionMethodTests {
    static let cases = [
        ConvolutionCase(input: [11, 13, 16], filters: 16, padding: .same, batch: 2),
        ConvolutionCase(input: [5, 5, 48], filters: 32, padding: .same, batch: 3),
        ConvolutionCase(input: [7, 4, 32], filters: 80, batch: 5),
        ConvolutionCase(input: [13, 6, 7], filters: 9, padding: .same, batch: 2),
        ConvolutionCase(input: [9, 17, 8], filters: 8, strides: (2, 2), padding: .same, batch: 4),
        ConvolutionCase(input: [10, 9, 24], filters: 40, kernel: (1, 1), usesBias: false, batch: 3),
        ConvolutionCase(input: [8, 8, 3], filters: 33, kernel: (3, 5), strides: (1, 2), dilation: (2, 1), batch: 2),
    ]

    @Test(arguments: cases) func allWays(_ item: ConvolutionCase) throws {
        let layer = item.layer(.relu)
        for isTraining in [false, true] {
            let choice = try #require(
                try layer.methods(input: item.input, batch: item.batch, threads: 2, isTraining: isTraining))
            #expect(choice.possible.contains(choice.usual))
            let model = try Model(input: item.input, layers: [layer], seed: 4)
            var random = RandomGenerator(seed: 9)
            let input = random.values(item.batch * item.input.reduce(1, *))
            let upstream = random.values(item.batch * item.output.reduce(1, *))
            let plain = try Runner(model, batch: item.batch, threads: 1, usesReferenceKernels: true)
            let expected = plain.run([input], upstream: [upstream], count: item.batch)
            defer { MeasuredConvolutions.use([:]) }
            for method in choice.possible {
                MeasuredConvolutions.use([choice.case: method])
                let runner = try Runner(model, batch: item.batch, threads: 2, isTraining: isTraining)
                guard isTraining else {
                    expectClose(
                        runner.forward([input], count: item.batch, isTraining: false)[0], expected.outputs[0],
                        shape: [item.batch] + item.output, tolerance: 1e-4, "\(method)")
                    continue
                }
                let results = runner.run([input], upstream: [upstream], count: item.batch)
                expectClose(
                    results.outputs[0], expected.outputs[0], shape: [item.batch] + item.output, tolerance: 1e-4,
                    "\(method)")
                expectClose(
                    results.inputGradients[0], expected.inputGradients[0], shape: [item.batch] + item.input,
                    tolerance: 2e-4, "\(method), gradient of the input")
                for index in expected.weightGradients.indices {
                    expectClose(
                        results.weightGradients[index], expected.weightGradients[index],
                        shape: [expected.weightGradients[index].count], tolerance: 1e-3,
                        "\(method), gradient of weights \(index)")
                }
            }
        }
    }

    /// Batches of a small network, which threads take through all its layers, give what single pictures give.
    @Test func samplesOfABatchAreTheSameAlone() throws {
        let model = try Model(input: [20, 20, 1], seed: 3) {
            Conv2D(8, kernelSize: 3, activation: .relu)
            SeparableConv2D(24, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
            MaxPool2D(3, strides: 2, padding: .same)
            Conv2D(7, kernelSize: 3, padding: .same)
            GlobalAveragePool2D()
            ActivationLayer(.softmax)
        }
        var random = RandomGenerator(seed: 5)
        let batch = 37, input = random.values(batch * 400)
        let one = try Runner(model, batch: 1, threads: 1, isTraining: false)
        let many = try Runner(model, batch: batch, threads: 3, isTraining: false)
        for count in [batch, 5, 1] {
            let together = many.forward([Array(input[..<(count * 400)])], count: count, isTraining: false)[0]
            for i in 0..<count {
                let alone = one.forward([Array(input[i * 400..<(i + 1) * 400])], count: 1, isTraining: false)[0]
                #expect(Array(together[i * 7..<(i + 1) * 7]) == alone)
            }
        }
    }

    /// Threads that take samples of their own must not write results where others still have to read their input.
    @Test func outputsAreNotWrittenOverInputs() throws {
        let cases: [(Shape, [any Layer])] = [
            (
                [16, 16, 1],
                [Conv2D(8, kernelSize: 3, padding: .same, activation: .relu), Conv2D(3, kernelSize: 3, padding: .same)]
            ),
            (
                [48, 48, 3],
                [
                    Conv2D(8, kernelSize: 3, strides: 2, activation: .relu),
                    Conv2D(8, kernelSize: 3, strides: 2, activation: .relu), GlobalAveragePool2D(),
                ]
            ),
        ]
        for (shape, layers) in cases {
            let model = try Model(input: shape, layers: layers, seed: 3)
            let batch = 64, size = shape.reduce(1, *), width = model.outputShapes[0].reduce(1, *)
            var random = RandomGenerator(seed: 5)
            let input = random.values(batch * size)
            let one = try Runner(model, batch: 1, threads: 1, isTraining: false)
            let many = try Runner(model, batch: batch, threads: 2, isTraining: false)
            let together = many.forward([input], count: batch, isTraining: false)[0]
            for i in 0..<batch {
                let alone = one.forward([Array(input[i * size..<(i + 1) * size])], count: 1, isTraining: false)[0]
                #expect(Array(together[i * width..<(i + 1) * width]) == alone, "sample \(i)")
            }
        }
    }

    /// The way of a convolution depends neither on the number of threads nor on a sample's place in its batch.
    @Test func threadsChooseTheSameWays() throws {
        let model = try Model(input: [6, 6, 96], seed: 3) {
            Conv2D(96, kernelSize: 3, padding: .same, activation: .relu)
            GlobalAveragePool2D()
        }
        var random = RandomGenerator(seed: 5)
        let batch = 64, size = 6 * 6 * 96, input = random.values(batch * size)
        let results = try [1, 2, 3].map { threads in
            let runner = try Runner(model, batch: batch, threads: threads, isTraining: false)
            let all = runner.forward([input], count: batch, isTraining: false)[0]
            let last = runner.forward([Array(input[(59 * size)...])], count: 5, isTraining: false)[0]
            #expect(Array(all[(59 * 96)...]) == last)
            return all
        }
        #expect(results[1] == results[0])
        #expect(results[2] == results[0])
    }

    /// One picture's small images by large kernels, where threads divide filters, and pixels of several rows are summed at
    /// once: the same bits for any number of threads, and what the definition says.
    @Test(arguments: [
        ([11, 11, 64], 128, true), ([11, 11, 64], 144, false), ([10, 11, 64], 96, false), ([5, 5, 128], 256, false),
        ([5, 5, 128], 70, true), ([3, 9, 80], 112, false), ([7, 7, 64], 136, false),
    ])
    func onePictureAmongThreads(_ input: Shape, _ filters: Int, _ pools: Bool) throws {
        var layers: [any Layer] = [Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)]
        if pools { layers.append(MaxPool2D(2)) }
        let model = try Model(input: input, layers: layers, seed: 3)
        var random = RandomGenerator(seed: 5)
        let picture = random.values(input.reduce(1, *))
        let expected = try Runner(model, batch: 1, threads: 1, usesReferenceKernels: true)
            .forward([picture], count: 1, isTraining: false)[0]
        let results = try (1...4).map { threads in
            try Runner(model, batch: 1, threads: threads, isTraining: false)
                .forward([picture], count: 1, isTraining: false)[0]
        }
        expectClose(results[0], expected, shape: model.outputShapes[0], tolerance: 1e-4, "one thread")
        for other in results.dropFirst() { #expect(other == results[0]) }
    }

    @Test func tuningFindsWhatItCanUse() throws {
        let model = try Model(input: [8, 8, 16]) {
            Conv2D(16, kernelSize: 3); Conv2D(5, kernelSize: 1)
        }
        let results = try ConvolutionTuning.measure(
            model, batch: 2, isTraining: true, threads: ThreadPool(threads: 1), rounds: 2)
        #expect(results.count == 2)
        #expect(results.allSatisfy { $0.gain >= 1 && ($0.gain > 1) == ($0.fastest != $0.usual) })
        #expect(MeasuredConvolutions.all.isEmpty)
    }

    /// What was measured for a batch of many holds for others of its kind, and for products of floats only.
    @Test func measuredWaysAreHeeded() throws {
        let layer = Conv2D(16, kernelSize: 3, padding: .same)
        let model = try Model(input: [12, 12, 16], layers: [layer], seed: 3)
        let choice = try #require(try layer.methods(input: [12, 12, 16], batch: 64, threads: 1, isTraining: false))
        MeasuredConvolutions.use([choice.case: .direct])
        defer { MeasuredConvolutions.use([:]) }
        func kernel(_ batch: Int, _ precision: Precision = .float) throws -> [String] {
            try Executor(model, maximumBatch: batch, threads: ThreadPool(threads: 1), precision: precision).kernelNames
        }
        #expect(choice.usual != .direct)
        #expect(try kernel(64) == ["DirectConvolution"])
        #expect(try kernel(33) == ["DirectConvolution"])
        #expect(try kernel(8) == ["WinogradConvolution"])
        #expect(try kernel(64, .bfloat16) == ["WinogradConvolution"])
    }
}
