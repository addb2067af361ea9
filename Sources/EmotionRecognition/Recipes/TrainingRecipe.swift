import NeuralNet

/// All that decides how a network is trained, as a value that can be written down: with the same data, program and
/// thread count it gives the same weights, bit for bit.
public struct TrainingRecipe: Sendable, Equatable {
    /// `sgd` is `SGD`, with the recipe's momentum; `adam`, `adamw` and `rmsprop` are the types of those names.
    public enum OptimizerName: String, Sendable, Codable, CaseIterable { case sgd, adam, adamw, rmsprop }
    /// How the learning rate goes on, see `LearningRateSchedule`: `step` is a tenth of it after each third of the
    /// epochs, `plateau` halves it after five epochs without a lower loss.
    public enum ScheduleName: String, Sendable, Codable, CaseIterable { case constant, cosine, step, plateau }
    /// Factors of the classes' losses: `balanced` is pictures / (classes * pictures of the class), `root` its square
    /// root.
    public enum ClassWeights: String, Sendable, Codable, CaseIterable { case none, balanced, root }
    /// Which epoch's weights a run keeps.
    public enum Save: String, Sendable, Codable, CaseIterable { case best, last }

    /// The name of an `Architecture`, or of the network that `network` describes.
    public var architecture = Architecture.cnn.rawValue
    /// The network as Keras's model JSON; nil for one known by name.
    public var network: String?
    /// The model file whose weights the run starts from: a path, or the name of a model that comes with the program. The
    /// network and how pictures are fed are then the model's.
    public var from: String?
    /// Layers of `from` that are not trained: names with `*` for any letters, or how many of the first.
    public var freeze: [String]?
    /// The classes of a new last layer that takes the place of that of `from`, in its order; only their pictures are used.
    public var head: [String]?
    /// Width and height that pictures are brought to.
    public var inputSize = 48
    /// Width and height of the part of a picture that the network sees; nil for all of it.
    public var cropSize: Int?
    /// 1 for grey, 3 for grey repeated in each colour.
    public var channels = 1
    /// See `NetworkOptions`.
    public var widths: [Int]?
    /// Rates, 0..<1; see `NetworkOptions`.
    public var blockDropout: [Float]?
    /// A rate, 0..<1; see `NetworkOptions`.
    public var headDropout: Float?
    /// What is done to the brightness of pictures first, in training and ever after.
    public var equalisation = Equalisation.none
    /// What is learnt from people's votes, for data with such; nil: from labels.
    public var votes: VoteTargets?
    /// Times that all training pictures are looked at.
    public var epochs = 75
    /// Pictures per batch.
    public var batchSize = 64
    /// Batches whose gradients are added up before each step.
    public var gradientAccumulation = 1
    public var optimizer = OptimizerName.adam
    /// The full one, before `schedule` changes it.
    public var learningRate: Float = 0.001
    /// For `sgd`: 0..<1.
    public var momentum: Float = 0.9
    /// For `sgd`: whether the momentum is Nesterov's.
    public var nesterov = true
    /// Decoupled from the gradient, see `Optimizer.weightDecay`; biases and the parameters of normalizations and PReLU
    /// have none.
    public var weightDecay: Float = 0
    public var schedule = ScheduleName.cosine
    /// For `cosine`: epochs in which the rate rises from 0; parts count.
    public var warmupEpochs: Float = 0
    /// The lowest learning rate, as a share of the full one.
    public var minimumRate: Float = 0.01
    /// Share of the uniform distribution in each target, 0...1; see `CategoricalCrossentropy`.
    public var labelSmoothing: Float = 0
    /// How much each class's loss counts.
    public var classWeights = ClassWeights.none
    /// How often the classes are drawn.
    public var sampling = ClassSampling.natural
    /// The parameter of mixup's beta distribution, 0 for no mixup.
    public var mixup: Float = 0
    /// What to learn from besides the labels, see `Teacher`.
    public var teacher: ModelNames?
    /// The teacher's share of each target.
    public var teacherShare: Float = 0.5
    /// The largest norm of all gradients together, see `GlobalNormClipping`; nil for no limit.
    public var clipNorm: Float?
    /// Share of the running average kept per step; nil for no average.
    public var averageDecay: Float? = 0.999
    /// What is done to the training pictures, at random.
    public var augmentation = Augmentation.standard
    /// The last epochs, in which dropout and augmentation are weakened by these factors (0...1) and nothing is mixed.
    public var finishEpochs = 0
    /// Factor of the dropout rates in the last epochs.
    public var finishDropout: Float = 0.5
    /// Factor of the augmentation in the last epochs, see `Augmentation.scaled(by:)`.
    public var finishAugmentation: Float = 0.5
    /// Share of the training pictures set aside to validate on, when the data has no PublicTest part.
    public var validationSplit = 0.1
    /// Epochs without a better validation after which the run ends; nil for all epochs.
    public var earlyStopping: Int?
    /// Which epoch's weights are kept: the best by validation accuracy, or the last.
    public var save = Save.best
    /// Decides the first weights, the order of the pictures, dropout, augmentation and the split for validation.
    public var seed: UInt64 = 1
    /// How convolutions are computed; nil for the fastest way.
    public var convolution: ConvolutionAlgorithm?
    /// What the large products are made of; nil for float32.
    public var precision: TrainingPrecision?

