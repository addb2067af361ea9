import EmotionRecognition
import NeuralNet
import Terminal

/// `fermusic dataset info|audit|export|generate`
enum DatasetCommand {
    static let path = Argument<Path>("data", help: "Kaggle's CSV file or a folder of class folders.")

    static let command = Command(
        "dataset", summary: "Look at data sets, check, convert and draw them.", subcommands: [info])

    static let info = Command(
        "info", summary: "Count the images per class and split.", examples: [Example("fermusic dataset info fer2013.csv")],
        parameters: [path, SharedOptions.threads, SharedOptions.skipBad, SharedOptions.json]
    ) { a, console in
        let loaded = try SharedOptions.readDataset(
            a[path].string, size: 48, skipsBad: a[SharedOptions.skipBad], threads: SharedOptions.threadPool(a), console)
        let dataset = loaded.dataset
        let splits = FaceDataset.Split.allCases.filter { !dataset.indices(of: $0).isEmpty }
        func count(_ label: Int, _ split: FaceDataset.Split) -> Int {
            zip(dataset.labels, dataset.splits).reduce(0) { $0 + (Int($1.0) == label && $1.1 == split ? 1 : 0) }
        }
        if a[SharedOptions.json] {
            var fields: [String: JSONValue] = [
                "count": .int(dataset.count), "fingerprint": .string(dataset.fingerprint),
                "skipped": .int(loaded.skipped.count),
            ]
            for split in splits {
                fields[split.rawValue] = .object(
                    Dictionary(
                        uniqueKeysWithValues: dataset.classNames.enumerated().map { ($1, .int(count($0, split))) }))
            }
            try console.output.line(JSONValue.object(fields).text())
            return .done
        }
        var table = TextTable([.left("class")] + splits.map { .right($0.rawValue) })
        for (label, name) in dataset.classNames.enumerated() {
            table.add([name] + splits.map { "\(count(label, $0))" })
        }
        table.add(["all"] + splits.map { "\(dataset.indices(of: $0).count)" })
        try console.output.write(table.render())
        try console.output.line("fingerprint \(dataset.fingerprint)")
        return .done
    }
}
