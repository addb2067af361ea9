import EmotionRecognition
import Emotions
import JSON
import JSONCoding
import Terminal
import Threads

/// `fermusic dataset info|audit|export|pack|generate`
enum DatasetCommand {
    static let path = Argument<Path>("data", help: "Kaggle's CSV file or a folder of class folders.")

    static let command = Command(
        "dataset", summary: "Look at data sets, check, convert and draw them.",
        subcommands: [info, audit, export, pack, generate])

    static let info = Command(
        "info", summary: "Count the images per class and split.",
        examples: [Example("fermusic dataset info fer2013.csv")],
        parameters: [
            path, SharedOptions.classes, SharedOptions.votes, SharedOptions.voteNames, SharedOptions.threads,
            SharedOptions.skipBad, SharedOptions.json,
        ]
    ) { a, console in
        let loaded = try SharedOptions.readDataset(
            a[path].string, size: 48, skipsBad: a[SharedOptions.skipBad], classes: a[SharedOptions.classes],
            votes: VoteFiles(a), threads: SharedOptions.threadPool(a), console)
        let dataset = loaded.dataset
        let splits = FaceDataset.Split.allCases.filter { !dataset.indices(of: $0).isEmpty }
        func count(_ label: Int, _ split: FaceDataset.Split) -> Int {
            zip(dataset.labels, dataset.splits).reduce(0) { $0 + (Int($1.0) == label && $1.1 == split ? 1 : 0) }
        }
        if a[SharedOptions.json] {
            var fields: [String: JSONValue] = [
                "count": .int(dataset.count), "fingerprint": .string(dataset.fingerprint),
                "trainingFingerprint": .string(dataset.trainingFingerprint),
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
        if dataset.trainingFingerprint != dataset.fingerprint {
            try console.output.line("fingerprint without PrivateTest, for training: \(dataset.trainingFingerprint)")
        }
        return .done
    }

    static let audit = Command(
        "audit", summary: "Look for duplicates, blank images and unreadable files.",
        discussion:
            "Duplicates are also found across splits, where they make test results too good, and under different labels.",
        examples: [Example("fermusic dataset audit fer2013/")],
        parameters: [
            path, SharedOptions.classes, SharedOptions.votes, SharedOptions.voteNames, SharedOptions.threads,
            SharedOptions.json,
        ]
    ) { a, console in
        let loaded = try SharedOptions.readDataset(
            a[path].string, size: 48, skipsBad: true, classes: a[SharedOptions.classes], votes: VoteFiles(a),
            threads: SharedOptions.threadPool(a), console)
        let audit = DatasetAudit(loaded.dataset, skipped: loaded.skipped)
        if a[SharedOptions.json] {
            try console.output.line(try JSONValue.encode(audit))
        } else {
            for line in audit.lines() { try console.output.line(printable(line)) }
        }
        return .done
    }

    static let output = Argument<Path>(
        "output", help: "A file that ends in .csv (.packed when drawing), or a new folder.")

    static let sort = Option<String>(
        "sort", default: "as-read",
        help: "The order: as it is read, or training first, then by the names of the files.",
        choices: ["as-read", "name"])

    static let export = Command(
        "export", summary: "Write a data set as Kaggle's CSV or as folders of PNG files.",
        examples: [
            Example("fermusic dataset export fer2013/ fer2013.csv"),
            Example("fermusic dataset export fer2013.csv faces/"),
            Example("fermusic dataset export fer2013/ fer2013.csv --sort name", "the order that a recipe asks for"),
        ],
        parameters: [path, output, sort, SharedOptions.classes, SharedOptions.threads, SharedOptions.skipBad]
    ) { a, console in
        if !a[output].string.hasSuffix(".csv") { try OutputName.checkFolder("<output>", a[output].string) }
        let threads = SharedOptions.threadPool(a)
        let loaded = try SharedOptions.readDataset(
            a[path].string, size: 48, skipsBad: a[SharedOptions.skipBad], classes: a[SharedOptions.classes],
            threads: threads, console)
        let dataset = a[sort] == "name" ? loaded.dataset.sortedByFileName : loaded.dataset
        try write(dataset, to: a[output].string, threads: threads, console)
        return .done
    }

    static let packedOutput = Argument<Path>("output", help: "The file to write.")

    static let pack = Command(
        "pack", summary: "Write a data set as one file that training reads picture by picture.",
        discussion: """
            For data larger than memory, and for several machines, each of which reads only what it needs. Every picture has \
            a check sum. A run may go on with it that began with what was packed.
            """,
        examples: [
            Example("fermusic dataset pack faces/ faces.packed"),
            Example("fermusic dataset generate faces.packed --training 2000000", "drawn faces, packed at once"),
        ],
        parameters: [
            path, packedOutput, size, SharedOptions.classes, SharedOptions.threads, SharedOptions.skipBad,
        ]
    ) { a, console in
        try OutputName.check("<output>", a[packedOutput].string, ["packed"])
        let loaded = try SharedOptions.readDataset(
            a[path].string, size: a[size], skipsBad: a[SharedOptions.skipBad], classes: a[SharedOptions.classes],
            threads: SharedOptions.threadPool(a), console)
        let output = a[packedOutput].string
        let display = ProgressDisplay("writing \(output)", total: 100, isShare: true, stream: console.errors)
        try loaded.dataset.writePacked(output) { display.update(Int($0 * 100)) }
        display.finish(fields: [("images", "\(loaded.dataset.count)")])
        return .done
    }

    static let size = Option<Int>("size", default: 48, help: "Width and height of the pictures.", range: 8...1024)
    static let training = Option<Int>("training", default: 3500, help: "Training images.", range: 1...100_000_000)
    static let test = Option<Int>("test", default: 700, help: "Test images (PublicTest).", range: 0...100_000_000)
    static let seed = Option<Int>("seed", default: 1, help: "Repeats a drawing.", range: 0...)
    static let emotions = Option<EmotionSelection>(
        "emotions", default: .seven, help: "How many emotions: eight has contempt, five no disgust and no fear.")

    static let generate = Command(
        "generate", summary: "Draw synthetic faces with the expressions of emotions.",
        discussion: "For trying things out where FER2013 is not at hand; the same seed draws the same faces.",
        examples: [
            Example("fermusic dataset generate faces/"),
            Example("fermusic dataset generate faces.csv --training 7000 --seed 2"),
        ],
        parameters: [output, training, test, seed, emotions, SharedOptions.threads]
    ) { a, console in
        if ![".csv", ".packed"].contains(where: a[output].string.hasSuffix) {
            try OutputName.checkFolder("<output>", a[output].string)
        }
        let faces = SyntheticFaces(seed: UInt64(a[seed])), threads = SharedOptions.threadPool(a)
        let path = a[output].string
        if path.hasSuffix(".packed") {
            let display = ProgressDisplay("writing \(path)", total: 100, isShare: true, stream: console.errors)
            try faces.writePacked(
                path, training: a[training], test: a[test], emotions: a[emotions].emotions, threads: threads
            ) { display.update(Int($0 * 100)) }
            display.finish(fields: [("images", "\(a[training] + a[test])")])
            return .done
        }
        let dataset = faces.dataset(
            training: a[training], test: a[test], emotions: a[emotions].emotions)
        try write(dataset, to: path, threads: threads, console)
        return .done
    }

    private static func write(
        _ dataset: FaceDataset, to path: String, threads: ThreadPool, _ console: Console
    ) throws {
        let display = ProgressDisplay("writing \(path)", total: 100, isShare: true, stream: console.errors)
        if path.hasSuffix(".csv") {
            try dataset.writeCSV(path) { display.update(Int($0 * 100)) }
        } else {
            var folder = path
            while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
            try dataset.writeFolders(folder, threads: threads) { display.update(Int($0 * 100)) }
        }
        display.finish(fields: [("images", "\(dataset.count)")])
    }
}

extension EmotionSelection: ArgumentChoice {}
