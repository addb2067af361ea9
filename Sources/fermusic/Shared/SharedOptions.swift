import EmotionRecognition
import Files
import Glibc
import NeuralNet
import Terminal
import Threads

extension Precision: ArgumentChoice {
    /// Keras's name of the policy is another word for it.
    public init?(argument: String) {
        self.init(rawValue: argument == "mixed_bfloat16" ? "bfloat16" : argument == "float" ? "float32" : argument)
    }
}

/// Options that several verbs have, and what they become.
enum SharedOptions {
    static let json = Flag("json", help: "Print one JSON object for programs to read.")
    static let threads = Option<Int?>(
        "threads", short: "t", help: "Threads to compute with; all processors by default.", range: 1...1024)
    static let model = Option<Path?>(
        "model", short: "m",
        help: "The model: a Keras file, .h5 or .keras, an ONNX file, or the name of one that comes with fermusic; "
            + "\(EmotionModel.standardName.withoutPathExtension) by default.")
    static let inputRange = Option<NumericRange?>(
        "input-range", help: "What black and white become, for files that don't say it: 0..1, -1..1 or 0..255.")
    static let labels = Option<CommaSeparated<String>?>(
        "labels",
        help: "The names of the model's outputs in order, or a file with one per line, for files that don't say them.")
    static let output = Option<CommaSeparated<String>?>(
        "output",
        help:
            "What the model's outputs are (logits, probabilities or sigmoid), and the name of the one to use of several, for files that don't say it."
    )
    static let inputSize = Option<Int?>(
        "input-size", help: "Width and height of the model's input, for files that leave them open.", range: 8...2048)
    /// What is said about models of other programs.
    static let hintOptions: [any Parameter] = [inputRange, labels, output, inputSize]
    static let data = Option<Path>(
        "data", short: "d", help: "FER2013 as Kaggle's CSV file or as a folder of class folders.")
    static let skipBad = Flag("skip-bad", help: "Leave out rows and files that can't be used instead of failing.")

    static let classes = Option<String?>(
        "classes",
        help:
            "The data's classes where names don't say them: \(ClassNumbering.allCases.map(\.rawValue).joined(separator: ", ")), or a file with lines such as '3 = happy'."
    )

    static let votes = Option<Path?>(
        "votes",
        help:
            "FER+: what ten people saw in each picture of FER2013 (fer2013new.csv). There are eight classes then, with contempt."
    )
    static let voteNames = Option<Path?>(
        "vote-names",
        help:
            "A table of files and rows, for pictures in folders; kaggle-rows.csv beside the votes by default."
    )

    static let precision = Option<Precision>(
        "precision", default: .float,
        help:
            "What large products are made of: bfloat16 and int8 are faster on processors that have them, a little less exact; "
            + "float32 is used where bfloat16 would be slower."
    )
    static let int8 = Flag("int8", help: "The same as --precision int8.")

    /// Throws `UsageError.conflict` if they contradict each other.
    static func precision(_ arguments: Arguments) throws -> Precision {
        guard arguments[int8] else { return arguments[precision] }
        if arguments.wasGiven(precision), arguments[precision] != .int8 {
            throw UsageError.conflict("--int8", "--precision \(arguments[precision].argumentText)")
        }
        return .int8
    }

    static func threadPool(_ arguments: Arguments) -> ThreadPool {
        arguments[threads].map { ThreadPool(threads: $0) } ?? ThreadPool()
    }

    /// What the user says about models that do not say it themselves. `hasOutput`: whether the command has `--output`.
    static func hints(
        _ arguments: Arguments, size: Option<Int?>? = inputSize, hasOutput: Bool = true
    ) throws -> EmotionModel.Hints {
        var hints = EmotionModel.Hints(
            inputRange: arguments[inputRange].map { (Float($0.lower), Float($0.upper)) },
            classNames: try outputNames(arguments), inputSize: size.flatMap { arguments[$0] })
        for word in hasOutput ? arguments[output]?.values ?? [] : [] {
            if let kind = EmotionModel.OutputKind(rawValue: word) {
                hints.outputKind = kind
            } else {
                hints.outputName = word
            }
        }
        return hints
    }

