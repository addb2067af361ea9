import CKernels
import Glibc

/// Trains a model: batches prepared in the background, forward, loss, backward, optimizer, validation per epoch.
///
/// Nothing is allocated in a steady step. The run can be stopped after any step and continued exactly, see
/// `TrainingProgress` and `stateArrays`.
public final class Trainer {
    /// Called between steps and epochs; returns whether to go on.
    public struct Callbacks {
        public var stepEnded: (Trainer) throws -> Bool = { _ in true }
        public var epochEnded: (Trainer, EpochRecord) throws -> Bool = { _, _ in true }
        public init() {}
    }

    public let model: Model
    public let options: TrainingOptions
    public internal(set) var progress = TrainingProgress()
    public var callbacks = Callbacks()

    /// The model that validation measures and that should be kept: the running average if there is one.
    public var averagedModel: Model { average ?? model }

    let data: any TrainingData
    let validation: (any TrainingData)?
    let average: Model?
    let executor: Executor
    private let evaluator: Evaluator?
    private let loader: BatchLoader
    let slots: [UnsafeMutablePointer<Float>]
    /// The best weights so far, for early stopping.
    let bestWeights: UnsafeMutablePointer<Float>?
    private let sampleWeights: UnsafeMutablePointer<Float>
    private let decayOf: [Float]
    private let partialNorms: UnsafeMutablePointer<Double>
    private var accumulated = 0
    /// The class of each sample; 0 for data without classes.
    private let labels: [Int]

    /// Allocates everything the run needs. Throws `NeuralNetError` when model and data do not fit each other.
    public init(
        _ model: Model, options: TrainingOptions, data: any TrainingData, validation: (any TrainingData)? = nil,
        threads: ThreadPool
    ) throws {
        guard model.inputs.count == 1, model.outputs.count == 1 else {
            throw NeuralNetError.invalidGraph("training needs a model with one input and one output")
        }
        for set in [data, validation].compactMap({ $0 }) {
            guard set.inputShape == model.inputShapes[0], [set.targetCount] == model.outputShapes[0] else {
                throw NeuralNetError.incompatibleData(
                    expected: "inputs \(model.inputShapes[0]) and targets \(model.outputShapes[0])",
                    received: "\(set.inputShape) and [\(set.targetCount)]")
            }
            guard set.count > 0 else {
                throw NeuralNetError.incompatibleData(expected: "at least one sample", received: "none")
            }
        }
        self.model = model
        self.options = options
        self.data = data
        self.validation = validation
        labels = (0..<data.count).map { data.label(of: $0) ?? 0 }
        executor = try Executor(
            model, maximumBatch: options.batchSize, threads: threads, isTraining: true,
            lossIncludesSoftmax: options.loss.includesSoftmax(of: model), convolution: options.convolution)
        average = options.averageDecay == nil ? nil : model.copy()
        let measured = average ?? model
        evaluator = try validation.map { _ in
            try Evaluator(measured, batchSize: options.batchSize, threads: threads)
        }
        loader = BatchLoader(data, batchSize: options.batchSize)
        let count = model.weights.trainableCount
        slots = options.optimizer.slots.map { _ in AlignedMemory.allocate(floats: count) }
        bestWeights = options.earlyStoppingPatience == nil ? nil : AlignedMemory.allocate(floats: model.weights.count)
        sampleWeights = AlignedMemory.allocate(floats: options.batchSize)
        partialNorms = .allocate(capacity: threads.count)
        decayOf = model.weights.entries.map {
            options.excludedFromWeightDecay.contains($0.specification.name) ? 0 : options.optimizer.weightDecay
        }
    }

    deinit {
        for slot in slots { free(slot) }
        free(bestWeights)
        free(sampleWeights)
        partialNorms.deallocate()
    }

    /// Bytes of activations, gradients and moments.
    public var memory: Int {
        executor.memory + slots.count * model.weights.trainableCount * MemoryLayout<Float>.stride
    }

    /// Trains until the last epoch, or until something ends it. Can be called again to go on.
    /// Throws `NeuralNetError.notFinite` when the loss is not a number any more, and what the callbacks throw.
    public func run() throws -> TrainingEnd {
        let started = monotonicSeconds()
        while progress.epoch < options.epochs {
            if let end = try runEpoch(started: started) { return end }
        }
        return .finished
    }

