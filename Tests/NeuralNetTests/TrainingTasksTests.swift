import Foundation
import NeuralNet
import Testing

/// Training of other things than one classifier.
@Suite struct TrainingTasksTests {
    private let threads = ThreadPool(threads: 1)

    private func line() throws -> ArrayDataset {
        let x = (0..<64).map { Float($0) / 32 - 1 }
        return try ArrayDataset(inputs: x, targets: x.map { 3 * $0 - 1 }, inputShape: [1])
    }

    @Test func aLine() throws {
        let model = try Model(input: [1], seed: 2) { Dense(1) }
        var options = TrainingOptions()
        options.epochs = 200
        options.batchSize = 16
        options.optimizer = Adam(learningRate: 0.05)
        options.loss = .meanSquaredError
        options.earlyStoppingPatience = 5
        let data = try line()
        let trainer = try Trainer(model, options: options, data: data, validation: data, threads: threads)
        _ = try trainer.run()
        let last = try #require(trainer.progress.history.last)
        // Nobody asked for an accuracy, so there is none.
        #expect(last.accuracy == nil && last.validationAccuracy == nil && last.validationMacroF1 == nil)
        #expect(trainer.progress.epoch > 20)
        #expect(abs(model.weights.array(0)[0] - 3) < 0.02 && abs(model.weights.array(1)[0] + 1) < 0.02)
        let result = try Evaluator(model, threads: threads).evaluate(
            data, loss: .meanSquaredError, metrics: [MeanAbsoluteErrorMetric(), R2Score()])
        #expect(result.classification == nil)
        #expect(result.metrics["mae"]! < 0.02 && result.metrics["r2"]! > 0.999 && result.metrics.count == 2)
        #expect(abs(try model.predict([0.5], threads: threads)[0] - 0.5) < 0.03)
    }

    @Test func yesOrNo() throws {
        let model = try Model(input: [2], seed: 2) {
            Dense(8, activation: .tanh)
            Dense(1, activation: .sigmoid)
        }
        var random = RandomGenerator(seed: 4)
        let x = (0..<200).map { _ in random.uniform(in: -1...1) }
        let y: [Float] = (0..<100).map { x[2 * $0] * x[2 * $0 + 1] > 0 ? 1 : 0 }
        let data = try ArrayDataset(inputs: x, targets: y, inputShape: [2])
        var options = TrainingOptions()
        options.epochs = 150
        options.batchSize = 20
        options.optimizer = Adam(learningRate: 0.03)
        options.loss = .binaryCrossentropy
        options.metrics = [[BinaryAccuracy(), AUC()]]
        options.monitor = .init(rawValue: "val_auc")
        let trainer = try Trainer(model, options: options, data: data, validation: data, threads: threads)
        _ = try trainer.run()
        let last = try #require(trainer.progress.history.last)
        #expect(last.accuracy! > 0.95 && last["val_auc"]! > 0.98 && last.loss > 1e-6)
        #expect(trainer.progress.bestValue == trainer.progress.history.compactMap { $0["val_auc"] }.max())
    }

    /// Two inputs, two outputs with a loss and a weight each; the sum is what is minimised.
    @Test func severalInputsAndOutputs() throws {
        let a = Input([3], name: "a"), b = Input([2], name: "b")
        let both = Dense(12, activation: .tanh)(Concatenate()(a, b))
        let model = try Model(
            inputs: [a, b], outputs: [Dense(1, name: "sum")(both), Dense(2, activation: .softmax, name: "sign")(both)],
            seed: 5)
        var random = RandomGenerator(seed: 1)
        let count = 120
        let first = (0..<3 * count).map { _ in random.uniform(in: -1...1) }
        let second = (0..<2 * count).map { _ in random.uniform(in: -1...1) }
        let sums = (0..<count).map { i -> Float in first[3 * i] + first[3 * i + 2] + second[2 * i] }
        let signs = sums.flatMap { $0 > 0 ? [Float(1), 0] : [0, 1] }
        let data = try ArrayDataset(
            inputs: [first, second], inputShapes: [[3], [2]],
            targets: [sums, signs], targetCounts: [1, 2])
        var options = TrainingOptions()
        options.epochs = 80
        options.batchSize = 25
        options.optimizer = Adam(learningRate: 0.02)
        options.losses = [MeanSquaredError(), CategoricalCrossentropy()]
        options.lossWeights = [1, 0.5]
        let trainer = try Trainer(model, options: options, data: data, validation: data, threads: threads)
        _ = try trainer.run()
        let last = try #require(trainer.progress.history.last)
        #expect(last["sign_accuracy"]! > 0.95 && last["val_sign_accuracy"]! > 0.95 && last.accuracy == nil)
        let result = try Evaluator(model, threads: threads).evaluate(
            data, losses: options.losses, lossWeights: options.lossWeights)
        #expect(abs(result.loss - last.validationLoss!) < 1e-6 && result.loss < 0.2)
        // By hand, from the outputs.
        let executor = try Executor(model, maximumBatch: count, threads: threads)
        executor.input(0).update(from: first, count: first.count)
        executor.input(1).update(from: second, count: second.count)
        executor.forward(count: count)
        var square = 0.0, entropy = 0.0
        for i in 0..<count {
            let error = Double(executor.output(0)[i] - sums[i])
            square += error * error
            entropy -= log(Double(executor.output(1)[2 * i + (sums[i] > 0 ? 0 : 1)]))
        }
        #expect(abs((square + 0.5 * entropy) / Double(count) - result.loss) < 1e-4)
    }

