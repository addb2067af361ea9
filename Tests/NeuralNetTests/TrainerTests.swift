import Foundation
import NeuralNet
import Testing

@Suite struct TrainerTests {
    /// Noisy samples that differ from epoch to epoch, as augmented pictures do.
    struct Wobbling: TrainingData {
        let count: Int
        let inputShape: Shape = [6, 6, 1]
        let targetCount = 3

        func label(of index: Int) -> Int? { index % 3 }

        func write(
            sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
        ) {
            var random = RandomGenerator(seed: 9, streams: UInt64(index), UInt64(epoch.map { $0 + 1 } ?? 0))
            for i in 0..<36 { input[i] = random.uniform(in: -1...1) + (i % 3 == index % 3 ? 0.6 : 0) }
            for i in 0..<3 { target[i] = i == index % 3 ? 1 : 0 }
        }
    }

    private func model() throws -> Model {
        try Model(input: [6, 6, 1], seed: 4) {
            Conv2D(16, kernelSize: 3, padding: .same)
            BatchNormalization()
            ActivationLayer(.relu)
            Conv2D(16, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
            Dropout(0.3)
            Flatten()
            Dense(3, activation: .softmax)
        }
    }

    private func options() -> TrainingOptions {
        var options = TrainingOptions()
        options.epochs = 4
        options.batchSize = 8
        options.gradientAccumulation = 2
        options.averageDecay = 0.9
        options.classWeights = [1, 2, 1]
        options.globalClipNorm = 1
        options.loss = .categoricalCrossentropy(labelSmoothing: 0.1)
        options.schedule = .reduceOnPlateau(factor: 0.5, patience: 1)
        options.earlyStoppingPatience = 50
        options.finishEpochs = 1
        options.finishDropout = 0.5
        options.seed = 3
        return options
    }

    private func trainer(_ threads: Int) throws -> Trainer {
        try Trainer(
            model(), options: options(), data: Wobbling(count: 45), validation: Wobbling(count: 21),
            threads: ThreadPool(threads: threads))
    }

    private func bits(_ trainer: Trainer) -> [String: [UInt32]] {
        trainer.stateArrays.mapValues { $0.map(\.bitPattern) }
    }

    /// Batches larger than the data take no more memory than the data, and what no machine has is refused in words.
    @Test func batchesOfMoreThanThereIs() throws {
        var options = options()
        options.epochs = 1
        options.gradientAccumulation = 1
        options.batchSize = 1 << 30
        let trainer = try Trainer(
            model(), options: options, data: Wobbling(count: 45), validation: Wobbling(count: 21),
            threads: ThreadPool(threads: 2))
        #expect(try trainer.run() == .finished && trainer.progress.step == 1)
        let error = #expect(throws: NeuralNetError.self) {
            try Executor(model(), maximumBatch: 1 << 30, threads: ThreadPool(threads: 1))
        }
        #expect(error?.description.contains("MB, more memory than there is") == true)
    }

    @Test(arguments: [(1, 1), (2, 1), (2, 4), (1, 7)]) func resumesToTheSameBits(_ threads: Int, _ stop: Int) throws {
        let whole = try trainer(threads)
        #expect(try whole.run() == .finished)

        let path = NSTemporaryDirectory() + "resume-\(UUID().uuidString).h5"
        defer { unlink(path) }
        let first = try trainer(threads)
        first.callbacks = [LambdaCallback(onStepEnd: { $0.stopsTraining = $0.progress.step >= stop })]
        #expect(try first.run() == .interrupted)
        #expect(first.progress.step == stop)
        try ResumeFile.save(first, settings: "some", to: path)
        #expect(try ResumeFile.settings(of: path) == "some")

        let second = try trainer(threads)
        try ResumeFile.restore(second, from: path)
        #expect(try second.run() == .finished)
        #expect(bits(second) == bits(whole))
        func withoutTime(_ trainer: Trainer) -> [EpochRecord] {
            trainer.progress.history.map {
                var record = $0
                record.seconds = 0
                return record
            }
        }
        #expect(withoutTime(second) == withoutTime(whole))
    }