    private func runEpoch(started: Double) throws -> TrainingEnd? {
        let epochStart = monotonicSeconds()
        let before = progress.secondsInEpoch
        loader.begin(order(of: progress.epoch), epoch: progress.epoch, from: progress.samplesInEpoch)
        while let batch = loader.next() {
            try train(on: batch)
            progress.samplesInEpoch = batch.start + batch.count
            loader.release()
            progress.secondsInEpoch = before + monotonicSeconds() - epochStart
            if accumulated == 0, progress.samplesInEpoch < data.count {
                if try !callbacks.stepEnded(self) { return .interrupted }
                if let budget = options.budget, monotonicSeconds() - started > budget { return .budgetUsed }
            }
        }
        let record = try finishEpoch()
        if try !callbacks.epochEnded(self, record) { return progress.epoch < options.epochs ? .interrupted : nil }
        if let patience = options.earlyStoppingPatience, progress.epoch - progress.bestEpoch >= patience,
            progress.epoch < options.epochs
        {
            restoreBest()
            return .stoppedEarly(bestEpoch: progress.bestEpoch)
        }
        if let budget = options.budget, monotonicSeconds() - started > budget, progress.epoch < options.epochs {
            return .budgetUsed
        }
        return nil
    }

    /// The order of the samples in an epoch, a function of seed and epoch.
    private func order(of epoch: Int) -> [Int] {
        var random = RandomGenerator(seed: options.seed, streams: 0x0D3, UInt64(epoch))
        return options.sampling.order(of: labels, random: &random)
    }

    private func train(on batch: BatchLoader.Batch) throws {
        let classes = data.targetCount
        executor.input().update(from: batch.inputs, count: batch.count * data.inputShape.reduce(1, *))
        let stream = UInt64(progress.epoch) << 32 | UInt64(batch.start)
        let isFinish = progress.epoch >= options.epochs - options.finishEpochs
        executor.forward(
            count: batch.count, isTraining: true, seed: options.seed &+ stream,
            dropoutScale: isFinish ? options.finishDropout : 1)

        let fromLogits = executor.logits != nil
        let values = executor.logits ?? executor.output()
        let loss = options.loss.evaluate(
            values, targets: batch.targets, weights: weights(of: batch), count: batch.count, columns: classes,
            fromLogits: fromLogits, scale: 1 / Float(batch.count * options.gradientAccumulation),
            gradient: executor.outputGradient())
        guard loss.isFinite else { throw NeuralNetError.notFinite(quantity: "the loss", step: progress.step + 1) }
        progress.lossSum += loss
        progress.correct += correct(executor.output(), batch.targets, rows: batch.count, columns: classes)

        executor.backward(accumulate: accumulated > 0)
        accumulated += 1
        if accumulated == options.gradientAccumulation || batch.start + batch.count >= data.count {
            try step()
            accumulated = 0
        }
    }

    /// Class weights of the batch's samples, mixed as their targets are; nil if there are none.
    private func weights(of batch: BatchLoader.Batch) -> UnsafePointer<Float>? {
        guard !options.classWeights.isEmpty else { return nil }
        let classes = data.targetCount
        for row in 0..<batch.count {
            var sum: Float = 0
            for i in 0..<classes { sum += batch.targets[row * classes + i] * options.classWeights[i] }
            sampleWeights[row] = sum
        }
        return UnsafePointer(sampleWeights)
    }

    private func correct(
        _ output: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, rows: Int, columns: Int
    ) -> Int {
        var result = 0
        for row in 0..<rows {
            var best = 0, truth = 0
            for i in 1..<max(columns, 1) {
                if output[row * columns + i] > output[row * columns + best] { best = i }
                if targets[row * columns + i] > targets[row * columns + truth] { truth = i }
            }
            if best == truth { result += 1 }
        }
        return result
    }

    /// One optimizer step from the gradients at hand.
    private func step() throws {
        let weights = model.weights
        for entry in weights.entries where entry.specification.isTrainable && entry.specification.l2 != 0 {
            fm_add_scaled(
                executor.gradients.baseAddress! + entry.offset, weights.values + entry.offset,
                2 * entry.specification.l2, entry.specification.count)
        }
        let threads = executor.threads
        var scale: Float = 1
        if let limit = options.globalClipNorm {
            let norm = gradientNorm()
            guard norm.isFinite else {
                throw NeuralNetError.notFinite(quantity: "the gradient", step: progress.step + 1)
            }
            scale = min(1, limit / max(norm, 1e-12))
        }
        progress.step += 1
        let rate = currentLearningRate
        let iteration = progress.step
        threads.run { thread in
            for (index, entry) in weights.entries.enumerated() where entry.specification.isTrainable {
                let lines = (entry.specification.count + 15) / 16  // whole cache lines per thread
                let first = lines * thread / threads.count * 16, last = lines * (thread + 1) / threads.count * 16
                guard first < last else { continue }
                let at = entry.offset + first
                options.optimizer.update(
                    OptimizerStep(
                        weights: weights.values + at, gradients: UnsafePointer(executor.gradients.baseAddress! + at),
                        slots: (slots.first.map { $0 + at }, slots.count > 1 ? slots[1] + at : nil),
                        count: last - first, learningRate: rate, iteration: iteration, gradientScale: scale,
                        weightDecay: decayOf[index]))
            }
        }
        weights.didChange()
        updateAverage()
    }

