import EmotionRecognition
import Files
import Glibc
import JSON
import JSONCoding
import NeuralNet
import Terminal
import TextCoding
import Threads
import Timing

/// `fermusic train`
enum TrainCommand {
    static let command = Command(
        "train", summary: "Train a network.",
        discussion: """
            Validates on the PublicTest part of the data after each epoch and keeps the best weights. Ctrl-C, SIGTERM, \
            a closed terminal and --budget finish the step under way and save all state beside the checkpoint; \
            --resume then goes on to the same result, bit for bit, as if nothing had happened.

            Equal results need equal data in the same order: Kaggle's CSV file and folders of the same pictures differ in \
            that.

            Started by mpirun or srun it trains on several machines: each takes its share of every batch. The data must be \
            on all of them; the first one writes all files.
            """,
        examples: [
            Example("fermusic train --data fer2013.csv --checkpoint my.h5 --epochs 75"),
            Example("fermusic train --resume --checkpoint my.h5", "go on after an interruption"),
            Example(
                "fermusic train --recipe Recipes/fer2013-cnn.json --data fer2013/",
                "repeat a shipped model, which was trained on folders"),
            Example(
                "fermusic train --from fer2013-vgg.h5 --data mine/ --head angry,calm,happy --freeze 34 --checkpoint my.h5",
                "a shipped model for classes of one's own"),
            Example(
                "fermusic train --data faces/ --checkpoint my.h5 --no-augment --ema 0 --schedule constant",
                "as plain Keras does it"),
            Example(
                "mpirun -n 4 --hostfile hosts fermusic train --data faces.packed --batch 256 --checkpoint my.h5",
                "on several machines"),
        ],
        parameters: TrainOptions.parameters,
        run: run)

    private static func settings(
        _ a: Arguments, _ file: RecipeFile?, _ files: TrainingSession.Paths
    ) throws -> TrainingSession.Settings {
        let isUnfinished = access(files.resume.cPath, F_OK) == 0
        var settings: TrainingSession.Settings
        if a[TrainOptions.resume] {
            if a[TrainOptions.restart] { throw UsageError.conflict("--resume", "--restart") }
            guard isUnfinished else {
                throw UsageError.other("there is no interrupted run to resume: \(files.resume) does not exist")
            }
            settings = try resumed(a, file, files.resume)
        } else {
            if isUnfinished && !a[TrainOptions.restart] {
                throw UsageError.other(
                    "\(files.resume) holds an interrupted run: go on with --resume, or begin anew with --restart")
            }
            if access(files.checkpoint.cPath, F_OK) == 0 && !a[TrainOptions.restart] {
                throw UsageError.other("\(files.checkpoint) exists already; --restart replaces it with a new model")
            }
            let file = try TrainOptions.merged(a, into: file)
            guard let path = a[TrainOptions.data]?.string ?? file.data else { throw UsageError.missingOption("--data") }
            settings = TrainingSession.Settings(
                data: path, recipe: file.recipe,
                threads: a[SharedOptions.threads] ?? file.threads ?? Processors.available,
                skipsBad: a[SharedOptions.skipBad])
            settings.classes = a[SharedOptions.classes]
            let votes = VoteFiles(a)
            settings.votes = votes?.table
            settings.voteNames = votes?.names
            if a[TrainingTeam.deterministic] { settings.sumsInFixedPieces = true }
            if a[TrainingTeam.batchNormalization] == "own" { settings.synchronisesBatchNormalization = false }
        }
        settings.log = a[TrainOptions.log]?.string ?? settings.log
        settings.report = a[TrainOptions.report]?.string ?? settings.report
        return settings
    }

