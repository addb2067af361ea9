/// Everything that decides a training run besides model and data. Equal options, seed and thread count give equal bits.
public struct TrainingOptions: Sendable {
    public var epochs = 75
    public var batchSize = 64
    /// Batches whose gradients are added up before each step.
    public var gradientAccumulation = 1
    public var optimizer: any Optimizer = Adam()
    public var schedule: LearningRateSchedule = .constant
    public var loss: Loss = .categoricalCrossentropy()
    /// Factor of each class's loss; empty for 1.
    public var classWeights: [Float] = []
    /// How often the classes are drawn.
    public var sampling = ClassSampling.natural
    /// Scales all gradients down together when their norm is larger; nil for never. R. Pascanu et al., 2013.
    public var globalClipNorm: Float?
    /// Share of the running average kept per step (0.999, say); validation and the saved model then use the average.
    /// Starts smaller, `(1 + steps) / (10 + steps)`, so that early averages are not dominated by the start.
    public var averageDecay: Float?
    /// Weights that `weightDecay` leaves alone, by name.
    public var excludedFromWeightDecay: Set<String> = []
    /// The last epochs, in which Dropout's rates are multiplied with `finishDropout`: a network that underfits can
    /// settle on what it learnt.
    public var finishEpochs = 0
    /// 0...1.
    public var finishDropout: Float = 1
    public var seed: UInt64 = 1
    public var convolution = ConvolutionAlgorithm.automatic
    /// Stops after this many epochs without improvement of `monitor`, and restores the best weights.
    public var earlyStoppingPatience: Int?
    /// What decides which epoch is the best.
    public var monitor: Monitor = .validationAccuracy
    /// Stops in good order after this many seconds of training in this process.
    public var budget: Double?

    public enum Monitor: String, Sendable {
        case validationAccuracy = "val_accuracy"
        case validationLoss = "val_loss"
    }

    public init() {}
}

/// What one epoch brought. Accuracies are shares, 0...1.
public struct EpochRecord: Sendable, Equatable, Codable {
    /// Counted from 1.
    public var epoch: Int
    public var loss: Double
    public var accuracy: Double
    public var validationLoss: Double?
    public var validationAccuracy: Double?
    public var validationMacroF1: Double?
    /// Of the epoch's last step.
    public var learningRate: Double
    /// Of the epoch, over all interruptions.
    public var seconds: Double

    enum CodingKeys: String, CodingKey {
        case epoch, loss, accuracy, seconds
        case validationLoss = "val_loss"
        case validationAccuracy = "val_accuracy"
        case validationMacroF1 = "val_macro_f1"
        case learningRate = "learning_rate"
    }
}

/// Where a training run is between two steps: with the weights and the moments, all that is needed to go on as if
/// it had never stopped.
public struct TrainingProgress: Sendable, Equatable, Codable {
    /// Epochs finished.
    public var epoch = 0
    /// Samples of the current epoch already used.
    public var samplesInEpoch = 0
    /// Optimizer steps done.
    public var step = 0
    /// Sums over the current epoch so far.
    public var lossSum = 0.0
    public var correct = 0
    public var secondsInEpoch = 0.0
    public var bestEpoch = 0
    public var bestValue: Double?
    public var plateauFactor: Float = 1
    public var plateauEpochs = 0
    public var plateauBest: Double?
    public var history: [EpochRecord] = []

    public init() {}
}

/// Why `Trainer.run` returned.
public enum TrainingEnd: Sendable, Equatable {
    case finished
    case stoppedEarly(bestEpoch: Int)
    case budgetUsed
    /// A callback asked for it.
    case interrupted
}
