import Foundation
import NeuralNet
import Testing

/// Training without a `Trainer`, and what goes between gradient and step.
@Suite struct OwnLoopTests {
    private let threads = ThreadPool(threads: 2)

    private func model() throws -> Model {
        try Model(input: [4], seed: 3) {
            Dense(6, activation: .tanh, name: "body")
            Dense(2, activation: .softmax, name: "head")
        }
    }

    private static let inputs = (0..<40).map { Float($0 * 7 % 11) / 5 - 1 }
    private static let labels = (0..<10).map { inputs[4 * $0] > inputs[4 * $0 + 1] ? 1 : 0 }
    private static let targets: [Float] = labels.flatMap { label -> [Float] in label == 0 ? [1, 0] : [0, 1] }

    /// The same bits as the trainer's, step by step.
    @Test func loopOfOnesOwn() throws {
        var options = TrainingOptions()
        options.epochs = 5
        options.batchSize = 10
        options.optimizer = Adam(learningRate: 0.05)
        options.globalClipNorm = 0.2
        let data = try ArrayDataset(inputs: Self.inputs, labels: Self.labels, inputShape: [4], classes: 2)
        let trained = try model()
        // In the order of the samples: one batch has them all, and sums don't depend on the order here but for rounding.
        _ = try Trainer(trained, options: options, data: data, threads: threads).run()

        let model = try model(), loss = CategoricalCrossentropy()
        let executor = try Executor(model, maximumBatch: 10, threads: threads, isTraining: true, losses: [loss])
        let optimizer = try OptimizerState(
            Adam(learningRate: 0.05), for: model, transforms: [GlobalNormClipping(0.2)], threads: threads)
        var losses: [Double] = []
        for _ in 0..<5 {
            executor.input().update(from: Self.inputs, count: 40)
            executor.forward(count: 10, isTraining: true)
            losses.append(executor.loss(loss, targets: Self.targets))
            executor.backward()
            try optimizer.step(executor.gradients)
        }
        #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
        for index in model.weights.entries.indices {
            expectClose(
                model.weights.array(index), trained.weights.array(index),
                shape: model.weights.entries[index].specification.shape, tolerance: 1e-4, "\(index)")
        }
    }

