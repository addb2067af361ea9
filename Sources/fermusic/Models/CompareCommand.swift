import EmotionRecognition
import JSON
import Terminal

/// `fermusic compare`
enum CompareCommand {
    static let first = Argument<Path>("first", help: "A model: a Keras HDF5 or ONNX file.")
    static let second = Argument<Path>("second", help: "The model to compare it with.")

    static let pictures = Flag(
        "pictures", default: true, help: "Show images of the data in the report; they may not be yours to publish.")

    static let command = Command(
        "compare", summary: "Compare two models on a data set.",
        discussion: """
            Both see the same images, of the classes that both know. McNemar's test says whether the difference could be chance; with --report a page \
            shows charts and the images on which they disagree.
            """,
        examples: [
            Example("fermusic compare a.h5 b.h5 --data fer2013/ --report report/")
        ],
        parameters: [
            first, second, SharedOptions.data, SharedOptions.classes, SharedOptions.votes, SharedOptions.voteNames,
            EvaluateCommand.split, EvaluateCommand.report,
            pictures,
            EvaluateCommand.tta,
            SharedOptions.precision, SharedOptions.int8, SharedOptions.threads,
            SharedOptions.skipBad,
            SharedOptions.json,
        ] + SharedOptions.hintOptions,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        try OutputName.checkFolder("--report", a[EvaluateCommand.report]?.string)
        let exam = try MeasuredModels(
            a, data: a[SharedOptions.data].string, split: a[EvaluateCommand.split], tta: a[EvaluateCommand.tta],
            console)
        let subjects = try exam.examine(
            [a[first].string, a[second].string], hints: try SharedOptions.hints(a), sharesClasses: true)
        let comparison = try Comparison(subjects[0].predictions, subjects[1].predictions)
        let sameName = subjects[0].name == subjects[1].name
        let contenders = subjects.map {
            ComparisonReport.Contender(
                name: sameName ? $0.path : $0.name, model: $0.model, evaluation: $0.evaluation, facts: $0.facts)
        }
        if let folder = a[EvaluateCommand.report] {
            let file = folder.string + "/index.html"
            try ComparisonReport.write(
                comparison, contenders[0], contenders[1], data: exam.data,
                dataset: a[pictures] ? exam.dataset(for: subjects[0].model) : nil, to: file)
            try console.errors.line("wrote \(printable(file))")
        }
        if a[SharedOptions.json] {
            var fields = comparison.json.objectValue ?? [:]
            fields["models"] = .array(
                subjects.map {
                    .object(
                        ($0.evaluation.json.objectValue ?? [:]).merging($0.facts.json.objectValue ?? [:]) { a, _ in a }
                            .merging(["model": .string($0.path)]) { _, b in b })
                })
            try console.output.line(JSONValue.object(fields).text())
            return .done
        }
        var table = TextTable([.left("")] + contenders.map { .right($0.name) })
        for row in ComparisonReport.rows(contenders[0], contenders[1]) { table.add(row) }
        try console.output.write(table.render())
        try console.output.line(
            "\nboth right \(comparison.bothRight), only \(contenders[0].name) \(comparison.test.onlyFirst), "
                + "only \(contenders[1].name) \(comparison.test.onlySecond), both wrong \(comparison.bothWrong)")
        try console.output.line(ComparisonReport.verdict(comparison, contenders[0].name, contenders[1].name))
        return .done
    }
}