    @Test func sampleWeightsAreFactors() throws {
        func train(_ x: [Float], _ y: [Float], _ weights: [Float]) throws -> [Float] {
            let model = try Model(input: [1], seed: 2) { Dense(1) }
            var options = TrainingOptions()
            options.epochs = 3
            options.batchSize = 8
            options.optimizer = SGD(learningRate: 0.1)
            options.loss = .meanSquaredError
            let data = try ArrayDataset(inputs: x, targets: y, inputShape: [1], sampleWeights: weights)
            _ = try Trainer(model, options: options, data: data, threads: threads).run()
            return model.weights.array(0) + model.weights.array(1)
        }
        // Weight 2 and 0 are the sample twice and never.
        let twice = try train([1, 1, 2], [3, 3, 4], []), weighted = try train([1, 2, 9], [3, 4, 9], [2, 1, 0])
        expectClose(weighted, twice, shape: [2], tolerance: 1e-5, "weights")
    }

    @Test func whatCannotBeRightIsSaidAtOnce() throws {
        let one = try Model(input: [1]) { Dense(1, activation: .sigmoid) }
        let linear = try Model(input: [1]) { Dense(3) }
        let classes = try Model(input: [1]) { Dense(3, activation: .softmax) }
        func message(_ model: Model, _ change: (inout TrainingOptions) -> Void) throws -> String {
            var options = TrainingOptions()
            change(&options)
            let columns = model.outputShapes[0][0]
            let data = try ArrayDataset(
                inputs: [1, 2], targets: .init(repeating: 0, count: 2 * columns), inputShape: [1], targetCount: columns)
            do {
                _ = try Trainer(model, options: options, data: data, validation: data, threads: threads)
                return ""
            } catch { return "\(error)" }
        }
        #expect(try message(one) { _ in }.contains("one output fits BinaryCrossentropy"))
        #expect(try message(linear) { _ in }.contains("end the model in a softmax, or say fromLogits"))
        #expect(try message(linear) { $0.loss = CategoricalCrossentropy(fromLogits: true) } == "")
        #expect(
            try message(classes) { $0.loss = CategoricalCrossentropy(fromLogits: true) }
                .contains("it takes logits, but the model ends in a softmax"))
        #expect(try message(classes) { $0.classWeights = [1, 2] } == "2 class weights for outputs [3]")
        #expect(try message(classes) { $0.batchSize = 0 } == "the batch size must be 1 or more, not 0")
        #expect(
            try message(one) {
                $0.loss = .meanSquaredError
                $0.metrics = [[CategoricalAccuracy()]]
            }.contains("accuracy of outputs [1]: it needs two or more classes"))
        #expect(
            try message(one) {
                $0.loss = .meanSquaredError
                $0.monitor = .validationAccuracy
            } == "there is no 'val_accuracy' to watch, only loss, val_loss")
        #expect(try message(classes) { $0.losses = [] }.contains("0 losses for 1 outputs"))
        #expect(
            try message(classes) { $0.groups = [ParameterGroup(["convv*"])] }
                == "no weights are called 'convv*'; there are layers such as 'dense'")
        #expect(try message(classes) { $0.metrics = [[TopKCategoricalAccuracy(k: 4)]] }.contains("k must be between"))
    }

    @Test func dataThatThrowsSaysWhichSample() throws {
        struct Broken: Error, CustomStringConvertible { let description = "cannot be decoded" }
        let data = try GeneratedData(count: 40, inputShapes: [[1]], targetCounts: [1]) { index, _, input, target in
            if index == 33 { throw Broken() }
            input[0] = 1
            target[0] = 1
        }
        let model = try Model(input: [1]) { Dense(1) }
        var options = TrainingOptions()
        options.batchSize = 4
        options.loss = .meanSquaredError
        let trainer = try Trainer(model, options: options, data: data, threads: threads)
        #expect(throws: NeuralNetError.sample(index: 33, reason: "cannot be decoded")) { try trainer.run() }
        #expect(throws: NeuralNetError.sample(index: 33, reason: "cannot be decoded")) {
            try Evaluator(model, batchSize: 7, threads: threads).predict(data)
        }
    }
}
