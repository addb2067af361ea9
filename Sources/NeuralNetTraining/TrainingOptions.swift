import NeuralNetCore

/// Everything that decides a training run besides model and data. Equal options, seed and thread count give equal bits.
public struct TrainingOptions: Sendable {
    /// In all, those of earlier calls of `Trainer.run` included.
    public var epochs = 75
    /// Samples per batch; of several processes all together.
    public var batchSize = 64
    /// Batches whose gradients are added up before each step.
    public var gradientAccumulation = 1
    /// With the full learning rate, which `schedule` changes.
    public var optimizer: any Optimizer = Adam()
    /// Layers with rates and decays of their own.
    public var groups: [ParameterGroup] = []
    /// How the learning rate goes on from batch to batch.
    public var schedule: LearningRateSchedule = .constant
    /// One for each output of the model, or one for all.
    public var losses: [any Loss] = [CategoricalCrossentropy()]
    /// Factors of the losses in the sum that is minimised; empty for 1.
    public var lossWeights: [Float] = []
    /// For each output what is measured; one list counts for all outputs. Nil for what the losses suggest.
    public var metrics: [[any Metric]]?
    /// Factor of each class's loss; empty for 1.
    public var classWeights: [Float] = []
    /// How often the classes are drawn.
    public var sampling = ClassSampling.natural
    /// What happens to the gradients before each step, in this order; `globalClipNorm` comes last.
    public var gradientTransforms: [any GradientTransform] = []
    /// Scales all gradients down together when their norm is larger; nil for never. See `GlobalNormClipping`.
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
    /// Decides the order of the samples and dropout; the first weights are the model's.
    public var seed: UInt64 = 1
    /// How convolutions are computed, see `ConvolutionAlgorithm`.
    public var convolution = ConvolutionAlgorithm.automatic
    /// `.float` or `.bfloat16`; validation computes with it, too.
    public var precision = Precision.float
    /// Of several processes: whether BatchNormalization looks at the whole batch, or at what each process has of it.
    public var synchronisesBatchNormalization = true
    /// Adds up gradients in eight fixed pieces of each batch, so that the same batches give the same bits with one to eight
    /// processes and any number of threads. Slower: the pieces are computed one by one.
    public var sumsInFixedPieces = false
    /// Stops after this many epochs without improvement of `monitor`. The best weights are restored then.
    public var earlyStoppingPatience: Int?
    /// Whether the model has the best epoch's weights after `Trainer.run`, however it ended. A run that was only
    /// interrupted still goes on exactly.
    public var restoresBestWeights = false
    /// What decides which epoch is the best; nil for the first that is measured of validation accuracy, validation loss,
    /// accuracy and loss.
    public var monitor: Monitor?
    /// Stops in good order after this many seconds of training in this process.
    public var budget: Double?

    /// A value of an `EpochRecord`, by its name: `val_accuracy`, `loss`, `val_auc`.
    public struct Monitor: RawRepresentable, Sendable, Hashable {
        /// The name in the record.
        public var rawValue: String
        /// The name of a metric that is not listed here; `Trainer` throws if there is none.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// On the validation data.
        public static let validationAccuracy = Monitor(rawValue: "val_accuracy")
        /// On the validation data.
        public static let validationLoss = Monitor(rawValue: "val_loss")
        /// On the training batches, while they are trained on.
        public static let accuracy = Monitor(rawValue: "accuracy")
        /// On the training batches, while they are trained on.
        public static let loss = Monitor(rawValue: "loss")
    }

    /// 75 epochs of 64 samples a batch with Adam and `CategoricalCrossentropy`.
    public init() {}

    /// The loss of the only output.
    public var loss: any Loss {
        get { losses[0] }
        set { losses = [newValue] }
    }

    var keepsBestWeights: Bool { restoresBestWeights || earlyStoppingPatience != nil }
}

extension TrainingOptions {
    /// Throws `NeuralNetError.invalidSetting` for what cannot be right, with what would fit.
    func validate(for model: Model) throws {
        func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
            if !condition { throw NeuralNetError.invalidSetting(text()) }
        }
        try require(epochs >= 0, "epochs must be 0 or more, not \(epochs)")
        try require(precision != .int8, "8-bit integers are for prediction, not for training")
        try require(
            precision == .float || convolution == .automatic,
            "\(precision.rawValue) is for the automatic choice of convolutions, not for \(convolution.rawValue)")
        try require(batchSize > 0, "the batch size must be 1 or more, not \(batchSize)")
        try require(
            gradientAccumulation > 0, "gradient accumulation must be over 1 batch or more, not \(gradientAccumulation)")
        try require(
            globalClipNorm.map { $0 > 0 } ?? true, "the gradient's limit must be above 0, not \(globalClipNorm ?? 0)")
        try require(
            averageDecay.map { $0 >= 0 && $0 < 1 } ?? true,
            "the average keeps a share of 0..<1, not \(averageDecay ?? 0)")
        try require((0...1).contains(finishDropout), "the factor of Dropout must be in 0...1, not \(finishDropout)")
        try require(
            earlyStoppingPatience.map { $0 > 0 } ?? true,
            "the patience must be 1 epoch or more, not \(earlyStoppingPatience ?? 0)")
        try require(
            optimizer.learningRate.isFinite && optimizer.learningRate >= 0,
            "the learning rate must be 0 or more, not \(optimizer.learningRate)")
        let outputs = model.outputs.count
        try require(
            losses.count == 1 || losses.count == outputs, "\(losses.count) losses for \(outputs) outputs of the model")
        try require(
            lossWeights.isEmpty || lossWeights.count == outputs,
            "\(lossWeights.count) loss weights for \(outputs) outputs of the model")
        for index in 0..<outputs {
            let loss = loss(ofOutput: index), shape = model.outputShapes[index]
            if let problem = loss.problem(withOutput: shape, activation: model.lastActivation(ofOutput: index)) {
                throw NeuralNetError.invalidSetting("\(type(of: loss).className) on outputs \(shape): \(problem)")
            }
            for metric in metrics(ofOutput: index) {
                if let problem = metric.problem(withOutput: shape) {
                    throw NeuralNetError.invalidSetting("\(metric.name) of outputs \(shape): \(problem)")
                }
            }
        }
        try validateClassWeights(for: model)
    }

    private func validateClassWeights(for model: Model) throws {
        guard !classWeights.isEmpty else { return }
        guard model.outputs.count == 1 else {
            throw NeuralNetError.invalidSetting("class weights need a model with one output")
        }
        let classes = model.outputShapes[0].last ?? 0
        guard classWeights.count == classes, model.outputShapes[0].count == 1 else {
            throw NeuralNetError.invalidSetting(
                "\(classWeights.count) class weights for outputs \(model.outputShapes[0])")
        }
        guard classWeights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw NeuralNetError.invalidSetting("class weights must be 0 or more")
        }
    }

    func loss(ofOutput index: Int) -> any Loss { losses.count == 1 ? losses[0] : losses[index] }

    func lossWeight(ofOutput index: Int) -> Float { lossWeights.isEmpty ? 1 : lossWeights[index] }

    func metrics(ofOutput index: Int) -> [any Metric] {
        guard let metrics else { return loss(ofOutput: index).standardMetrics }
        if metrics.isEmpty { return [] }
        return metrics.count == 1 ? metrics[0] : index < metrics.count ? metrics[index] : []
    }

    func losses(for model: Model) -> [any Loss] { model.outputs.indices.map(loss(ofOutput:)) }
}
