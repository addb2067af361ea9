import EmotionRecognition
import Glibc
import NeuralNet
import Terminal

extension Architecture: ArgumentChoice {}
extension TrainingRecipe.OptimizerName: ArgumentChoice {}
extension TrainingRecipe.ScheduleName: ArgumentChoice {}
extension TrainingRecipe.ClassWeights: ArgumentChoice {}
extension TrainingRecipe.Save: ArgumentChoice {}
extension Augmentation.FillMode: ArgumentChoice {}

/// `fermusic train`
enum TrainCommand {
    static let defaults = TrainingRecipe()
    static let data = Option<Path?>("data", short: "d", help: "FER2013 as Kaggle's CSV file or as a folder of class folders.")
    static let checkpoint = Option<Path>("checkpoint", short: "o", help: "The model file to write.")
    static let architecture = Option<Architecture>("arch", default: .cnn, help: "The network.")
    static let epochs = Option<Int>("epochs", short: "n", default: defaults.epochs, help: "Passes over the data.", range: 1...100_000)
    static let batch = Option<Int>("batch", short: "b", default: defaults.batchSize, help: "Samples per step.", range: 1...8192)
    static let accumulate = Option<Int>("accumulate", default: 1, help: "Batches whose gradients are added up before a step.", range: 1...1024)
    static let validationSplit = Option<Double>(
        "validation-split", default: defaults.validationSplit,
        help: "Share of the training images to validate on when the data has no PublicTest part.", range: 0..<1)
    static let seed = Option<Int>("seed", default: 1, help: "Repeats a run.", range: 0...)
    static let optimizer = Option<TrainingRecipe.OptimizerName>("optimizer", default: .adam, help: "What turns gradients into steps.").group("Optimizer")
    static let rate = Option<Float>("learning-rate", default: defaults.learningRate, help: "The full learning rate.", range: 0...10).group("Optimizer")
    static let momentum = Option<Float>("momentum", default: defaults.momentum, help: "For sgd.", range: 0..<1).group("Optimizer")
    static let nesterov = Flag("nesterov", default: true, help: "Nesterov's momentum, for sgd.").group("Optimizer")
    static let decay = Option<Float>("weight-decay", default: 0, help: "Decoupled weight decay of kernels.", range: 0...1).group("Optimizer")
    static let schedule = Option<TrainingRecipe.ScheduleName>("schedule", default: .cosine, help: "How the learning rate changes.").group("Optimizer")
    static let warmup = Option<Float>("warmup", default: 0, help: "Epochs of linear warm-up, for cosine.", range: 0...1000).group("Optimizer")
    static let minimumRate = Option<Float>("minimum-rate", default: defaults.minimumRate, help: "The lowest learning rate as a share of the full one.", range: 0...1).group("Optimizer")
    static let smoothing = Option<Float>("label-smoothing", default: 0, help: "Share of each label spread over all classes.", range: 0..<1).group("Optimizer")
    static let classWeights = Option<TrainingRecipe.ClassWeights>("class-weights", default: TrainingRecipe.ClassWeights.none, help: "Whether rare classes count more.").group("Optimizer")
    static let clipNorm = Option<Float?>("clip-norm", help: "Largest norm of all gradients together.", range: 0...).group("Optimizer")
    static let ema = Option<Float>("ema", default: 0.999, help: "Share of the running average of the weights kept per step; 0 for none.", range: 0..<1).group("Optimizer")
    static let augment = Flag("augment", default: true, help: "Change training images at random.").group("Augmentation")
    static let rotation = Option<Float>("rotation", default: 10, help: "Largest rotation, degrees.", range: 0...180).group("Augmentation")
    static let shift = Option<Float>("shift", default: 0.1, help: "Largest shift: a share of the size, or pixels from 1.", range: 0...64).group("Augmentation")
    static let shear = Option<Float>("shear", default: 0, help: "Largest shear, degrees.", range: 0...60).group("Augmentation")
    static let zoom = Option<Float>("zoom", default: 0.1, help: "Largest zoom either way.", range: 0..<1).group("Augmentation")
    static let flip = Flag("flip", default: true, help: "Mirror half of the images.").group("Augmentation")
    static let brightness = Option<Float>("brightness", default: 0, help: "Largest change of brightness.", range: 0..<1).group("Augmentation")
    static let fill = Option<Augmentation.FillMode>("fill", default: .nearest, help: "What lies outside the image.").group("Augmentation")
    static let crop = Option<Int>("crop", default: 0, help: "Random crop after padding by so many pixels.", range: 0...32).group("Augmentation")
    static let erasing = Option<Float>("erasing", default: 0, help: "Share of images with a rectangle erased.", range: 0...1).group("Augmentation")
    static let plainEpochs = Option<Int>("plain-epochs", default: 0, help: "Last epochs without augmentation.", range: 0...).group("Augmentation")
    static let resume = Flag("resume", help: "Go on with the interrupted run of this checkpoint; its settings hold.").group("Running")
    static let restart = Flag("restart", help: "Forget an interrupted run of this checkpoint.").group("Running")
    static let budget = Option<Duration?>("budget", help: "Stop in good order after this time.").group("Running")
    static let patience = Option<Int?>("early-stopping", help: "Stop after so many epochs without a better one.", range: 1...).group("Running")
    static let save = Option<TrainingRecipe.Save>("save", default: .best, help: "Which epoch's weights are kept.").group("Running")
    static let log = Option<Path?>("log", help: "Write a line per epoch as .csv or .jsonl.").group("Running")
    static let report = Option<Path?>("report", help: "Folder for an HTML report with curves, written after each epoch.").group("Running")