    /// The learning rate of the step under way.
    public var currentLearningRate: Float {
        let epoch = Double(progress.epoch) + Double(progress.samplesInEpoch) / Double(data.count)
        return options.optimizer.learningRate
            * options.schedule.factor(epoch: epoch, total: options.epochs, plateau: progress.plateauFactor)
    }

    private func gradientNorm() -> Float {
        let threads = executor.threads, gradients = executor.gradients
        for thread in 0..<threads.count { partialNorms[thread] = 0 }
        threads.runRanges(gradients.count) { thread, range in
            partialNorms[thread] = fm_sum_squares(gradients.baseAddress! + range.lowerBound, range.count)
        }
        var sum = 0.0
        for thread in 0..<threads.count { sum += partialNorms[thread] }
        return Float(sum.squareRoot())
    }

    private func updateAverage() {
        guard let average, let decay = options.averageDecay else { return }
        let steps = Float(progress.step)
        let keep = min(decay, (1 + steps) / (10 + steps))
        let source = model.weights.values, target = average.weights.values
        executor.threads.runRanges(model.weights.count) { _, range in
            fm_interpolate(target + range.lowerBound, source + range.lowerBound, keep, range.count)
        }
        average.weights.didChange()
    }

    private func finishEpoch() throws -> EpochRecord {
        let penalty = model.weights.entries.enumerated().reduce(0.0) { sum, item in
            let l2 = item.element.specification.l2
            return l2 == 0 || !item.element.specification.isTrainable
                ? sum
                : sum + Double(l2)
                    * fm_sum_squares(model.weights.values + item.element.offset, item.element.specification.count)
        }
        var record = EpochRecord(
            epoch: progress.epoch + 1, loss: progress.lossSum / Double(data.count) + penalty,
            accuracy: Double(progress.correct) / Double(data.count), learningRate: Double(currentLearningRate),
            seconds: progress.secondsInEpoch)
        if let evaluator, let validation {
            let start = monotonicSeconds()
            let result = evaluator.evaluate(validation, loss: options.loss)
            record.validationLoss = result.loss + penalty
            record.validationAccuracy = result.metrics.accuracy
            record.validationMacroF1 = result.metrics.macroF1
            record.seconds += monotonicSeconds() - start
        }
        guard record.loss.isFinite, record.validationLoss?.isFinite ?? true else {
            throw NeuralNetError.notFinite(quantity: "the loss", step: progress.step)
        }
        progress.epoch += 1
        progress.samplesInEpoch = 0
        progress.lossSum = 0
        progress.correct = 0
        progress.secondsInEpoch = 0
        progress.history.append(record)
        judge(record)
        return record
    }

    /// Keeps score of the best epoch and of plateaus.
    private func judge(_ record: EpochRecord) {
        let value: Double
        switch options.monitor {
        case .validationAccuracy: value = record.validationAccuracy ?? record.accuracy
        case .validationLoss: value = -(record.validationLoss ?? record.loss)
        }
        if progress.bestValue.map({ value > $0 }) ?? true {
            progress.bestValue = value
            progress.bestEpoch = progress.epoch
            bestWeights?.update(from: averagedModel.weights.values, count: model.weights.count)
        }
        guard case .reduceOnPlateau(let factor, let patience, let minimum) = options.schedule else { return }
        let loss = record.validationLoss ?? record.loss
        if progress.plateauBest.map({ loss < $0 - 1e-4 }) ?? true {
            progress.plateauBest = loss
            progress.plateauEpochs = 0
        } else {
            progress.plateauEpochs += 1
            if progress.plateauEpochs >= patience {
                progress.plateauFactor = max(minimum, progress.plateauFactor * factor)
                progress.plateauEpochs = 0
            }
        }
    }

    /// True right after an epoch that was the best so far.
    public var isBest: Bool { progress.bestEpoch == progress.epoch }

    private func restoreBest() {
        guard let bestWeights else { return }
        averagedModel.weights.values.update(from: bestWeights, count: model.weights.count)
        averagedModel.weights.didChange()
    }
}

/// Seconds of a clock that never goes back.
public func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
