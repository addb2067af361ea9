import EmotionRecognition
import FaceVision
import NeuralNet
import Terminal

/// `fermusic predict`
enum PredictCommand {
    static let images = Argument<[Path]>("image", help: "PNG or JPEG pictures of one face each, or folders of them.")

    static let command = Command(
        "predict", summary: "Name the emotion of faces.",
        discussion:
            "Each picture is taken to be one face, cropped. A picture that can't be read is reported; the others still get done.",
        examples: [
            Example("fermusic predict --model my.h5 face1.png faces/"),
            Example("fermusic predict --model my.h5 --json face1.png", "one JSON object per image"),
        ],
        parameters: [
            images, SharedOptions.model, SharedOptions.inputRange, SharedOptions.labels, SharedOptions.threads,
            SharedOptions.json,
        ],
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let model = try SharedOptions.readModel(a)
        let recogniser = try EmotionRecogniser(model, threads: SharedOptions.threadPool(a))
        var files: [String] = []
        for path in a[images] { files += try ImageFolder.images(path.string) }
        let names = model.card.classNames
        var failures = 0
        let width = files.map(\.count).max() ?? 0
        for start in stride(from: 0, to: files.count, by: 16) {
            var pictures: [(file: String, image: Image)] = []
            for file in files[start..<min(start + 16, files.count)] {
                do {
                    pictures.append((file, try ImageFile.read(file)))
                } catch {
                    failures += 1
                    try console.errors.line("error: \(printable("\(error)"))")
                }
            }
            for (picture, result) in zip(pictures, recogniser.recognise(pictures.map(\.image))) {
                if a[SharedOptions.json] {
                    try console.output.line(json(picture.file, picture.image, result, names).text())
                } else {
                    let file = printable(picture.file)
                    let padding = String(repeating: " ", count: max(0, width - file.count))
                    let order = names.indices.sorted { result.probabilities[$0] > result.probabilities[$1] }
                    let others = order.dropFirst().prefix(2).map {
                        "\(names[$0]) \(percent(Double(result.probabilities[$0])))"
                    }
                    try console.output.line(
                        "\(file)\(padding)  \(names[result.label]) \(percent(Double(result.confidence)))"
                            + "  (\(others.joined(separator: ", ")))")
                }
            }
        }
        if failures > 0 {
            try console.errors.line("\(failures) of \(files.count) images could not be read")
            return .failed
        }
        return .done
    }

    private static func json(
        _ file: String, _ image: Image, _ result: EmotionRecogniser.Recognition, _ names: [String]
    ) -> JSONValue {
        let probabilities = Dictionary(
            uniqueKeysWithValues: zip(names, result.probabilities.map { JSONValue.double(Double($0)) }))
        return [
            "file": .string(file),
            "faces": [
                [
                    "box": ["x": 0, "y": 0, "width": .int(image.width), "height": .int(image.height)],
                    "emotion": .string(names[result.label]), "confidence": .double(Double(result.confidence)),
                    "probabilities": .object(probabilities),
                ]
            ],
        ]
    }
}
