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
    let evaluator: Evaluator?
    private let loader: BatchLoader
    private let teacher: TeacherRun?
    let slots: [UnsafeMutablePointer<Float>]
    /// The best weights so far, for early stopping.
    let bestWeights: UnsafeMutablePointer<Float>?
    private let sampleWeights: UnsafeMutablePointer<Float>
    /// The weight decay of each entry of the weights.
    let decayOf: [Float]
    let partialNorms: UnsafeMutablePointer<Double>
    private var accumulated = 0
    /// The learning rate of the last step.
    var lastLearningRate: Float = 0
    /// The class of each sample; 0 for data without classes.
    private let labels: [Int]

    /// Allocates everything the run needs. Throws `NeuralNetError` when model, data and teacher do not fit each other.
    public init(
        _ model: Model, options: TrainingOptions, data: any TrainingData, validation: (any TrainingData)? = nil,
        teacher: Teacher? = nil, threads: ThreadPool
    ) throws {
        for set in [data, validation].compactMap({ $0 }) {
            try set.requireFit(model)
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
        self.teacher = try teacher.map {
            try TeacherRun($0, data: data, batchSize: options.batchSize, threads: threads)
        }
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
    /// Throws `NeuralNetError.notFinite` when loss or weights are no numbers any more, and what the callbacks throw.
    public func run() throws -> TrainingEnd {
        let started = monotonicSeconds()
        while progress.epoch < options.epochs {
            // Here and not behind an epoch, so that a run that was interrupted there ends as it would have.
            if isOutOfPatience {
                restoreBest()
                return .stoppedEarly(bestEpoch: progress.bestEpoch)
            }
            if let end = try runEpoch(started: started) { return end }
        }
        return .finished
    }

    /// Nil when the run is to go on or at its end.
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
        let goesOn = try callbacks.epochEnded(self, finishEpoch())
        if progress.epoch >= options.epochs || isOutOfPatience { return nil }
        if !goesOn { return .interrupted }
        if let budget = options.budget, monotonicSeconds() - started > budget { return .budgetUsed }
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
        let right = correct(executor.output(), batch.targets, rows: batch.count, columns: classes)
        teacher?.teach(inputs: batch.inputs, targets: batch.targets, count: batch.count)

        let fromLogits = executor.logits != nil
        let values = executor.logits ?? executor.output()
        let loss = options.loss.evaluate(
            values, targets: batch.targets, weights: weights(of: batch), count: batch.count, columns: classes,
            fromLogits: fromLogits, scale: 1 / Float(samplesOfStep(with: batch)),
            gradient: executor.outputGradient())
        guard loss.isFinite else { throw NeuralNetError.notFinite(quantity: "the loss", step: progress.step + 1) }
        progress.lossSum += loss
        progress.correct += right

        executor.backward(accumulate: accumulated > 0)
        accumulated += 1
        if accumulated == options.gradientAccumulation || batch.start + batch.count >= data.count {
            try step()
            accumulated = 0
        }
    }

    /// The samples whose gradients are added up before the step that `batch` belongs to: less at the end of an epoch.
    private func samplesOfStep(with batch: BatchLoader.Batch) -> Int {
        let full = options.batchSize * options.gradientAccumulation
        return min(full, data.count - batch.start / full * full)
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
}

/// Seconds of a clock that never goes back.
public func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
