import NeuralNetCore

/// What is told how training goes, with Keras's names. Several can be there at once; they are called in their order.
/// Setting `trainer.stopsTraining` ends the run in good order, before the next batch.
public protocol Callback: AnyObject {
    /// When `Trainer.run` begins, also to go on with a run.
    func onTrainBegin(_ trainer: Trainer) throws
    /// `epoch` counts from 1, as in records.
    func onEpochBegin(_ trainer: Trainer, epoch: Int) throws
    /// Before the forward pass of the batch whose first sample is at this place of the epoch.
    func onBatchBegin(_ trainer: Trainer, start: Int) throws
    /// After each batch with its mean loss, the penalties of weights left out.
    func onBatchEnd(_ trainer: Trainer, loss: Double) throws
    /// After each step of the optimizer but an epoch's last; the state can be saved here.
    func onStepEnd(_ trainer: Trainer) throws
    /// After each epoch, validation included; the state can be saved here.
    func onEpochEnd(_ trainer: Trainer, _ record: EpochRecord) throws
    /// Before `Trainer.run` returns; not after an error.
    func onTrainEnd(_ trainer: Trainer, _ end: TrainingEnd) throws
}

extension Callback {
    public func onTrainBegin(_ trainer: Trainer) throws {}
    public func onEpochBegin(_ trainer: Trainer, epoch: Int) throws {}
    public func onBatchBegin(_ trainer: Trainer, start: Int) throws {}
    public func onBatchEnd(_ trainer: Trainer, loss: Double) throws {}
    public func onStepEnd(_ trainer: Trainer) throws {}
    public func onEpochEnd(_ trainer: Trainer, _ record: EpochRecord) throws {}
    public func onTrainEnd(_ trainer: Trainer, _ end: TrainingEnd) throws {}
}

/// A callback out of closures.
public final class LambdaCallback: Callback {
    private let stepEnd: ((Trainer) throws -> Void)?
    private let batchEnd: ((Trainer, Double) throws -> Void)?
    private let epochBegin: ((Trainer, Int) throws -> Void)?
    private let epochEnd: ((Trainer, EpochRecord) throws -> Void)?
    private let trainEnd: ((Trainer, TrainingEnd) throws -> Void)?

    /// What is nil is not told.
    public init(
        onEpochBegin: ((Trainer, Int) throws -> Void)? = nil, onBatchEnd: ((Trainer, Double) throws -> Void)? = nil,
        onStepEnd: ((Trainer) throws -> Void)? = nil, onEpochEnd: ((Trainer, EpochRecord) throws -> Void)? = nil,
        onTrainEnd: ((Trainer, TrainingEnd) throws -> Void)? = nil
    ) {
        epochBegin = onEpochBegin
        batchEnd = onBatchEnd
        stepEnd = onStepEnd
        epochEnd = onEpochEnd
        trainEnd = onTrainEnd
    }

    public func onEpochBegin(_ trainer: Trainer, epoch: Int) throws { try epochBegin?(trainer, epoch) }
    public func onBatchEnd(_ trainer: Trainer, loss: Double) throws { try batchEnd?(trainer, loss) }
    public func onStepEnd(_ trainer: Trainer) throws { try stepEnd?(trainer) }
    public func onEpochEnd(_ trainer: Trainer, _ record: EpochRecord) throws { try epochEnd?(trainer, record) }
    public func onTrainEnd(_ trainer: Trainer, _ end: TrainingEnd) throws { try trainEnd?(trainer, end) }
}
