import EmotionRecognition
import Files
import NeuralNet
import Terminal

extension TrainOptions {
    /// The run that the options describe: a recipe's, or the defaults, with whatever was given on the command line.
    static func merged(_ a: Arguments, into file: RecipeFile?) throws -> RecipeFile {
        var file = file ?? RecipeFile(TrainingRecipe())
        try apply(a, to: &file.recipe)
        return file
    }

    /// Puts what was given on the command line into a recipe.
    static func apply(_ a: Arguments, to recipe: inout TrainingRecipe) throws {
        try setNetwork(&recipe, a)
        setTraining(&recipe, a)
        setAugmentation(&recipe.augmentation, a)
        try requireUse(a, recipe)
    }

    /// Throws for options that change nothing in such a run: whoever gives them expects something else.
    private static func requireUse(_ a: Arguments, _ recipe: TrainingRecipe) throws {
        let others: [(Bool, String)] = [
            (a.wasGiven(momentum) && recipe.optimizer != .sgd, "--momentum is for --optimizer sgd"),
            (a.wasGiven(nesterov) && recipe.optimizer != .sgd, "--nesterov is for --optimizer sgd"),
            (a.wasGiven(warmup) && recipe.schedule != .cosine, "--warmup is for --schedule cosine"),
            (a.wasGiven(freeze) && recipe.from == nil, "--freeze is for --from"),
            (a.wasGiven(head) && recipe.from == nil, "--head is for --from"),
            (a.wasGiven(architecture) && recipe.from != nil, "--arch and --from exclude each other"),
            (a.wasGiven(teacherShare) && recipe.teacher == nil, "--teacher-share is for --teacher"),
        ]
        if let useless = others.first(where: \.0) { throw UsageError.other(useless.1) }
    }

    /// The checkpoint: what was given, or the recipe's name in the current folder.
    static func checkpointPath(_ a: Arguments) throws -> String {
        if let path = a[checkpoint] { return path.string }
        if a[data] == nil, a[recipeFile] == nil, !a[resume] { throw UsageError.missingOption("--data") }
        guard let recipe = a[recipeFile]?.string else { throw UsageError.missingOption("--checkpoint") }
        let name = recipe.lastPathPart
        return (name.hasSuffix(".json") ? String(name.dropLast(5)) : name) + ".h5"
    }

    private static func set<Value>(_ option: Option<Value>, _ a: Arguments, _ body: (Value) throws -> Void) rethrows {
        if a.wasGiven(option) { try body(a[option]) }
    }

    private static func setNetwork(_ recipe: inout TrainingRecipe, _ a: Arguments) throws {
        try set(from, a) { path in
            recipe.from = path?.string
            if let base = try recipe.readBase() { recipe.adopt(base) }
        }
        set(freeze, a) { recipe.freeze = $0?.values }
        try set(head, a) { names in
            recipe.head = names.map { ModelLabels.standard($0.values) }
            guard let head = recipe.head, head.count > 1, Set(head).count == head.count else {
                throw UsageError.other("--head wants the names of two or more classes")
            }
        }
        if a.wasGiven(SharedOptions.votes) { recipe.votes = recipe.votes ?? .distribution }
        set(targets, a) { recipe.votes = $0 }
        set(inputSize, a) { recipe.inputSize = $0 ?? recipe.inputSize }
        set(cropSize, a) { recipe.cropSize = $0 }
        set(channels, a) { recipe.channels = $0 }
        try set(architecture, a) { choice in
            recipe.architecture = choice.argumentText
            recipe.network = nil
            guard case .file(let path) = choice else { return }
            let model = try ModelFile.readArchitecture(
                path, inputSize: (recipe.inputSize, recipe.inputSize))
            if model.inputs.count == 1, model.inputShapes[0].count == 3, ![1, 3].contains(model.inputShapes[0][2]) {
                throw NeuralNetError.file(
                    path: path, place: "layer '\(model.nodes[model.inputs[0]].layer.name)'",
                    reason: "takes \(model.inputShapes[0][2]) channels, not 1 or 3")
            }
            recipe.network = try ModelFile.json(of: model)
            guard model.inputs.count == 1, model.inputShapes[0].count == 3 else { return }
            recipe.channels = model.inputShapes[0][2]
            if recipe.cropSize == nil, !a.wasGiven(inputSize) { recipe.inputSize = model.inputShapes[0][0] }
        }
        set(widths, a) { recipe.widths = $0?.values }
        set(blockDropout, a) { recipe.blockDropout = $0?.values }
        set(headDropout, a) { recipe.headDropout = $0 }
        set(equalise, a) { recipe.equalisation = $0 }
        guard recipe.channels != 2 else { throw UsageError.other("--channels is 1 or 3") }
        guard (recipe.blockDropout ?? []).allSatisfy({ (0..<1).contains($0) }) else {
            throw UsageError.other("--block-dropout wants rates from 0 to below 1")
        }
        if let crop = recipe.cropSize, crop > recipe.inputSize {
            throw UsageError.other("--crop-size \(crop) is more than the images' \(recipe.inputSize) pixels")
        }
    }