    /// 75 epochs of the network `cnn` with Adam.
    public init() {}

    /// The network with its first weights. Throws `RecognitionError` if options, pictures and network do not fit.
    public func makeModel(classes: Int) throws -> Model {
        let size = cropSize ?? inputSize
        guard let network else {
            guard let known = Architecture(rawValue: architecture) else {
                throw RecognitionError.invalidSetting("there is no architecture '\(architecture)'")
            }
            var options = NetworkOptions(size: size, channels: channels, classes: classes)
            options.widths = widths
            options.blockDropout = blockDropout
            options.headDropout = headDropout
            return try known.makeModel(options, seed: seed)
        }
        let model = try ModelFile.architecture(fromJSON: network, path: architecture)
        guard model.inputShapes == [[size, size, channels]], model.outputShapes == [[classes]] else {
            throw RecognitionError.file(
                path: architecture, place: nil,
                reason: "takes \(model.inputShapes) to \(model.outputShapes), but pictures are "
                    + "\([size, size, channels]) in \(classes) classes")
        }
        guard widths == nil, blockDropout == nil, headDropout == nil else {
            throw RecognitionError.file(
                path: architecture, place: nil, reason: "widths and dropout are what the file says")
        }
        guard model.endsInSoftmax else {
            throw RecognitionError.file(
                path: architecture, place: "layer '\(model.nodes[model.outputs[0]].layer.name)'",
                reason: "the last layer must be a softmax")
        }
        model.weights.initialize(seed: seed)
        return model
    }

    func options(classCounts: [Int]) -> TrainingOptions {
        var options = TrainingOptions()
        options.epochs = epochs
        options.batchSize = batchSize
        options.convolution = convolution ?? .automatic
        options.precision = precision == .bfloat16 ? Precision.bfloat16.fastest : .float
        options.gradientAccumulation = gradientAccumulation
        options.optimizer = makeOptimizer()
        switch schedule {
        case .constant: options.schedule = .constant
        case .cosine: options.schedule = .cosine(warmupEpochs: warmupEpochs, minimum: minimumRate)
        case .step: options.schedule = .step(epochs: max(1, epochs / 3), factor: 0.1)
        case .plateau: options.schedule = .reduceOnPlateau(factor: 0.5, patience: 5, minimum: minimumRate)
        }
        options.loss = .categoricalCrossentropy(labelSmoothing: labelSmoothing)
        if classWeights != .none {
            // As scikit-learn's "balanced": samples / (classes * samples of the class).
            let total = Float(classCounts.reduce(0, +)), classes = Float(classCounts.count { $0 > 0 })
            options.classWeights = classCounts.map { $0 == 0 ? 1 : total / (classes * Float($0)) }
            if classWeights == .root { options.classWeights = options.classWeights.map { $0.squareRoot() } }
        }
        options.sampling = sampling
        options.globalClipNorm = clipNorm
        options.averageDecay = averageDecay
        options.excludedFromWeightDecay = ["bias", "beta", "gamma", "alpha"]
        options.finishEpochs = finishEpochs
        options.finishDropout = finishDropout
        options.seed = seed
        options.earlyStoppingPatience = earlyStopping
        return options
    }

    /// What Keras compiles the model with when it loads the file.
    var compilation: ModelFile.Training {
        ModelFile.Training(
            optimizer: makeOptimizer(), loss: .categoricalCrossentropy(labelSmoothing: labelSmoothing),
            globalClipNorm: clipNorm)
    }

    /// The optimizer with the recipe's rate, momentum and weight decay; the rest as the types have it.
    public func makeOptimizer() -> any Optimizer {
        switch optimizer {
        case .sgd:
            return SGD(
                learningRate: learningRate, momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
        case .adam: return Adam(learningRate: learningRate, weightDecay: weightDecay)
        case .adamw: return AdamW(learningRate: learningRate, weightDecay: weightDecay)
        case .rmsprop: return RMSprop(learningRate: learningRate, weightDecay: weightDecay)
        }
    }
}

extension Augmentation {
    /// What suits faces: mirrored, turned by up to 10 degrees, shifted and zoomed by up to a tenth.
    public static let standard: Augmentation = {
        var augmentation = Augmentation()
        augmentation.horizontalFlip = true
        augmentation.rotationRange = 10
        augmentation.widthShiftRange = 0.1
        augmentation.heightShiftRange = 0.1
        augmentation.zoomRange = 0.9...1.1
        return augmentation
    }()
}
