import NeuralNet

/// The settings of a run, each in one place. What a command line calls them, in which group and with which help, stands
/// beside what files call them.
extension TrainingRecipe: RecipePart {
    /// All that a recipe can say, by name.
    public static let fields: [RecipeField<TrainingRecipe>] =
        running + input + optimization + learning + variation + end

    private static let running: [RecipeField<TrainingRecipe>] = [
        RecipeField("architecture", \.architecture),
        RecipeField("network", \.network),
        RecipeField("epochs", \.epochs, .range(1...100_000))
            .option("epochs", short: "n", "Passes over the data."),
        RecipeField("batchSize", \.batchSize, .range(1...8192))
            .option("batch", short: "b", "Samples per step."),
        RecipeField("gradientAccumulation", \.gradientAccumulation, .range(1...1024))
            .option("accumulate", "Batches whose gradients are added up before a step."),
        RecipeField("validationSplit", \.validationSplit, .range(0..<1))
            .option(
                "validation-split",
                "Share of the training images to validate on when the data has no PublicTest part."),
        RecipeField("seed", \.seed, .range(0...)).option("seed", "Repeats a run."),
        RecipeField("convolution", \.convolution)
            .option(
                "convolution", "How convolutions are computed; the results agree up to rounding.",
                through: \.convolutionOrAutomatic),
        RecipeField("precision", \.precision)
            .option(
                "precision",
                "What products and convolutions are made of; bfloat16 (mixed_bfloat16) is faster on processors that have "
                    + "it, and weights stay float32.", through: \.precisionOrFloat32),
    ]

    private static let input: [RecipeField<TrainingRecipe>] = [
        RecipeField("from", \.from, as: .path)
            .option(
                "from", in: "Network",
                "A model whose weights training starts from: a file, or the name of a model that comes along."),
        RecipeField("freeze", \.freeze).isFor("from")
            .option(
                "freeze", in: "Network",
                "Layers of the model to start from that stay as they are: names with * for any letters, or how many of "
                    + "the first."),
        RecipeField("head", \.head, twoOrMore).isFor("from")
            .option(
                "head", in: "Network",
                "Put a new last layer on the model to start from, for these classes of the data; pictures of others are "
                    + "left out.", through: \.headWithKnownNames, twoOrMore),
        RecipeField("inputSize", \.inputSize, .range(16...512))
            .option(
                "input-size", in: "Network",
                "Width and height that images are brought to, where no file of a network says it."),
        RecipeField("channels", \.channels, RecipeLimits("1 or 3") { $0 == 1 || $0 == 3 })
            .option("channels", in: "Network", "1, or 3 for networks that expect colours."),
        RecipeField("widths", \.widths, .each(.range(1...4096)))
            .option("widths", in: "Network", "Filters of each block, for vgg, se-resnet and mini-xception."),
        RecipeField("blockDropout", \.blockDropout, .each(.range(0..<1)))
            .option("block-dropout", in: "Network", "Dropout behind each block: one rate, or one per block."),
        RecipeField("headDropout", \.headDropout, .range(0..<1))
            .option("head-dropout", in: "Network", "Dropout before the last layer."),
        RecipeField("equalisation", \.equalisation)
            .option(
                "equalise", in: "Network", "Evens out the images' brightness, here and wherever the model is used."),
        RecipeField("votes", \.votes)
            .option("targets", in: "Network", "What is learnt from votes.", through: \.votesOrDistribution),
    ]

    private static let optimization: [RecipeField<TrainingRecipe>] = [
        // Before the weight decay, whose default depends on it.
        RecipeField("optimizer", \.optimizerWithDecay)
            .option("optimizer", in: "Optimizer", "What turns gradients into steps."),
        RecipeField("learningRate", \.learningRate, .range(0...10))
            .option("learning-rate", in: "Optimizer", "The full learning rate."),
        RecipeField("momentum", \.momentum, .range(0..<1)).isFor("optimizer", "sgd")
            .option("momentum", in: "Optimizer", "For sgd."),
        RecipeField("nesterov", \.nesterov).isFor("optimizer", "sgd")
            .option("nesterov", in: "Optimizer", "Nesterov's momentum, for sgd."),
        RecipeField("weightDecay", \.weightDecay, .range(0...1))
            .option(
                "weight-decay", in: "Optimizer",
                "Decoupled weight decay of kernels; \(AdamW.standardWeightDecay) for adamw unless given."),
        RecipeField("schedule", \.schedule)
            .option("schedule", in: "Optimizer", "How the learning rate changes."),
        RecipeField("warmupEpochs", \.warmupEpochs, .range(0...1000)).isFor("schedule", "cosine")
            .option("warmup", in: "Optimizer", "Epochs of linear warm-up, for cosine."),
        RecipeField("minimumRate", \.minimumRate, .range(0...1))
            .option("minimum-rate", in: "Optimizer", "The lowest learning rate as a share of the full one."),
    ]