    @Test func resumeFileOfAnotherNetworkIsRefused() throws {
        let path = NSTemporaryDirectory() + "resume-\(UUID().uuidString).h5"
        defer { unlink(path) }
        try ResumeFile.save(try trainer(1), settings: "", to: path)
        let other = try Trainer(
            try Model(input: [6, 6, 1]) {
                Flatten(); Dense(3, activation: .softmax)
            }, options: options(),
            data: Wobbling(count: 9), threads: ThreadPool(threads: 1))
        #expect(throws: NeuralNetError.self) { try ResumeFile.restore(other, from: path) }
    }

    @Test func learns() throws {
        var options = options()
        options.epochs = 30
        let trainer = try Trainer(
            model(), options: options, data: Wobbling(count: 90), validation: Wobbling(count: 60),
            threads: ThreadPool(threads: 2))
        _ = try trainer.run()
        #expect((trainer.progress.history.last?.validationAccuracy ?? 0) > 0.9)
    }

    @Test func earlyStoppingRestoresTheBest() throws {
        var options = options()
        options.epochs = 60
        options.earlyStoppingPatience = 2
        options.optimizer = Adam(learningRate: 0.05)
        let trainer = try Trainer(
            model(), options: options, data: Wobbling(count: 45), validation: Wobbling(count: 21),
            threads: ThreadPool(threads: 1))
        var best: [Float] = []
        trainer.callbacks = [
            LambdaCallback(onEpochEnd: { trainer, _ in
                if trainer.isBest {
                    best = Array(
                        UnsafeBufferPointer(
                            start: trainer.averagedModel.weights.values, count: trainer.averagedModel.weights.count))
                }
            })
        ]
        let end = try trainer.run()
        #expect(end == .stoppedEarly(bestEpoch: trainer.progress.bestEpoch))
        #expect(trainer.progress.epoch == trainer.progress.bestEpoch + 2)
        let kept = UnsafeBufferPointer(start: trainer.averagedModel.weights.values, count: best.count)
        #expect(Array(kept) == best)
    }

    /// The state saved at the end of the epoch with which patience ends says so.
    @Test func runThatIsOverStaysOver() throws {
        var options = options()
        options.epochs = 60
        options.earlyStoppingPatience = 2
        options.optimizer = Adam(learningRate: 0.05)
        func makeTrainer(_ options: TrainingOptions) throws -> Trainer {
            try Trainer(
                model(), options: options, data: Wobbling(count: 45), validation: Wobbling(count: 21),
                threads: ThreadPool(threads: 1))
        }
        let path = NSTemporaryDirectory() + "resume-\(UUID().uuidString).h5"
        defer { unlink(path) }
        let whole = try makeTrainer(options)
        whole.callbacks = [
            LambdaCallback(onEpochEnd: { trainer, _ in try ResumeFile.save(trainer, settings: "", to: path) })
        ]
        let end = try whole.run()
        #expect(end == .stoppedEarly(bestEpoch: whole.progress.bestEpoch))

        let killed = try makeTrainer(options)
        try ResumeFile.restore(killed, from: path)
        #expect(try killed.run() == end)
        #expect(killed.progress.epoch == whole.progress.epoch && bits(killed) == bits(whole))

        let asked = try makeTrainer(options)
        let last = whole.progress.epoch
        asked.callbacks = [
            LambdaCallback(onEpochEnd: { trainer, _ in trainer.stopsTraining = trainer.progress.epoch >= last })
        ]
        #expect(try asked.run() == end)
        #expect(bits(asked) == bits(whole))
    }