    /// Gradients of an output with respect to inputs and weights, against differences.
    @Test func gradientsOfAnything() throws {
        let model = try model()
        let executor = try Executor(
            model, maximumBatch: 1, threads: threads, isTraining: true, computesInputGradients: true)
        func output(_ input: [Float]) -> Double {
            executor.input().update(from: input, count: 4)
            executor.forward(count: 1)
            return Double(executor.output()[1])
        }
        let input: [Float] = [0.3, -0.4, 0.9, 0.1]
        _ = output(input)
        executor.outputGradient()[0] = 0
        executor.outputGradient()[1] = 1
        executor.backward()
        let slopes = Array(UnsafeBufferPointer(start: try #require(executor.inputGradient()), count: 4))
        let weightSlope = executor.gradients[model.weights.entries[0].offset]
        for i in 0..<4 {
            var up = input, down = input
            up[i] += 0.01
            down[i] -= 0.01
            #expect(abs((output(up) - output(down)) / 0.02 - Double(slopes[i])) < 1e-4)
        }
        let kernel = model.weights.array(0)
        func moved(_ by: Float) -> Double {
            try! model.weights.set(0, [kernel[0] + by] + kernel.dropFirst())
            return output(input)
        }
        #expect(abs((moved(0.01) - moved(-0.01)) / 0.02 - Double(weightSlope)) < 1e-4)
    }

    @Test func transformsSeeAllGradientsOnce() throws {
        final class Seen: @unchecked Sendable {
            // Safe to share: only the thread that trains calls the transform.
            var steps: [Int] = [], norms: [Float] = [], shapes: [Int] = []
        }
        let seen = Seen()
        var options = TrainingOptions()
        options.epochs = 2
        options.batchSize = 5
        options.gradientAccumulation = 2
        options.optimizer = SGD(learningRate: 0.1)
        options.gradientTransforms = [
            GradientsReady { gradients in
                seen.steps.append(gradients.step)
                seen.norms.append(gradients.norm())
                seen.shapes = gradients.weights.entries.indices.compactMap { gradients[$0]?.count }
                // As a sum over machines, or noise, would.
                gradients.scale *= 0
            }
        ]
        let data = try ArrayDataset(inputs: Self.inputs, labels: Self.labels, inputShape: [4], classes: 2)
        let model = try model(), before = model.weights.fingerprint
        _ = try Trainer(model, options: options, data: data, threads: threads).run()
        #expect(seen.steps == [1, 2] && seen.norms.allSatisfy { $0 > 0 } && seen.shapes == [24, 6, 12, 2])
        #expect(model.weights.fingerprint == before)

        struct Refused: Error {}
        options.gradientTransforms = [GradientsReady { _ in throw Refused() }]
        #expect(throws: Refused.self) { try Trainer(model, options: options, data: data, threads: threads).run() }
        #expect(model.weights.fingerprint == before)
    }

    @Test func groupsHaveTheirRates() throws {
        func train(_ groups: [ParameterGroup]) throws -> [[Float]] {
            let model = try model()
            var options = TrainingOptions()
            options.epochs = 1
            options.batchSize = 10
            options.optimizer = SGD(learningRate: 0.1, weightDecay: 0.5)
            options.groups = groups
            let data = try ArrayDataset(inputs: Self.inputs, labels: Self.labels, inputShape: [4], classes: 2)
            _ = try Trainer(model, options: options, data: data, threads: threads).run()
            return model.weights.entries.indices.map { model.weights.array($0) }
        }
        let start = try model(), first = start.weights.entries.indices.map { start.weights.array($0) }
        let all = try train([]), half = try train([ParameterGroup(["body"], learningRateFactor: 0.5)])
        #expect(half[2] == all[2] && half[3] == all[3])
        for i in 0..<24 { #expect(abs((half[0][i] - first[0][i]) - (all[0][i] - first[0][i]) / 2) < 1e-6) }
        let still = try train([ParameterGroup(["b*/kernel"], learningRateFactor: 0)])
        #expect(still[0] == first[0] && still[1] == all[1] && still[2] == all[2])
        let noDecay = try train([ParameterGroup(["*"], weightDecay: 0)])
        for i in 0..<24 { #expect(abs(noDecay[0][i] - all[0][i] - 0.05 * first[0][i]) < 1e-6) }
        let decaying = ParameterGroup.layerwiseDecay(of: start, factor: 0.5)
        #expect(decaying.map(\.learningRateFactor) == [1, 0.5] && decaying.map(\.patterns) == [["head"], ["body"]])
    }

    /// Three slots, names and shapes of tensors, whole tensors: an optimizer of one's own has what it needs.
    struct ThreeMeans: Optimizer {
        static let className = "ThreeMeans"
        var learningRate: Float = 0.1
        var weightDecay: Float = 0
        let slots = ["a", "b", "c"]
        let updatesWholeTensors = true
        var config: [String: JSONValue] { [:] }
        func scratchCount(_ shape: Shape) -> Int { shape.last ?? 0 }

        func update(_ s: OptimizerStep) {
            guard s.count == s.tensor.specification.count, s.place == 0, let scratch = s.scratch else {
                return s.weights.update(repeating: .nan, count: s.count)
            }
            // The mean gradient of each column is taken off, over three running means.
            let columns = s.tensor.specification.shape.last!, rows = s.count / columns
            for c in 0..<columns {
                scratch[c] = 0
                for r in 0..<rows { scratch[c] += s.gradients[r * columns + c] / Float(rows) }
            }
            for i in 0..<s.count {
                let g = s.gradients[i] - (s.tensor.specification.name == "kernel" ? scratch[i % columns] : 0)
                s.slots[0][i] = g
                s.slots[1][i] += (s.slots[0][i] - s.slots[1][i]) * 0.5
                s.slots[2][i] += (s.slots[1][i] - s.slots[2][i]) * 0.5
                s.weights[i] -= s.learningRate * s.slots[2][i]
            }
        }
    }

    @Test(arguments: [1, 2]) func optimizerOfOnesOwnResumesExactly(_ threads: Int) throws {
        func trainer() throws -> Trainer {
            var options = TrainingOptions()
            options.epochs = 6
            options.batchSize = 3
            options.optimizer = ThreeMeans()
            let data = try ArrayDataset(inputs: Self.inputs, labels: Self.labels, inputShape: [4], classes: 2)
            return try Trainer(model(), options: options, data: data, threads: ThreadPool(threads: threads))
        }
        let whole = try trainer()
        _ = try whole.run()
        let path = NSTemporaryDirectory() + "own-\(UUID().uuidString).h5"
        defer { unlink(path) }
        let first = try trainer()
        first.callbacks = [LambdaCallback(onStepEnd: { $0.stopsTraining = $0.progress.step >= 7 })]
        #expect(try first.run() == .interrupted)
        try ResumeFile.save(first, settings: "", to: path)
        let second = try trainer()
        try ResumeFile.restore(second, from: path)
        _ = try second.run()
        #expect(second.model.weights.fingerprint == whole.model.weights.fingerprint)
        let areFinite = second.model.weights.array(0).allSatisfy { $0.isFinite }
        #expect(areFinite)
        #expect(whole.stateArrays.keys.sorted() == ["optimizer/a", "optimizer/b", "optimizer/c", "weights"])
    }

    /// After one step from zero the change of a matrix has singular values near 1 times the rate.
    @Test func muonMakesStepsOrthogonal() throws {
        for (rows, columns) in [(8, 5), (5, 8), (6, 6)] {
            let model = try Model(input: [rows], seed: 2) { Dense(columns) }
            let executor = try Executor(model, maximumBatch: 16, threads: threads, isTraining: true)
            let optimizer = try OptimizerState(Muon(learningRate: 1, nesterov: false), for: model, threads: threads)
            var random = RandomGenerator(seed: 6)
            let before = model.weights.array(0)
            for i in 0..<16 * rows { executor.input()[i] = random.uniform(in: -1...1) }
            executor.forward(count: 16, isTraining: true)
            for i in 0..<16 * columns { executor.outputGradient()[i] = random.uniform(in: -1...1) }
            executor.backward()
            try optimizer.step(executor.gradients)
            let factor = max(1, Float(rows) / Float(columns)).squareRoot()
            let step = zip(model.weights.array(0), before).map { ($0 - $1) / factor }
            // The squares of singular values are the eigenvalues of the smaller Gram matrix: their sum is its trace.
            let side = min(rows, columns)
            let trace = step.reduce(0) { $0 + $1 * $1 }
            #expect(trace > 0.5 * Float(side) && trace < 1.4 * Float(side), "\(rows) x \(columns): \(trace)")
        }
    }

    /// What is restored at the end is the best epoch's, and going on is exact all the same.
    @Test func bestWeightsAtEveryEnd() throws {
        func trainer(epochs: Int, averages: Bool) throws -> Trainer {
            var options = TrainingOptions()
            options.epochs = epochs
            options.batchSize = 8
            options.optimizer = Adam(learningRate: 0.1)
            options.restoresBestWeights = true
            options.averageDecay = averages ? 0.8 : nil
            options.monitor = .validationLoss
            return try Trainer(
                Model(input: [6, 6, 1], seed: 4) {
                    Flatten()
                    Dense(8, activation: .relu)
                    Dense(3, activation: .softmax)
                }, options: options, data: TrainerTests.Wobbling(count: 45),
                validation: TrainerTests.Wobbling(count: 21), threads: threads)
        }
        for averages in [false, true] {
            let whole = try trainer(epochs: 12, averages: averages)
            #expect(try whole.run() == .finished)
            #expect(whole.progress.bestEpoch < 12)
            func loss(_ trainer: Trainer) throws -> Double {
                try trainer.averagedModel.evaluate(
                    TrainerTests.Wobbling(count: 21), loss: .categoricalCrossentropy(), threads: threads
                ).loss
            }
            #expect(try abs(loss(whole) + whole.progress.bestValue!) < 1e-9)

            let first = try trainer(epochs: 12, averages: averages)
            first.callbacks = [LambdaCallback(onStepEnd: { $0.stopsTraining = $0.progress.step == 64 })]
            #expect(try first.run() == .interrupted)
            #expect(first.progress.bestEpoch < first.progress.epoch)
            #expect(try abs(loss(first) + first.progress.bestValue!) < 1e-9)
            // On in the same process, and from a file.
            let path = NSTemporaryDirectory() + "best-\(UUID().uuidString).h5"
            defer { unlink(path) }
            try ResumeFile.save(first, settings: "", to: path)
            let second = try trainer(epochs: 12, averages: averages)
            try ResumeFile.restore(second, from: path)
            first.callbacks = []
            for trainer in [first, second] {
                #expect(try trainer.run() == .finished)
                #expect(trainer.stateArrays.mapValues(Array.init) == whole.stateArrays.mapValues(Array.init))
            }
        }
    }

    @Test func derivedDataSets() throws {
        let base = try ArrayDataset(inputs: Self.inputs, labels: Self.labels, inputShape: [4], classes: 2)
        func sample(_ data: some TrainingData, _ index: Int) throws -> [Float] {
            var input = [Float](repeating: 0, count: 4), target: [Float] = [0, 0]
            try data.write(sample: index, epoch: nil, input: &input, target: &target)
            return input + target
        }
        let subset = try SubsetData(base, [7, 2])
        #expect(
            try subset.count == 2 && sample(subset, 0) == sample(base, 7) && subset.label(of: 1) == base.label(of: 2))
        #expect(throws: NeuralNetError.self) { try SubsetData(base, [10]) }
        let both = try ConcatenatedData([base, subset])
        #expect(try both.count == 12 && sample(both, 11) == sample(base, 2) && both.label(of: 10) == base.label(of: 7))
        let mapped = MappedData(base) { _, _, input, _ in input[0] += 1 }
        #expect(try sample(mapped, 3)[0] == sample(base, 3)[0] + 1)
        let calls = Counter()
        let made = try GeneratedData(count: 3, inputShapes: [[4]], targetCounts: [2]) { index, _, input, target in
            calls.add()
            input[0] = Float(index)
            target[1] = 1
        }
        let cached = CachedData(made)
        #expect(
            try sample(cached, 2) == [2, 0, 0, 0, 0, 1] && sample(cached, 2) == [2, 0, 0, 0, 0, 1] && calls.value == 1)
        let model = try model()
        let predictions = try Evaluator(model, threads: threads).predict(both)
        let direct = try model.predict(Self.inputs, threads: threads)
        #expect(Array(predictions.suffix(2)) == Array(direct[4..<6]))
    }

    final class Counter: @unchecked Sendable {
        // Safe to share: only one thread counts.
        private(set) var value = 0
        func add() { value += 1 }
    }

    @Test func summaryHasEveryLayer() throws {
        let text = try model().summary()
        #expect(
            text.contains("body (Dense)") && text.contains("[6]") && text.hasSuffix("44 weights, 44 of them trainable"))
    }
}
