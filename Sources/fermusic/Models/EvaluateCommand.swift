import EmotionRecognition
import JSON
import Terminal

/// `fermusic evaluate`
enum EvaluateCommand {
    static let models = Argument<[Path]>(
        "models", required: false,
        help: "Keras HDF5 or ONNX files, or names of models that come along; several make an ensemble.")
    static let split = Option<String?>(
        "split", short: "s", help: "PublicTest (default), Training, PrivateTest, or all.",
        choices: ["PublicTest", "PrivateTest", "Training", "all"])
    static let report = Option<Path?>("report", short: "r", help: "Folder for an HTML report with pictures.")
    static let tta = Option<TestTimeAugmentation>(
        "tta", default: TestTimeAugmentation.none,
        help: "Looks at each image several times and averages; ten-crop is for networks that see a part of the picture."
    )
    static let ensemble = Flag(
        "ensemble", default: true, help: "Average the probabilities of several models too, beside each alone.")
    static let robustness = Flag(
        "robustness", help: "Measure again on pictures that are dark, blurred, small, noisy, tilted, covered or cut.")
    static let markdown = Flag("markdown", help: "Print a table for a README and sections for the models' cards.")

    static let command = Command(
        "evaluate", summary: "Measure models on a data set.",
        discussion: """
            Accuracy comes with its 95 % interval (Wilson); macro-F1 counts every emotion the same; the calibration error \
            says how far confidence and accuracy are apart. Several models are measured one by one and together.

            The temperature that corrects a model's confidence is fitted on the pictures that training validates on \
            (PublicTest of FER2013): measured on those, the calibration error comes out a little too small.
            """,
        examples: [
            Example("fermusic evaluate my.h5 --data fer2013/ --split PublicTest --report report/"),
            Example("fermusic evaluate a.h5 b.h5 --data fer2013/ --tta ten-crop", "each, and both as one"),
            Example(
                "fermusic evaluate old.hdf5 --data fer2013.csv --input-range=-1..1 --labels angry,disgust,fear,happy,sad,surprise,neutral",
                "a file that doesn't say how it is fed"),
        ],
        parameters: [
            models, SharedOptions.model, SharedOptions.data, SharedOptions.classes, SharedOptions.votes,
            SharedOptions.voteNames, split, report, tta, ensemble, robustness,
            markdown, SharedOptions.precision, SharedOptions.int8, SharedOptions.threads, SharedOptions.skipBad,
            SharedOptions.json,
        ] + SharedOptions.hintOptions,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        if a[markdown], a[SharedOptions.json] { throw UsageError.conflict("--markdown", "--json") }
        try OutputName.checkFolder("--report", a[report]?.string)
        var paths = a[models].map(\.string)
        if paths.isEmpty || a.wasGiven(SharedOptions.model) {
            paths.append(try a[SharedOptions.model]?.string ?? SharedOptions.modelPath(a))
        }
        let exam = try MeasuredModels(
            a, data: a[SharedOptions.data].string, split: a[split], tta: a[tta], isSpoilt: a[robustness], console)
        let subjects = try exam.examine(paths, hints: try SharedOptions.hints(a))
        var together: Evaluation?
        if subjects.count > 1, a[ensemble], exam.haveSameClasses {
            together = try Evaluation(
                try Predictions(ensemble: subjects.map(\.predictions)), split: exam.split,
                dataset: try exam.dataset(for: subjects[0].model))
        }
        if let folder = a[report] { try writeReports(subjects, exam, folder.string, console) }
        if a[SharedOptions.json] {
            try console.output.line(json(subjects, together, exam).text())
        } else if a[markdown] {
            try console.output.write(EvaluationTable.markdown(subjects, together))
        } else if subjects.count == 1 {
            try console.output.write(EvaluationTable.details(subjects[0]))
        } else {
            try console.output.write(EvaluationTable.text(subjects, together))
        }
        return .done
    }

    /// `index.html` for one model, a page named after each for several.
    private static func writeReports(
        _ subjects: [MeasuredModels.Subject], _ exam: MeasuredModels, _ folder: String, _ console: Console
    ) throws {
        for subject in subjects {
            let file = "\(folder)/\(subjects.count == 1 ? "index" : subject.name).html"
            try EvaluationReport.write(
                subject.evaluation, robustness: subject.robustness, of: subject.model, facts: subject.facts,
                name: subject.path, data: exam.data,
                dataset: exam.dataset(for: subject.model), to: file)
            try console.errors.line("wrote \(printable(file))")
        }
    }

    private static func json(
        _ subjects: [MeasuredModels.Subject], _ together: Evaluation?, _ exam: MeasuredModels
    ) -> JSONValue {
        let items = subjects.map { subject -> JSONValue in
            var fields = subject.evaluation.json.objectValue ?? [:]
            fields.merge(subject.facts.json.objectValue ?? [:]) { first, _ in first }
            fields["model"] = .string(subject.path)
            fields["data"] = .string(exam.data)
            fields["skipped"] = .int(exam.skipped)
            if let robustness = subject.robustness { fields["robustness"] = robustness.json }
            return .object(fields)
        }
        if items.count == 1 { return items[0] }
        return ["models": .array(items), "ensemble": together?.json ?? .null]
    }
}
