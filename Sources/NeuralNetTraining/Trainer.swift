import CKernels
import NeuralNetCore
import Randomness
import Timing

/// Trains a model: batches prepared in the background, forward, losses, backward, optimizer, validation per epoch.
///
/// Nothing is allocated in a steady step. The run can be stopped after any step and continued exactly, see
/// `TrainingProgress` and `stateArrays`.
public final class Trainer {
    /// Its weights are the latest while it trains.
    public let model: Model
    /// As they were given; changes need another trainer.
    public let options: TrainingOptions
    /// How far the run is.
    public internal(set) var progress = TrainingProgress()
    /// Called in this order; what one throws ends the run.
    public var callbacks: [any Callback] = []
    /// Ends the run before the next batch, with the state complete.
    public var stopsTraining = false

    /// Those who train together: each has the whole model, and a share of every batch.
    public let communicator: any Communicator

    /// The model that validation measures and that should be kept: the running average if there is one.
    public var averagedModel: Model { average ?? model }

    let data: any TrainingData
    let validation: (any TrainingData)?
    let average: Model?
    let shares: BatchShares
    let work: any BatchWork
    var executor: Executor { work.executor }
    let evaluator: Evaluator?
    let optimizer: OptimizerState
    let metrics: MetricSums
    let monitor: TrainingOptions.Monitor
    let isMonitorBetterWhenLarger: Bool
    private let loader: BatchLoader
    private let tally: BatchTally
    /// For running statistics that differ by rank; nil where they don't.
    let statistics: CommunicatingPeers?
    /// The best weights so far; while `holdsBestWeights`, the latest ones.
    let bestWeights: UnsafeMutablePointer<Float>?
    var holdsBestWeights = false
    private var accumulated = 0
    /// The learning rate of the last step.
    var lastLearningRate: Float = 0
    /// The class of each sample; 0 for data without classes.
    private let labels: [Int]

    /// Allocates everything the run needs. Throws `NeuralNetError` when model, data and teacher do not fit each other, or
    /// settings cannot be right together. Of several processes each makes the same trainer with its own `communicator`:
    /// the same model, options, data and number of threads.
    public init(
        _ model: Model, options: TrainingOptions, data: any TrainingData, validation: (any TrainingData)? = nil,
        teacher: Teacher? = nil, threads: ThreadPool, communicator: any Communicator = SingleProcess()
    ) throws {
        let fixed = options.sumsInFixedPieces ? ShardedBatch.pieces : nil
        guard fixed.map({ communicator.size <= $0 }) ?? true else {
            throw NeuralNetError.invalidSetting(
                "sums that do not depend on the number of processes are for \(ShardedBatch.pieces) at most, not "
                    + "\(communicator.size)")
        }
        guard fixed == nil || options.synchronisesBatchNormalization else {
            throw NeuralNetError.invalidSetting(
                "sums that do not depend on the number of processes need BatchNormalization over the whole batch")
        }
        self.communicator = communicator
        let shares = BatchShares(communicator, fixed: fixed)
        self.shares = shares
        try options.validate(for: model)
        guard options.batchSize >= communicator.size else {
            throw NeuralNetError.invalidSetting(
                "a batch of \(options.batchSize) cannot be shared by \(communicator.size) processes")
        }
        let losses = options.losses(for: model)
        try data.requireFit(model, losses: losses)
        try validation?.requireFit(model, losses: losses)
        self.model = model
        self.options = options
        self.data = data
        self.validation = validation
        labels = (0..<data.count).map { data.label(of: $0) ?? 0 }
        metrics = MetricSums(model, losses: losses, metrics: model.outputs.indices.map(options.metrics(ofOutput:)))
        progress.metricSums = [Double](repeating: 0, count: metrics.count)
        (monitor, isMonitorBetterWhenLarger) = try Trainer.monitor(
            options.monitor, metrics, validation, classes: Trainer.classes(of: model, validation))
        tally = BatchTally(communicator, shares, metrics: metrics.count)
        // No batch has more samples than there are.
        let batchSize = min(options.batchSize, max(data.count, 1))
        let synchronises = options.synchronisesBatchNormalization
        statistics = synchronises || shares.pieces == 1 ? nil : CommunicatingPeers(communicator)
        let metrics = metrics
        func worker(_ batch: Int, _ threads: ThreadPool) throws -> BatchWorker {
            try BatchWorker(
                model, options: options, losses: losses, metrics: metrics, teacher: teacher, data: data,
                maximumBatch: batch, threads: threads)
        }
        if fixed != nil {
            work = try ShardedBatch(
                shares, communicator, synchronises: synchronises, batchSize: batchSize, threads: threads
            ) { try worker($0, ThreadPool(threads: 1)) }
        } else {
            work = WholeShare(
                try worker(shares.largest(of: batchSize), threads), communicator, synchronises: synchronises)
        }
        average = options.averageDecay == nil ? nil : model.copy()
        let measured = average ?? model
        evaluator = try validation.map { validation in
            try Evaluator(
                measured, batchSize: min(options.batchSize, max(validation.count, 1)), precision: options.precision,
                threads: threads)
        }
        loader = BatchLoader(data, batchSize: batchSize, shares: shares)
        optimizer = try OptimizerState(
            options.optimizer, for: model, groups: options.groups,
            excludedFromWeightDecay: options.excludedFromWeightDecay,
            transforms: options.gradientTransforms + (options.globalClipNorm.map { [GlobalNormClipping($0)] } ?? []),
            threads: threads)
        bestWeights = options.keepsBestWeights ? AlignedMemory.allocate(floats: model.weights.count) : nil
    }