    @Test func notANumberIsReportedWithItsStep() throws {
        var options = TrainingOptions()
        options.optimizer = SGD(learningRate: 1e30)
        options.batchSize = 8
        let trainer = try Trainer(model(), options: options, data: Wobbling(count: 45), threads: ThreadPool(threads: 1))
        do {
            _ = try trainer.run()
            Issue.record("no error")
        } catch NeuralNetError.notFinite(let quantity, let step) {
            // Which of the two stops being a number first is a matter of rounding.
            #expect(["the loss", "a weight"].contains(quantity) && step >= 2 && step <= 6, "\(quantity), step \(step)")
        }
    }

    @Test func dataMustFit() throws {
        let wrong = try ArrayDataset(inputs: [0, 0], labels: [0], inputShape: [2], classes: 3)
        #expect(throws: NeuralNetError.self) {
            try Trainer(model(), options: TrainingOptions(), data: wrong, threads: ThreadPool(threads: 1))
        }
        let evaluator = try Evaluator(model(), threads: ThreadPool(threads: 1))
        #expect(throws: NeuralNetError.self) { try evaluator.predict(wrong) }
        #expect(throws: NeuralNetError.self) { try evaluator.evaluate(wrong, loss: .categoricalCrossentropy()) }
        #expect(throws: NeuralNetError.self) { try ArrayDataset(inputs: [0], labels: [5], inputShape: [1], classes: 3) }
        #expect(throws: NeuralNetError.self) { try ArrayDataset(inputs: [0], labels: [0], inputShape: [2], classes: 3) }
    }

    @Test func schedules() {
        #expect(LearningRateSchedule.constant.factor(epoch: 3, total: 10) == 1)
        let step = LearningRateSchedule.step(epochs: 4, factor: 0.1)
        #expect(step.factor(epoch: 3.9, total: 10) == 1)
        #expect(abs(step.factor(epoch: 4, total: 10) - 0.1) < 1e-7)
        #expect(abs(step.factor(epoch: 9, total: 10) - 0.01) < 1e-7)
        let cosine = LearningRateSchedule.cosine(warmupEpochs: 2, minimum: 0.1)
        #expect(abs(cosine.factor(epoch: 1, total: 10) - 0.5) < 1e-2)
        #expect(cosine.factor(epoch: 2, total: 10) == 1)
        #expect(abs(cosine.factor(epoch: 6, total: 10) - 0.55) < 1e-6)
        #expect(abs(cosine.factor(epoch: 10, total: 10) - 0.1) < 1e-6)
        #expect(LearningRateSchedule.reduceOnPlateau().factor(epoch: 1, total: 2, plateau: 0.25) == 0.25)
    }

    @Test func metricsByHand() throws {
        // Three classes; true 0 0 0 1 1 2, predicted 0 0 1 1 2 2.
        let rows: [[Float]] = [
            [0.8, 0.1, 0.1], [0.5, 0.3, 0.2], [0.3, 0.4, 0.3], [0.2, 0.6, 0.2], [0.1, 0.4, 0.5], [0, 0.2, 0.8],
        ]
        let metrics = try ClassificationMetrics(
            probabilities: rows.flatMap { $0 }, labels: [0, 0, 0, 1, 1, 2], classes: 3)
        #expect(metrics.confusion == [[2, 1, 0], [0, 1, 1], [0, 0, 1]])
        #expect(abs(metrics.accuracy - 4.0 / 6) < 1e-12)
        #expect(metrics.topAccuracy(2) == 1)
        #expect(metrics.precision(1) == 0.5 && metrics.recall(1) == 0.5 && metrics.f1(1) == 0.5)
        #expect(abs(metrics.f1(0) - 0.8) < 1e-12 && abs(metrics.f1(2) - 2.0 / 3) < 1e-12)
        #expect(abs(metrics.macroF1 - (0.8 + 0.5 + 2.0 / 3) / 3) < 1e-12)
        // Wilson's interval for 4 of 6, from its formula.
        #expect(abs(metrics.accuracyInterval.lowerBound - 0.29999) < 1e-4)
        #expect(abs(metrics.accuracyInterval.upperBound - 0.90323) < 1e-4)
    }
}