    static let command = Command(
        "train", summary: "Train a network.",
        discussion: """
            Validates on the PublicTest part of the data after each epoch and keeps the best weights. Ctrl-C, SIGTERM and \
            --budget finish the step under way and save all state beside the checkpoint; --resume then goes on to the \
            same result, bit for bit, as if nothing had happened.
            """,
        examples: [
            Example("fermusic train --data fer2013.csv --checkpoint my.h5 --epochs 75"),
            Example("fermusic train --resume --checkpoint my.h5", "go on after an interruption"),
            Example("fermusic train --data faces/ --checkpoint my.h5 --no-augment --ema 0 --schedule constant", "as plain Keras does it"),
        ],
        parameters: [
            data, checkpoint, architecture, epochs, batch, accumulate, validationSplit, seed, SharedOptions.threads,
            SharedOptions.skipBad, SharedOptions.json, optimizer, rate, momentum, nesterov, decay, schedule, warmup,
            minimumRate, smoothing, classWeights, clipNorm, ema, augment, rotation, shift, shear, zoom, flip, brightness,
            fill, crop, erasing, plainEpochs, resume, restart, budget, patience, save, log, report,
        ],
        run: run)

    private static func recipe(_ a: Arguments) -> TrainingRecipe {
        var recipe = TrainingRecipe()
        recipe.architecture = a[architecture].rawValue
        recipe.epochs = a[epochs]
        recipe.batchSize = a[batch]
        recipe.gradientAccumulation = a[accumulate]
        recipe.validationSplit = a[validationSplit]
        recipe.seed = UInt64(a[seed])
        recipe.optimizer = a[optimizer]
        recipe.learningRate = a[rate]
        recipe.momentum = a[momentum]
        recipe.nesterov = a[nesterov]
        recipe.weightDecay = a[decay]
        recipe.schedule = a[schedule]
        recipe.warmupEpochs = a[warmup]
        recipe.minimumRate = a[minimumRate]
        recipe.labelSmoothing = a[smoothing]
        recipe.classWeights = a[classWeights]
        recipe.clipNorm = a[clipNorm]
        recipe.averageDecay = a[ema] == 0 ? nil : a[ema]
        recipe.earlyStopping = a[patience]
        recipe.save = a[save]
        recipe.plainEpochs = a[plainEpochs]
        var augmentation = Augmentation()
        if a[augment] {
            augmentation.rotationRange = a[rotation]
            augmentation.widthShiftRange = a[shift]
            augmentation.heightShiftRange = a[shift]
            augmentation.shearRange = a[shear]
            augmentation.zoomRange = 1 - a[zoom]...1 + a[zoom]
            augmentation.horizontalFlip = a[flip]
            augmentation.brightnessRange = 1 - a[brightness]...1 + a[brightness]
            augmentation.fillMode = a[fill]
            augmentation.randomCropPadding = a[crop]
            augmentation.erasingProbability = a[erasing]
        }
        recipe.augmentation = augmentation
        return recipe
    }