    deinit {
        AlignedMemory.free(bestWeights)
    }

    /// The number of classes that a classifier's validation is measured over; nil for other tasks.
    private static func classes(of model: Model, _ data: (any TrainingData)?) -> Int? {
        guard let data, model.outputs.count == 1, data.count > 0, data.label(of: 0) != nil else { return nil }
        return model.outputShapes[0].count == 1 ? model.outputShapes[0][0] : nil
    }

    /// The value that decides which epoch is the best, and whether it should be large.
    private static func monitor(
        _ wanted: TrainingOptions.Monitor?, _ metrics: MetricSums, _ validation: (any TrainingData)?, classes: Int?
    ) throws -> (TrainingOptions.Monitor, Bool) {
        var isLarge: [String: Bool] = ["loss": false]
        for name in metrics.names { isLarge[name] = metrics.isBetterWhenLarger(name) }
        if validation != nil {
            for (name, value) in isLarge { isLarge["val_" + name] = value }
            if classes != nil { isLarge["val_macro_f1"] = true }
        }
        if let wanted {
            guard let value = isLarge[wanted.rawValue] else {
                throw NeuralNetError.invalidSetting(
                    "there is no '\(wanted.rawValue)' to watch, only " + isLarge.keys.sorted().joined(separator: ", "))
            }
            return (wanted, value)
        }
        for name in ["val_accuracy", "val_loss", "accuracy"] {
            if let value = isLarge[name] { return (.init(rawValue: name), value) }
        }
        return (.loss, false)
    }

    /// Bytes of activations, gradients and moments.
    public var memory: Int { work.memory + optimizer.memorySize }

    /// The metrics of the epoch under way, by name.
    public var currentMetrics: [String: Double] { metrics.results(progress.metricSums) }

