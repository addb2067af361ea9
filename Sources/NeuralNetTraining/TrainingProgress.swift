import NeuralNetCore

/// What one epoch brought: the loss, and by name (Keras's, `val_` for validation) all that was measured. What was not
/// measured is nil, never 0.
public struct EpochRecord: Sendable, Equatable {
    /// Counted from 1.
    public var epoch: Int
    /// The mean over the training samples, as they were while they were trained on.
    public var loss: Double
    /// `accuracy`, `val_loss`, `val_accuracy`, `val_macro_f1`, `val_auc`, ...; accuracies are shares, 0...1.
    public var metrics: [String: Double]
    /// Of the epoch's last step.
    public var learningRate: Double
    /// Of the epoch, over all interruptions.
    public var seconds: Double

    /// A record with what is known.
    public init(
        epoch: Int, loss: Double, metrics: [String: Double] = [:], learningRate: Double = 0, seconds: Double = 0
    ) {
        self.epoch = epoch
        self.loss = loss
        self.metrics = metrics
        self.learningRate = learningRate
        self.seconds = seconds
    }

    /// `metrics["accuracy"]`: a share, 0...1.
    public var accuracy: Double? {
        get { metrics["accuracy"] }
        set { metrics["accuracy"] = newValue }
    }
    /// `metrics["val_loss"]`; nil without validation.
    public var validationLoss: Double? {
        get { metrics["val_loss"] }
        set { metrics["val_loss"] = newValue }
    }
    /// `metrics["val_accuracy"]`: a share, 0...1.
    public var validationAccuracy: Double? {
        get { metrics["val_accuracy"] }
        set { metrics["val_accuracy"] = newValue }
    }
    /// `metrics["val_macro_f1"]`: the mean of the classes' F1, 0...1; nil where there are no classes.
    public var validationMacroF1: Double? {
        get { metrics["val_macro_f1"] }
        set { metrics["val_macro_f1"] = newValue }
    }

    /// A value by its name, the loss too.
    public subscript(_ name: String) -> Double? { name == "loss" ? loss : metrics[name] }
}

extension EpochRecord: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }

        static let epoch = Key(stringValue: "epoch"), loss = Key(stringValue: "loss")
        static let learningRate = Key(stringValue: "learning_rate"), seconds = Key(stringValue: "seconds")
        static let all = ["epoch", "loss", "learning_rate", "seconds"]
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        epoch = try fields.decode(Int.self, forKey: .epoch)
        loss = try fields.decode(Double.self, forKey: .loss)
        learningRate = try fields.decode(Double.self, forKey: .learningRate)
        seconds = try fields.decode(Double.self, forKey: .seconds)
        metrics = [:]
        for key in fields.allKeys where !Key.all.contains(key.stringValue) {
            metrics[key.stringValue] = try fields.decodeIfPresent(Double.self, forKey: key)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(epoch, forKey: .epoch)
        try fields.encode(loss, forKey: .loss)
        try fields.encode(learningRate, forKey: .learningRate)
        try fields.encode(seconds, forKey: .seconds)
        for (name, value) in metrics { try fields.encode(value, forKey: Key(stringValue: name)) }
    }
}

/// Where a training run is between two steps: with the weights and the moments, all that is needed to go on as if
/// it had never stopped.
public struct TrainingProgress: Sendable, Equatable {
    /// Epochs finished.
    public var epoch = 0
    /// Samples of the current epoch already used.
    public var samplesInEpoch = 0
    /// Optimizer steps done.
    public var step = 0
    /// Sums over the current epoch so far.
    public var lossSum = 0.0
    /// The sums of the metrics over the current epoch so far, one behind the other.
    public var metricSums: [Double] = []
    /// Spent on the current epoch so far, over all interruptions.
    public var secondsInEpoch = 0.0
    /// The epoch with the best value of `TrainingOptions.monitor`; 0 before there is one.
    public var bestEpoch = 0
    /// Its value, negated where smaller is better.
    public var bestValue: Double?
    /// For `LearningRateSchedule.reduceOnPlateau`: the product of its reductions so far.
    public var plateauFactor: Float = 1
    /// Epochs since the loss last fell, or since the last reduction.
    public var plateauEpochs = 0
    /// The lowest loss so far, of validation if there is any.
    public var plateauBest: Double?
    /// One record per finished epoch.
    public var history: [EpochRecord] = []

    /// The beginning.
    public init() {}
}

extension TrainingProgress: Codable {
    private enum CodingKeys: String, CodingKey {
        case epoch, samplesInEpoch, step, lossSum, metricSums, correct, secondsInEpoch, bestEpoch, bestValue
        case plateauFactor, plateauEpochs, plateauBest, history
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        epoch = try fields.decode(Int.self, forKey: .epoch)
        samplesInEpoch = try fields.decode(Int.self, forKey: .samplesInEpoch)
        step = try fields.decode(Int.self, forKey: .step)
        lossSum = try fields.decode(Double.self, forKey: .lossSum)
        if let sums = try fields.decodeIfPresent([Double].self, forKey: .metricSums) {
            metricSums = sums
        } else if let correct = try fields.decodeIfPresent(Double.self, forKey: .correct) {
            // Files written when accuracy was the only thing measured.
            metricSums = [correct, Double(samplesInEpoch)]
        }
        secondsInEpoch = try fields.decode(Double.self, forKey: .secondsInEpoch)
        bestEpoch = try fields.decode(Int.self, forKey: .bestEpoch)
        bestValue = try fields.decodeIfPresent(Double.self, forKey: .bestValue)
        plateauFactor = try fields.decode(Float.self, forKey: .plateauFactor)
        plateauEpochs = try fields.decode(Int.self, forKey: .plateauEpochs)
        plateauBest = try fields.decodeIfPresent(Double.self, forKey: .plateauBest)
        history = try fields.decode([EpochRecord].self, forKey: .history)
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(epoch, forKey: .epoch)
        try fields.encode(samplesInEpoch, forKey: .samplesInEpoch)
        try fields.encode(step, forKey: .step)
        try fields.encode(lossSum, forKey: .lossSum)
        try fields.encode(metricSums, forKey: .metricSums)
        try fields.encode(secondsInEpoch, forKey: .secondsInEpoch)
        try fields.encode(bestEpoch, forKey: .bestEpoch)
        try fields.encodeIfPresent(bestValue, forKey: .bestValue)
        try fields.encode(plateauFactor, forKey: .plateauFactor)
        try fields.encode(plateauEpochs, forKey: .plateauEpochs)
        try fields.encodeIfPresent(plateauBest, forKey: .plateauBest)
        try fields.encode(history, forKey: .history)
    }
}

/// Why `Trainer.run` returned.
public enum TrainingEnd: Sendable, Equatable {
    case finished
    case stoppedEarly(bestEpoch: Int)
    case budgetUsed
    /// A callback asked for it.
    case interrupted
}
