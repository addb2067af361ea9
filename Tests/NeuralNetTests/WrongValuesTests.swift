import NeuralNet
import Testing

/// Values that callers computed from data: each is refused with an error, none ends the program.
@Suite struct WrongValuesTests {
    private let threads = ThreadPool(threads: 1)

    private func classifier() throws -> Model { try Model(input: [2], seed: 1) { Dense(3, activation: .softmax) } }

    private func data() throws -> ArrayDataset {
        try ArrayDataset(inputs: [1, 2, 3, 4], labels: [0, 2], inputShape: [2], classes: 3)
    }

    /// Labels as somebody's own reader may give them.
    private struct Labelled: TrainingData {
        let labels: [Int]
        var count: Int { labels.count }
        let inputShape: Shape = [2]
        let targetCount = 3
        func label(of index: Int) -> Int? { labels[index] }
        func write(
            sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
        ) {
            input.update(repeating: 1, count: 2)
            target.update(repeating: 1 / 3, count: 3)
        }
    }

    @Test(arguments: [Float(-0.1), 1.5, .nan, .infinity]) func mixup(_ alpha: Float) throws {
        let data = try data()
        #expect(throws: NeuralNetError.invalidSetting("mixup's alpha must be 0 to 1, not \(alpha)")) {
            try MixupData(data, alpha: alpha, seed: 1)
        }
    }

    @Test func teachers() throws {
        let model = try classifier()
        #expect(throws: NeuralNetError.invalidSetting("a teacher's share must be 0 to 1, not 2.0")) {
            try Teacher(model, share: 2)
        }
        #expect(throws: NeuralNetError.invalidSetting("a teacher needs a model")) { try Teacher([]) }
    }

    @Test(arguments: [0, -3]) func calibrationHasABin(_ bins: Int) {
        var calibration = Calibration(bins: bins)
        calibration.add(confidence: 0.75, isCorrect: true)
        #expect(calibration.bins.count == 1 && abs(calibration.expectedError - 0.25) < 1e-6)
    }

    @Test func classificationMetrics() throws {
        for label in [-1, 3, Int.max] {
            let expected = NeuralNetError.incompatibleData(
                expected: "a label in 0..<3 and a probability for each class",
                received: "label \(label) and 3 of them")
            #expect(throws: expected) {
                try ClassificationMetrics(probabilities: [0.2, 0.3, 0.5], labels: [label], classes: 3)
            }
        }
        var metrics = ClassificationMetrics(classes: 3)
        #expect(throws: NeuralNetError.self) { try metrics.add(label: 0, probabilities: [0.5, 0.5]) }
        #expect(throws: NeuralNetError.self) {
            try ClassificationMetrics(probabilities: [0.5, 0.5], labels: [0], classes: 3)
        }
        #expect(metrics.count == 0 && metrics.support(7) == 0 && metrics.f1(-1) == 0)
        #expect(ClassificationMetrics(classes: -1).accuracy == 0)
    }

    @Test func labelsOfData() throws {
        let model = try classifier()
        #expect(throws: NeuralNetError.self) {
            try model.evaluate(Labelled(labels: [0, 3]), loss: .categoricalCrossentropy(), threads: threads)
        }
        // Numbers of classes that are far apart, or negative, need no memory for those between.
        var options = TrainingOptions()
        options.epochs = 1
        options.batchSize = 2
        options.sampling = .balanced
        let trainer = try Trainer(
            model, options: options, data: Labelled(labels: [-5, 1 << 60, 0, 0]), threads: threads)
        #expect(try trainer.run() == .finished)
    }

    @Test func weights() throws {
        let weights = try classifier().weights
        #expect(throws: NeuralNetError.incompatibleData(expected: "3 values for dense/bias", received: "2")) {
            try weights.set(1, [1, 2])
        }
        #expect(throws: NeuralNetError.incompatibleData(expected: "a tensor in 0..<2", received: "2")) {
            try weights.set(2, [1, 2])
        }
        #expect(weights.array(1) == [0, 0, 0])
    }

    @Test func executors() throws {
        let model = try classifier()
        #expect(throws: NeuralNetError.invalidSetting("batches need one sample or more, not 0")) {
            try Executor(model, maximumBatch: 0, threads: threads)
        }
        #expect(throws: NeuralNetError.self) { try Evaluator(model, batchSize: -1, threads: threads) }
        #expect(throws: NeuralNetError.invalidSetting("only an executor that trains watches a node")) {
            try Executor(model, maximumBatch: 1, threads: threads, watching: 0)
        }
        #expect(throws: NeuralNetError.invalidSetting("node 9 cannot be watched: there are 2")) {
            try Executor(model, maximumBatch: 1, threads: threads, isTraining: true, watching: 9)
        }
    }

    @Test func gradientsOfAnotherModel() throws {
        let state = try OptimizerState(SGD(), for: classifier(), threads: threads)
        let few = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1)
        defer { few.deallocate() }
        few.update(repeating: 0)
        #expect(throws: NeuralNetError.self) { try state.step(few) }
    }

    @Test func heatMaps() throws {
        let model = try Model(input: [6, 6, 1], seed: 2) {
            Conv2D(2, kernelSize: 3)
            Flatten()
            Dense(2, activation: .softmax)
        }
        let cam = try GradCAM(model, threads: threads), picture = [Float](repeating: 0.5, count: 36)
        #expect(throws: NeuralNetError.incompatibleData(expected: "a class in 0..<2", received: "2")) {
            try cam.map(picture, class: 2)
        }
        #expect(throws: NeuralNetError.incompatibleData(expected: "36 values", received: "35")) {
            try cam.map(Array(picture.dropLast()))
        }
    }

    @Test func thresholdsAndFactors() throws {
        let model = try Model(input: [2]) { Dense(1, activation: .sigmoid) }
        let data = try ArrayDataset(inputs: [1, 2], targets: [1], inputShape: [2])
        for thresholds in [1, 0, -2, Int.max] {
            #expect(throws: NeuralNetError.self) {
                try model.evaluate(
                    data, loss: .binaryCrossentropy, metrics: [AUC(thresholds: thresholds)], threads: threads)
            }
        }
        let focal = CategoricalFocalCrossentropy(classAlphas: [1, 2])
        #expect(focal.problem(withOutput: [3], activation: .softmax) == "it has factors for 2 classes")
        #expect(focal.problem(withOutput: [2], activation: .softmax) == nil)
        #expect(CategoricalFocalCrossentropy(fromLogits: true).problem(withOutput: [2], activation: .softmax) != nil)
        #expect(BinaryFocalCrossentropy(fromLogits: true).problem(withOutput: [2], activation: .sigmoid) != nil)
        #expect(BinaryFocalCrossentropy(fromLogits: true).problem(withOutput: [2], activation: .linear) == nil)
    }

    /// An answer that is sure and right has no slope; with a gamma below 1 the power's would be infinite.
    @Test(arguments: [Float(0), 0.5, 2]) func surenessHasNoSlope(_ gamma: Float) {
        for loss in [
            BinaryFocalCrossentropy(gamma: gamma), BinaryFocalCrossentropy(gamma: gamma, fromLogits: true),
        ] {
            var gradient = [Float](repeating: .nan, count: 2)
            let outputs: [Float] = loss.fromLogits ? [40, -200] : [1, 0]
            _ = outputs.withUnsafeBufferPointer { outputs in
                [Float(1), 0].withUnsafeBufferPointer { targets in
                    gradient.withUnsafeMutableBufferPointer {
                        loss.evaluate(
                            LossBatch(
                                values: outputs.baseAddress!, targets: targets.baseAddress!, count: 1, columns: 2,
                                gradient: $0.baseAddress))
                    }
                }
            }
            #expect(gradient == [0, 0])
        }
    }
}