    /// `--labels`: names, or a file of them such as Teachable Machine's labels.txt. Throws `RecognitionError.file`.
    private static func outputNames(_ arguments: Arguments) throws -> [String]? {
        guard let names = arguments[labels]?.values else { return nil }
        guard names.count == 1, names[0].contains(where: { $0 == "." || $0 == "/" }) else { return names }
        do {
            return ModelLabels.parse(String(decoding: try FileBytes.read(names[0], limit: 1 << 20), as: UTF8.self))
        } catch let error as FileFailure {
            throw RecognitionError.file(path: names[0], reason: error.reason)
        }
    }

    /// The model the user means, see `ShippedModels`. Throws `UsageError.missingOption` if none is named and none is beside
    /// the program, `RecognitionError.file` if there is none of that name.
    static func modelPath(_ arguments: Arguments) throws -> String {
        if let named = arguments[model]?.string { return try ShippedModels.path(named) }
        guard let path = EmotionModel.standardPath else { throw UsageError.missingOption("--model") }
        return path
    }

    static func readModel(
        _ arguments: Arguments, _ console: Console, hasOutput: Bool = true
    ) throws -> EmotionModel {
        let hints = try hints(arguments, hasOutput: hasOutput)
        return try readModel(modelPath(arguments), hints, console)
    }

    /// Reads a model and says what was noticed. Throws `RecognitionError.file`, also if the user says otherwise than the file.
    static func readModel(_ path: String, _ hints: EmotionModel.Hints, _ console: Console) throws -> EmotionModel {
        let model = try EmotionModel(reading: path, hints: hints)
        try requireAgreement(hints, model, path)
        for note in model.notes { try console.errors.line(printable(Remedies.text(note))) }
        return model
    }

    /// Throws if the user says otherwise than the model's file.
    static func requireAgreement(_ hints: EmotionModel.Hints, _ model: EmotionModel, _ path: String) throws {
        if let words = hints.contradiction(to: model.card) {
            throw RecognitionError.file(path: path, reason: words)
        }
    }

    /// Reads a data set with a progress line, and says what was left out.
    static func readDataset(
        _ path: String, size: Int, skipsBad: Bool, classes: String?, votes: VoteFiles? = nil,
        targets: VoteTargets = .distribution, threads: ThreadPool, communicator: any Communicator = SingleProcess(),
        _ console: Console
    ) throws -> LoadedDataset {
        var options = try communicator.together(text: Remedies.text) {
            var options = DatasetReadOptions(
                size: size, skipsBad: skipsBad, classes: try classes.map { try ClassAssignment($0) })
            options.votes = try votes.map { try FaceVotes(reading: $0.table, names: $0.names) }
            return options
        }
        options.targets = targets
        options.communicator = communicator
        let display = ProgressDisplay("reading \(path)", total: 100, isShare: true, stream: console.errors)
        let loaded = try FaceDataset.read(
            path, options: options, threads: threads
        ) { display.update(Int($0 * 100)) }
        display.finish(fields: [("images", "\(loaded.dataset.count)")])
        for note in loaded.notes { try console.errors.line(printable(Remedies.text(note))) }
        if !loaded.skipped.isEmpty {
            for problem in loaded.skipped.prefix(5) {
                try console.errors.line("skipped: \(printable(Remedies.text(problem)))")
            }
            if loaded.skipped.count > 5 { try console.errors.line("skipped: \(loaded.skipped.count - 5) more") }
        }
        return loaded
    }
}

/// Where people's votes for the pictures of a data set are.
struct VoteFiles {
    var table: String
    /// Which row belongs to which file.
    var names: String?

    /// What was given, with the table of names that lies beside the votes.
    init?(_ table: String?, names: String?) {
        guard let table else { return nil }
        self.table = table
        let beside = table.parentFolder + "/kaggle-rows.csv"
        self.names = names ?? (access(beside.cPath, F_OK) == 0 ? beside : nil)
    }

    init?(_ a: Arguments) { self.init(a[SharedOptions.votes]?.string, names: a[SharedOptions.voteNames]?.string) }
}