    /// The settings of an interrupted run. Where its data lies may have changed, which its fingerprint guards; nothing
    /// that its result depends on may.
    private static func resumed(
        _ a: Arguments, _ file: RecipeFile?, _ path: String
    ) throws -> TrainingSession.Settings {
        var settings = try TrainingSession.settings(ofResumeFile: path)
        var recipe = file?.recipe ?? settings.recipe
        try TrainOptions.apply(a, to: &recipe)
        var changes = recipe.differences(from: settings.recipe)
        if let threads = a[SharedOptions.threads], threads != settings.threads { changes.append("threads") }
        let pieces = settings.sumsInFixedPieces ?? false, synchronises = settings.synchronisesBatchNormalization ?? true
        if a[TrainingTeam.deterministic], !pieces { changes.append("deterministic-ranks") }
        if a[TrainingTeam.batchNormalization] == "own", synchronises { changes.append("batch-norm") }
        guard changes.isEmpty else {
            throw UsageError.other(
                "--resume goes on as the run began, where this was different: \(changes.joined(separator: ", ")); "
                    + "leave it out, or begin anew with --restart")
        }
        settings.data = a[TrainOptions.data]?.string ?? settings.data
        settings.classes = a[SharedOptions.classes] ?? settings.classes
        if let votes = VoteFiles(a) { (settings.votes, settings.voteNames) = (votes.table, votes.names) }
        if a[SharedOptions.skipBad] { settings.skipsBad = true }
        return settings
    }

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let signals = SignalWatcher.start(catchesHangUp: true, isSilent: TrainingTeam.isSilent)
        let team = try TrainingTeam.meet(a)
        return try team.finish(console) { try train(a, team, signals, console) }
    }

    /// What the run is to be; one process of a team finds it out for all.
    private static func prepare(
        _ a: Arguments, _ team: TrainingTeam, _ files: TrainingSession.Paths
    ) throws -> (settings: TrainingSession.Settings, file: RecipeFile?) {
        var file: RecipeFile?
        var text = ""
        let own = try team.together { () -> TrainingSession.Settings? in
            guard team.communicator.rank == 0 else { return nil }
            try Writability.check(files.checkpoint)
            // Once: it may be a pipe.
            file = try a[TrainOptions.recipeFile].map { try RecipeFile(reading: $0.string) }
            let wanted = try settings(a, file, files)
            if let log = wanted.log { try Writability.check(log) }
            if let report = wanted.report { try Writability.checkFolder(report) }
            if !team.communicator.isAlone { text = try JSONValue.encode(wanted) }
            return wanted
        }
        if let own, team.communicator.isAlone { return (own, file) }
        text = team.communicator.broadcast(text)
        var shared = try JSONValue.decode(TrainingSession.Settings.self, from: text)
        // Where the data lies may differ from machine to machine; its fingerprint may not.
        shared.data = a[TrainOptions.data]?.string ?? shared.data
        return (shared, file)
    }

    private static func train(
        _ a: Arguments, _ team: TrainingTeam, _ signals: SignalWatcher, _ console: Console
    ) throws -> ExitCode {
        try OutputName.check("--checkpoint", a[TrainOptions.checkpoint]?.string, OutputName.networks)
        try OutputName.check("--log", a[TrainOptions.log]?.string, ["csv", "jsonl"])
        try OutputName.checkFolder("--report", a[TrainOptions.report]?.string)
        let files = TrainingSession.Paths(checkpoint: try TrainOptions.checkpointPath(a))
        var (settings, file) = try prepare(a, team, files)
        let threads = ThreadPool(threads: settings.threads)
        let session = try team.together {
            let loaded = try SharedOptions.readDataset(
                settings.data, size: settings.recipe.inputSize, skipsBad: settings.skipsBad,
                classes: settings.classes, votes: VoteFiles(settings.votes, names: settings.voteNames),
                targets: settings.recipe.votes ?? .distribution, threads: threads, communicator: team.communicator,
                console)
            if loaded.dataset.votes == nil, settings.recipe.votes != nil { throw UsageError.missingOption("--votes") }
            // Of data that comes with votes.
            if loaded.dataset.votes != nil { settings.recipe.votes = settings.recipe.votes ?? .distribution }
            let session = try TrainingSession(
                settings: settings, files: files, dataset: loaded.dataset, threads: threads,
                budget: a[TrainOptions.budget].map(\.seconds), communicator: team.communicator)
            if session.dataset.count < loaded.dataset.count {
                let count = loaded.dataset.count - session.dataset.count
                try console.errors.line(
                    "left out: \(counted(count, "picture")) of classes that the new last layer does not name")
            }
            return session
        }
        try team.requireEqual([
            ("data set", session.dataFingerprint), ("teacher", session.teacherFingerprint ?? "none"),
            ("model to start from", session.baseFingerprint ?? "none"),
            ("set of first weights", session.model.weights.fingerprint),
            ("instruction set", InstructionSet.current),
        ])
        if a[TrainOptions.resume] { try team.together { try session.resume() } }
        if let expected = file?.dataFingerprint, expected != session.dataFingerprint {
            try console.errors.line(
                "note: \(settings.data) is not the data that the recipe was made with, or in another order")
        }
        if let expected = file?.teacherFingerprint, expected != session.teacherFingerprint {
            try console.errors.line("note: the teacher is not the one that the recipe was made with")
        }
        if let expected = file?.baseFingerprint, expected != session.baseFingerprint {
            try console.errors.line("note: the model to start from is not the one that the recipe was made with")
        }
        if a[TrainOptions.restart], session.isWriter { unlink(files.resume.cPath) }
        if let summary = team.summary { try console.errors.line(summary) }
        try console.errors.line(
            "\(settings.recipe.architecture): \(session.model.parameterCount) parameters, "
                + "\(session.trainingCount) training and \(session.validationCount) validation images, "
                + "\(threads.count) thread\(threads.count == 1 ? "" : "s"), "
                + (settings.recipe.precision == .bfloat16 ? "bfloat16 (\(InstructionSet.bfloat16)), " : "")
                + "\((session.trainer.memory + (1 << 20) - 1) >> 20) MB")
        if session.validationCount < Certainty.fewestAnswers {
            try console.errors.line(
                "note: fewer than \(Certainty.fewestAnswers) validation images do not tell which answers can be relied on: "
                    + "they are certain from \(percent(Double(Certainty.cautious.threshold), decimals: 0)) on")
        }
        let view = TrainingView(session, console: console)
        session.shouldContinue = { signals.received == nil }
        session.stepEnded = { view.stepEnded($0) }
        session.epochEnded = { record in
            try view.epochEnded(record)
            if let folder = settings.report {
                try TrainingReport.write(
                    session.trainer.progress.history, settings: settings, to: folder + "/training.html")
            }
        }
        let end: TrainingEnd
        do {
            end = try session.run()
        } catch {
            view.close()
            if session.isWriter, access(files.checkpoint.cPath, F_OK) == 0 {
                try console.errors.line("\(printable(files.checkpoint)) holds the last good model")
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
                "trainingAccuracy": best?.accuracy.map(JSONValue.double) ?? .null,
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
        try console.errors.line("wrote \(printable(session.files.checkpoint))")
        return .done
    }
}