    private static func setTraining(_ recipe: inout TrainingRecipe, _ a: Arguments) {
        set(epochs, a) { recipe.epochs = $0 }
        set(batch, a) { recipe.batchSize = $0 }
        set(accumulate, a) { recipe.gradientAccumulation = $0 }
        set(validationSplit, a) { recipe.validationSplit = $0 }
        set(seed, a) { recipe.seed = UInt64($0) }
        set(convolution, a) { recipe.convolution = $0 == .automatic ? nil : $0 }
        set(optimizer, a) {
            if $0 == .adamw, recipe.optimizer != .adamw, recipe.weightDecay == 0 {
                recipe.weightDecay = AdamW.standardWeightDecay
            }
            recipe.optimizer = $0
        }
        set(rate, a) { recipe.learningRate = $0 }
        set(momentum, a) { recipe.momentum = $0 }
        if a.wasGiven(nesterov) { recipe.nesterov = a[nesterov] }
        set(decay, a) { recipe.weightDecay = $0 ?? recipe.weightDecay }
        set(schedule, a) { recipe.schedule = $0 }
        set(warmup, a) { recipe.warmupEpochs = $0 }
        set(minimumRate, a) { recipe.minimumRate = $0 }
        set(smoothing, a) { recipe.labelSmoothing = $0 }
        set(classWeights, a) { recipe.classWeights = $0 }
        set(sampling, a) { recipe.sampling = $0 }
        set(mixup, a) { recipe.mixup = $0 }
        set(teacher, a) { recipe.teacher = $0?.string }
        set(teacherShare, a) { recipe.teacherShare = $0 }
        set(clipNorm, a) { recipe.clipNorm = $0 == 0 ? nil : $0 }
        set(ema, a) { recipe.averageDecay = $0 == 0 ? nil : $0 }
        set(patience, a) { recipe.earlyStopping = $0 }
        set(save, a) { recipe.save = $0 }
        set(finishEpochs, a) { recipe.finishEpochs = $0 }
        set(finishDropout, a) { recipe.finishDropout = $0 }
        set(finishAugmentation, a) { recipe.finishAugmentation = $0 }
    }

    private static func setAugmentation(_ augmentation: inout Augmentation, _ a: Arguments) {
        if !a[augment] { augmentation = .none }
        set(rotation, a) { augmentation.rotationRange = $0 }
        set(shift, a) {
            augmentation.widthShiftRange = $0
            augmentation.heightShiftRange = $0
        }
        set(shear, a) { augmentation.shearRange = $0 }
        set(zoom, a) { augmentation.zoomRange = 1 - $0...1 + $0 }
        if a.wasGiven(flip) { augmentation.horizontalFlip = a[flip] }
        set(brightness, a) { augmentation.brightnessRange = 1 - $0...1 + $0 }
        set(contrast, a) { augmentation.contrastRange = 1 - $0...1 + $0 }
        set(gamma, a) { augmentation.gammaRange = 1 / $0...$0 }
        set(blur, a) { augmentation.blurProbability = $0 }
        set(resolution, a) { augmentation.resolutionRange = $0...1 }
        set(noise, a) { augmentation.noiseDeviation = $0 }
        set(fill, a) { augmentation.fillMode = $0 }
        set(crop, a) { augmentation.randomCropPadding = $0 }
        set(erasing, a) { augmentation.erasingProbability = $0 }
    }
}
