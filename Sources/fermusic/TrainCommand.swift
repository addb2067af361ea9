import EmotionRecognition
import Glibc
import NeuralNet
import Terminal

/// `fermusic train`
enum TrainCommand {
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
            Example("fermusic train --recipe Recipes/fer2013-cnn.json --data fer2013.csv", "repeat a shipped model"),
            Example(
                "fermusic train --data faces/ --checkpoint my.h5 --no-augment --ema 0 --schedule constant",
                "as plain Keras does it"),
        ],
        parameters: [
            TrainOptions.data, TrainOptions.checkpoint, TrainOptions.recipeFile, TrainOptions.architecture,
            TrainOptions.epochs,
            TrainOptions.batch, TrainOptions.accumulate, TrainOptions.validationSplit, TrainOptions.seed,
            TrainOptions.convolution,
            SharedOptions.threads,
            SharedOptions.skipBad, SharedOptions.json, TrainOptions.optimizer, TrainOptions.rate, TrainOptions.momentum,
            TrainOptions.nesterov, TrainOptions.decay, TrainOptions.schedule, TrainOptions.warmup,
            TrainOptions.minimumRate, TrainOptions.smoothing, TrainOptions.classWeights, TrainOptions.sampling,
            TrainOptions.clipNorm,
            TrainOptions.ema, TrainOptions.inputSize, TrainOptions.channels, TrainOptions.widths,
            TrainOptions.blockDropout, TrainOptions.headDropout, TrainOptions.equalise, TrainOptions.augment,
            TrainOptions.rotation, TrainOptions.shift, TrainOptions.shear,
            TrainOptions.zoom, TrainOptions.flip,
            TrainOptions.brightness,
            TrainOptions.fill, TrainOptions.crop, TrainOptions.cropSize, TrainOptions.erasing,
            TrainOptions.mixup,
            TrainOptions.finishEpochs,
            TrainOptions.finishDropout, TrainOptions.finishAugmentation, TrainOptions.resume, TrainOptions.restart,
            TrainOptions.budget, TrainOptions.patience,
            TrainOptions.save, TrainOptions.log, TrainOptions.report,
        ],
        run: run)

    private static func settings(_ a: Arguments, _ files: TrainingSession.Files) throws -> TrainingSession.Settings {
        let isUnfinished = access(files.resume, F_OK) == 0
        if a[TrainOptions.resume] {
            guard isUnfinished else {
                throw UsageError.other("there is no interrupted run to resume: \(files.resume) does not exist")
            }
            return try TrainingSession.settings(ofResumeFile: files.resume)
        }
        if isUnfinished && !a[TrainOptions.restart] {
            throw UsageError.other(
                "\(files.resume) holds an interrupted run: go on with --resume, or begin anew with --restart")
        }
        let file = try TrainOptions.recipeFile(a)
        guard let path = a[TrainOptions.data]?.string ?? file.data else { throw UsageError.missingOption("--data") }
        return TrainingSession.Settings(
            data: path, recipe: file.recipe,
            threads: a[SharedOptions.threads] ?? file.threads ?? ThreadPool.availableProcessors,
            skipsBad: a[SharedOptions.skipBad])
    }

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let signals = SignalWatcher.start()
        let files = TrainingSession.Files(
            checkpoint: try TrainOptions.checkpointPath(a), log: a[TrainOptions.log]?.string)
        try Writability.check(files.checkpoint)
        let settings = try settings(a, files)
        let threads = ThreadPool(threads: settings.threads)
        let loaded = try SharedOptions.readDataset(
            settings.data, size: settings.recipe.inputSize, skipsBad: settings.skipsBad, threads: threads, console)
        let session = try TrainingSession(
            settings: settings, files: files, dataset: loaded.dataset, threads: threads,
            budget: a[TrainOptions.budget].map(\.secondsValue))
        if a[TrainOptions.resume] { try session.resume() }
        if let expected = try a[TrainOptions.recipeFile].map({ try RecipeFile(reading: $0.string).dataFingerprint }),
            let expected, expected != session.dataFingerprint
        {
            try console.errors.line("note: \(settings.data) is not the data that the recipe was made with")
        }
        if a[TrainOptions.restart] { unlink(files.resume) }
        try console.errors.line(
            "\(settings.recipe.architecture): \(session.model.parameterCount) parameters, "
                + "\(session.trainingCount) training and \(session.validationCount) validation images, "
                + "\(threads.count) threads, \((session.trainer.memory + (1 << 20) - 1) >> 20) MB")
        let view = TrainingView(session, console: console)
        session.shouldContinue = { signals.received == nil }
        session.stepEnded = { view.stepEnded($0) }
        session.epochEnded = { record in
            try view.epochEnded(record)
            if let folder = a[TrainOptions.report] {
                try TrainingReport.write(
                    session.trainer.progress.history, settings: settings, to: folder.string + "/training.html")
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
                "stopped after step \(progress.step); go on with: fermusic train --resume --checkpoint \(session.files.checkpoint)"
            )
            return signals.exitCode ?? .done
        }
        if let best = progress.history.first(where: { $0.epoch == progress.bestEpoch }),
            let accuracy = best.validationAccuracy
        {
            try console.errors.line(
                "best epoch \(best.epoch): \(percent(accuracy, decimals: 2)) of \(session.validationCount) validation images"
            )
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
            throw NeuralNetError.file(
                path: path, place: nil, reason: "cannot write: \(String(cString: strerror(errno)))")
        }
    }
}