    private static let learning: [RecipeField<TrainingRecipe>] = [
        RecipeField("labelSmoothing", \.labelSmoothing, .range(0..<1))
            .option("label-smoothing", in: "Optimizer", "Share of each label spread over all classes."),
        RecipeField("classWeights", \.classWeights)
            .option(
                "class-weights", in: "Optimizer",
                "Whether rare classes count more: as much as others together, or by the root of that."),
        RecipeField("sampling", \.sampling)
            .option("sampling", in: "Optimizer", "How often the classes are drawn."),
        RecipeField(
            "teacher", \.teacher, RecipeLimits("one or more names") { !$0.names.isEmpty && !$0.names.contains("") }
        )
        .option(
            "teacher", in: "Optimizer",
            "A model to learn from besides the labels: a file, or the name of a model that comes along; of several, "
                + "with commas, the mean."),
        RecipeField("teacherShare", \.teacherShare, .range(0...1)).isFor("teacher")
            .option("teacher-share", in: "Optimizer", "The teacher's share of what is learnt."),
        RecipeField("clipNorm", \.clipNorm, RecipeLimits("above 0") { $0 > 0 })
            .option(
                "clip-norm", in: "Optimizer", "Largest norm of all gradients together; 0 for any.",
                through: \.clipNormOrZero, .range(0...)),
        RecipeField("averageDecay", \.averageDecay, .range(0..<1))
            .option(
                "ema", in: "Optimizer", "Share of the running average of the weights kept per step; 0 for none.",
                through: \.averageDecayOrZero, .range(0..<1)),
    ]

    private static let variation: [RecipeField<TrainingRecipe>] = [
        RecipeField("augmentation", part: \.augmentation)
            .option("augment", in: "Augmentation", "Change training images at random.", through: \.augments),
        RecipeField("cropSize", \.cropSize, .range(16...512))
            .option(
                "crop-size", in: "Augmentation",
                "The network sees so many pixels of each image's width and height, the centre in the end."),
        RecipeField("mixup", \.mixup, .range(0...1))
            .option(
                "mixup", in: "Augmentation",
                "Mixes pairs of images and labels: the parameter of the beta distribution."),
    ]

    private static let end: [RecipeField<TrainingRecipe>] = [
        RecipeField("finishEpochs", \.finishEpochs, .range(0...))
            .option(
                "finish-epochs", in: "Running", "Last epochs with weaker dropout and augmentation, and no mixup."),
        RecipeField("finishDropout", \.finishDropout, .range(0...1))
            .option("finish-dropout", in: "Running", "Factor of the dropout in those epochs."),
        RecipeField("finishAugmentation", \.finishAugmentation, .range(0...1))
            .option("finish-augmentation", in: "Running", "Factor of the augmentation in those epochs."),
        RecipeField("earlyStopping", \.earlyStopping, .range(1...))
            .option("early-stopping", in: "Running", "Stop after so many epochs without a better one."),
        RecipeField("save", \.save).option("save", in: "Running", "Which epoch's weights are kept."),
    ]

    private static let twoOrMore = RecipeLimits<[String]>("two or more different names") {
        $0.count > 1 && Set($0).count == $0.count
    }

    /// What no run could use; nil if all is well.
    public var problem: RecipeProblem? {
        if let problem = problemOfFields { return problem }
        if from != nil, network != nil { return .exclusive("network", "from") }
        if let cropSize, cropSize > inputSize {
            return .value(field: "cropSize", limits: "16 to \(inputSize), the pictures' size")
        }
        return nil
    }
}

extension TrainingRecipe.OptimizerName: RecipeValue {}
extension TrainingRecipe.ScheduleName: RecipeValue {}
extension TrainingRecipe.ClassWeights: RecipeValue {}
extension TrainingRecipe.Save: RecipeValue {}
extension ClassSampling: RecipeValue {}
extension ConvolutionAlgorithm: RecipeValue {}
extension Equalisation: RecipeValue {}
extension VoteTargets: RecipeValue {}

/// As files or a command line give them.
extension TrainingRecipe {
    /// The optimizer; AdamW comes with its own weight decay.
    fileprivate var optimizerWithDecay: OptimizerName {
        get { optimizer }
        set {
            if newValue == .adamw, optimizer != .adamw, weightDecay == 0 {
                weightDecay = AdamW.standardWeightDecay
            }
            optimizer = newValue
        }
    }

    fileprivate var convolutionOrAutomatic: ConvolutionAlgorithm {
        get { convolution ?? .automatic }
        set { convolution = newValue == .automatic ? nil : newValue }
    }

    fileprivate var precisionOrFloat32: TrainingPrecision {
        get { precision ?? .float32 }
        set { precision = newValue == .float32 ? nil : newValue }
    }

    fileprivate var headWithKnownNames: [String] {
        get { head ?? [] }
        set { head = ModelLabels.standard(newValue) }
    }

    fileprivate var votesOrDistribution: VoteTargets {
        get { votes ?? .distribution }
        set { votes = newValue }
    }

    fileprivate var clipNormOrZero: Float {
        get { clipNorm ?? 0 }
        set { clipNorm = newValue == 0 ? nil : newValue }
    }

    fileprivate var averageDecayOrZero: Float {
        get { averageDecay ?? 0 }
        set { averageDecay = newValue == 0 ? nil : newValue }
    }

    fileprivate var augments: Bool {
        get { augmentation != .none }
        set { if !newValue { augmentation = .none } }
    }
}
