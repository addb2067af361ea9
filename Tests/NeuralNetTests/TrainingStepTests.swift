import Glibc
import NeuralNet
import Testing

@Suite struct TrainingStepTests {
    private func model() throws -> Model {
        try Model(input: [6, 6, 1], seed: 4) {
            Flatten()
            Dense(8, activation: .relu)
            Dense(3, activation: .softmax)
        }
    }

    private func trainer(_ options: TrainingOptions, count: Int) throws -> Trainer {
        try Trainer(
            model(), options: options, data: TrainerTests.Wobbling(count: count), threads: ThreadPool(threads: 1))
    }

    /// Steps of 16, 16 and 12 samples, at once or in batches of 8.
    @Test func accumulatedStepsAreThoseOfLargeBatches() throws {
        var options = TrainingOptions()
        options.epochs = 2
        options.optimizer = SGD(learningRate: 0.2)
        options.batchSize = 16
        let whole = try trainer(options, count: 44)
        _ = try whole.run()
        options.batchSize = 8
        options.gradientAccumulation = 2
        let parts = try trainer(options, count: 44)
        _ = try parts.run()
        #expect(parts.progress.step == 6 && whole.progress.step == 6)
        for (index, entry) in whole.model.weights.entries.enumerated() {
            expectClose(
                parts.model.weights.array(index), whole.model.weights.array(index), shape: entry.specification.shape,
                tolerance: 1e-4, entry.specification.name)
        }
    }

    /// Without a softmax probabilities below 1e-7 count as that, so that they have no slope; nor has their share of the
    /// target one through the sum. Against the formula, in doubles.
    @Test func probabilitiesThatAreCutOffHaveNoSlope() throws {
        let biases: [Float] = [-30, 0, 1], targets = [0.1, 0.8, 0.1]
        let model = try Model(input: [1], seed: 1) { Dense(3, activation: .sigmoid) }
        try model.weights.set(0, [0, 0, 0])
        try model.weights.set(1, biases)
        var options = TrainingOptions()
        options.epochs = 1
        options.batchSize = 1
        options.optimizer = SGD(learningRate: 1)
        options.loss = .categoricalCrossentropy(labelSmoothing: 0.3)
        let data = try ArrayDataset(inputs: [1], labels: [1], inputShape: [1], classes: 3)
        let trainer = try Trainer(model, options: options, data: data, threads: ThreadPool(threads: 1))
        #expect(try trainer.run() == .finished)
        let s = biases.map { 1 / (1 + exp(-Double($0))) }, sum = s.reduce(0, +)
        let seen = targets[1] + targets[2]
        for (i, after) in model.weights.array(1).enumerated() {
            let slope = (seen / sum - (i == 0 ? 0 : targets[i] / s[i])) * s[i] * (1 - s[i])
            #expect(abs(Double(biases[i] - after) - slope) < 1e-5, "\(i)")
        }
        #expect(model.weights.array(1)[1] != biases[1])
    }

    @Test func historyHasTheRateOfItsEpoch() throws {
        var options = TrainingOptions()
        options.epochs = 3
        options.batchSize = 8
        options.optimizer = SGD(learningRate: 0.1)
        options.schedule = .step(epochs: 1, factor: 0.5)
        let trainer = try trainer(options, count: 20)
        _ = try trainer.run()
        for (record, rate) in zip(trainer.progress.history, [0.1, 0.05, 0.025]) {
            #expect(abs(record.learningRate - rate) < 1e-6)
        }
    }

    /// A ReLU does not hide them from the loss.
    @Test func weightsThatAreNoNumbersEndTheRun() throws {
        var options = TrainingOptions()
        options.epochs = 1
        options.batchSize = 8
        let trainer = try trainer(options, count: 20)
        try trainer.model.weights.set(0, [Float](repeating: .nan, count: 36 * 8))
        #expect(throws: NeuralNetError.notFinite(quantity: "the loss", step: 1)) { try trainer.run() }
        #expect(trainer.progress.epoch == 0)
    }
}
