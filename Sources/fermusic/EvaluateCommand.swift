import EmotionRecognition
import NeuralNet
import Terminal

/// `fermusic evaluate`
enum EvaluateCommand {
    static let split = Option<String?>(
        "split", short: "s", help: "PublicTest (default), Training, PrivateTest, or all.",
        choices: ["PublicTest", "PrivateTest", "Training", "all"])
    static let report = Option<Path?>("report", short: "r", help: "Folder for an HTML report with pictures.")

    static let command = Command(
        "evaluate", summary: "Measure a model on a data set.",
        discussion: "Accuracy comes with its 95 % interval (Wilson); macro-F1 counts every emotion the same.",
        examples: [
            Example("fermusic evaluate --model my.h5 --data fer2013/ --split PublicTest --report report/"),
            Example(
                "fermusic evaluate --model old.hdf5 --data fer2013.csv --input-range=-1..1 --labels angry,disgust,fear,happy,sad,surprise,neutral",
                "a file that doesn't say how it is fed"),
        ],
        parameters: [
            SharedOptions.model, SharedOptions.data, split, report, SharedOptions.inputRange, SharedOptions.labels,
            tta, SharedOptions.threads, SharedOptions.skipBad, SharedOptions.json,
        ],
        run: run)

    static let tta = Option<TestTimeAugmentation>(
        "tta", default: TestTimeAugmentation.none, help: "Looks at each image several times and averages.")

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let model = try SharedOptions.readModel(a)
        let threads = SharedOptions.threadPool(a)
        let path = a[SharedOptions.data].string
        let loaded = try SharedOptions.readDataset(
            path, size: model.card.input.scaledSize.width, skipsBad: a[SharedOptions.skipBad], threads: threads, console
        )
        let dataset = loaded.dataset
        let name = a[split] ?? "PublicTest"
        let chosen = FaceDataset.Split(rawValue: name)
        let indices = chosen.map { dataset.indices(of: $0) } ?? Array(0..<dataset.count)
        guard !indices.isEmpty else {
            let counts = FaceDataset.Split.allCases.map { "\($0.rawValue) \(dataset.indices(of: $0).count)" }
            throw DatasetError.empty(path: path, reason: "no images in \(name) (\(counts.joined(separator: ", ")))")
        }
        let display = ProgressDisplay("evaluating", total: indices.count, stream: console.errors)
        let evaluation = try Evaluation(
            of: model, on: dataset, indices: indices, split: chosen, augmentation: a[tta], threads: threads
        ) { display.update($0) }
        display.finish()
        if let folder = a[report] {
            let file = folder.string + "/index.html"
            try EvaluationReport.write(
                evaluation, of: model, name: SharedOptions.modelPath(a), data: path, dataset: dataset, to: file)
            try console.errors.line("wrote \(file)")
        }
        if a[SharedOptions.json] {
            guard case .object(var fields) = evaluation.json else { return .failed }
            fields["model"] = .string(try SharedOptions.modelPath(a))
            fields["data"] = .string(path)
            fields["skipped"] = .int(loaded.skipped.count)
            try console.output.line(JSONValue.object(fields).text())
        } else {
            try console.output.write(text(evaluation))
        }
        return .done
    }

    private static func text(_ evaluation: Evaluation) -> String {
        let metrics = evaluation.metrics, interval = metrics.accuracyInterval
        var text =
            "accuracy   \(percent(metrics.accuracy, decimals: 2)) of \(metrics.count) "
            + "(95 % interval \(percent(interval.lowerBound)) to \(percent(interval.upperBound)))\n"
        text += "macro-F1   \(fixed(metrics.macroF1, 4))\n"
        text += "top-2      \(percent(metrics.topAccuracy(2), decimals: 2))\n"
        text += "loss       \(fixed(evaluation.loss, 4))\n"
        text += "speed      \(fixed(Double(metrics.count) / max(evaluation.seconds, 1e-9), 0)) images/s\n\n"
        var classes = TextTable([.left("class"), .right("images"), .right("precision"), .right("recall"), .right("F1")])
        for (label, name) in evaluation.classNames.enumerated() {
            classes.add(
                name, "\(metrics.support(label))", percent(metrics.precision(label)), percent(metrics.recall(label)),
                fixed(metrics.f1(label), 3))
        }
        text += classes.render() + "\n"
        var confusion = TextTable([.left("true \\ predicted")] + evaluation.classNames.map { .right($0) })
        for (label, name) in evaluation.classNames.enumerated() {
            confusion.add([name] + metrics.confusion[label].map { "\($0)" })
        }
        return text + confusion.render()
    }
}