    /// Trains until all epochs are done, patience or the budget ends, or a callback asks for the end. Can be called again
    /// to go on. Throws what callbacks, data and gradient transforms throw, and `NeuralNetError.notFinite`.
    public func run() throws -> TrainingEnd {
        let started = monotonicSeconds()
        showLatestWeights()
        stopsTraining = false
        for callback in callbacks { try callback.onTrainBegin(self) }
        var end = TrainingEnd.finished
        while progress.epoch < options.epochs {
            // Here and not behind an epoch, so that a run that was interrupted there ends as it would have.
            if isOutOfPatience { break }
            if let early = try runEpoch(started: started) {
                end = early
                break
            }
        }
        if end == .finished, isOutOfPatience { end = .stoppedEarly(bestEpoch: progress.bestEpoch) }
        if options.restoresBestWeights || end == .stoppedEarly(bestEpoch: progress.bestEpoch) { showBestWeights() }
        for callback in callbacks { try callback.onTrainEnd(self, end) }
        return end
    }

    /// Nil when the run is to go on or at its end.
    private func runEpoch(started: Double) throws -> TrainingEnd? {
        let epochStart = monotonicSeconds()
        let before = progress.secondsInEpoch
        for callback in callbacks { try callback.onEpochBegin(self, epoch: progress.epoch + 1) }
        loader.begin(order(of: progress.epoch), epoch: progress.epoch, from: progress.samplesInEpoch)
        while let batch = try loader.next() {
            for callback in callbacks { try callback.onBatchBegin(self, start: batch.start) }
            let loss = try train(on: batch, isLate: isLate(started))
            progress.samplesInEpoch = batch.start + batch.count
            loader.release()
            progress.secondsInEpoch = before + monotonicSeconds() - epochStart
            for callback in callbacks { try callback.onBatchEnd(self, loss: loss) }
            guard accumulated == 0, progress.samplesInEpoch < data.count else { continue }
            for callback in callbacks { try callback.onStepEnd(self) }
            if let end = tally.end(stops: stopsTraining, isLate: isLate(started)) { return end }
        }
        let record = try finishEpoch()
        for callback in callbacks { try callback.onEpochEnd(self, record) }
        if progress.epoch >= options.epochs || isOutOfPatience { return nil }
        tally.vote(stops: stopsTraining, isLate: isLate(started))
        return tally.end(stops: stopsTraining, isLate: isLate(started))
    }

    private func isLate(_ started: Double) -> Bool {
        options.budget.map { monotonicSeconds() - started > $0 } ?? false
    }

    /// The order of the samples in an epoch, a function of seed and epoch.
    private func order(of epoch: Int) -> [Int] {
        var random = RandomGenerator(seed: options.seed, streams: 0x0D3, UInt64(epoch))
        return options.sampling.order(of: labels, random: &random)
    }

    /// The batch's mean loss.
    private func train(on batch: BatchLoader.Batch, isLate: Bool) throws -> Double {
        let stream = UInt64(progress.epoch) << 32 | UInt64(batch.start)
        let isFinish = progress.epoch >= options.epochs - options.finishEpochs
        let isStep = accumulated + 1 == options.gradientAccumulation || batch.start + batch.count >= data.count
        tally.begin(work.workers, progress.metricSums)
        work.run(
            batch, loader,
            .init(
                seed: options.seed &+ stream, dropoutScale: isFinish ? options.finishDropout : 1,
                share: 1 / Float(samplesOfStep(with: batch)), accumulates: accumulated > 0),
            completes: isStep)
        let sum = tally.finish(
            work.workers, stops: stopsTraining, isLate: isLate, into: &progress.metricSums)
        guard sum.isFinite else { throw NeuralNetError.notFinite(quantity: "the loss", step: progress.step + 1) }
        progress.lossSum += sum
        accumulated += 1
        if isStep {
            try step()
            accumulated = 0
        }
        return sum / Double(batch.count)
    }

    /// The samples whose gradients are added up before the step that `batch` belongs to: less at the end of an epoch.
    private func samplesOfStep(with batch: BatchLoader.Batch) -> Int {
        let full = options.batchSize * options.gradientAccumulation
        return min(full, data.count - batch.start / full * full)
    }
}