    private static func settings(_ a: Arguments, _ files: TrainingSession.Files) throws -> TrainingSession.Settings {
        let isUnfinished = access(files.resume, F_OK) == 0
        if a[resume] {
            guard isUnfinished else {
                throw UsageError.other("there is no interrupted run to resume: \(files.resume) does not exist")
            }
            return try TrainingSession.settings(ofResumeFile: files.resume)
        }
        if isUnfinished && !a[restart] {
            throw UsageError.other(
                "\(files.resume) holds an interrupted run: go on with --resume, or begin anew with --restart")
        }
        guard let path = a[data] else { throw UsageError.missingOption("--data") }
        return TrainingSession.Settings(
            data: path.string, recipe: recipe(a), threads: a[SharedOptions.threads] ?? ThreadPool.availableProcessors,
            skipsBad: a[SharedOptions.skipBad])
    }

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let signals = SignalWatcher.start()
        let files = TrainingSession.Files(checkpoint: a[checkpoint].string, log: a[log]?.string)
        try Writability.check(files.checkpoint)
        let settings = try settings(a, files)
        let threads = ThreadPool(threads: settings.threads)
        let loaded = try SharedOptions.readDataset(
            settings.data, size: settings.recipe.inputSize, skipsBad: settings.skipsBad, threads: threads, console)
        let session = try TrainingSession(
            settings: settings, files: files, dataset: loaded.dataset, threads: threads,
            budget: a[budget].map(\.secondsValue))
        if a[resume] { try session.resume() }
        if a[restart] { unlink(files.resume) }
        try console.errors.line(
            "\(settings.recipe.architecture): \(session.model.parameterCount) parameters, "
                + "\(session.trainingCount) training and \(session.validationCount) validation images, "
                + "\(threads.count) threads, \((session.trainer.memory + (1 << 20) - 1) >> 20) MB")
        let view = TrainingView(session, console: console)
        session.shouldContinue = { signals.received == nil }
        session.stepEnded = { view.stepEnded($0) }
        session.epochEnded = { record in
            try view.epochEnded(record)
            if let folder = a[report] {
                try TrainingReport.write(session.trainer.progress.history, settings: settings, to: folder.string + "/training.html")
            }
        }
        let end: TrainingEnd
        do {
            end = try session.run()
        } catch {
            view.close()
            if access(files.checkpoint, F_OK) == 0 {
                try console.errors.line("\(files.checkpoint) holds the last good model")
            }
            throw error
        }
        view.close()
        return try finish(end, session, signals, a, console)
    }

    private static func finish(
        _ end: TrainingEnd, _ session: TrainingSession, _ signals: SignalWatcher, _ a: Arguments, _ console: Console
    ) throws -> ExitCode {
        let progress = session.trainer.progress
        if a[SharedOptions.json] {
            let best = progress.history.first { $0.epoch == progress.bestEpoch }
            let object: JSONValue = [
                "checkpoint": .string(session.files.checkpoint), "epochs": .int(progress.epoch),
                "bestEpoch": .int(progress.bestEpoch), "finished": .bool(end != .interrupted && end != .budgetUsed),
                "validationAccuracy": best?.validationAccuracy.map(JSONValue.double) ?? .null,
                "trainingAccuracy": best.map { .double($0.accuracy) } ?? .null,
            ]
            try console.output.line(object.text())
        }
        switch end {
        case .finished: break
        case .stoppedEarly(let best): try console.errors.line("no better epoch than \(best) for a while: stopped")
        case .interrupted, .budgetUsed:
            try console.errors.line(
                "stopped after step \(progress.step); go on with: fermusic train --resume --checkpoint \(session.files.checkpoint)")
            return signals.exitCode ?? .done
        }
        if let best = progress.history.first(where: { $0.epoch == progress.bestEpoch }),
            let accuracy = best.validationAccuracy
        {
            try console.errors.line(
                "best epoch \(best.epoch): \(percent(accuracy, decimals: 2)) of \(session.validationCount) validation images")
        }
        try console.errors.line("wrote \(session.files.checkpoint)")
        return .done
    }
}

/// Finds out before hours of work that their result could not be written.
enum Writability {
    static func check(_ path: String) throws {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard access(folder, W_OK) == 0 else {
            throw NeuralNetError.file(path: path, place: nil, reason: "cannot write: \(String(cString: strerror(errno)))")
        }
    }
}
