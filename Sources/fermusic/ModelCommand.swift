import EmotionRecognition
import NeuralNet
import Terminal

/// `fermusic model summary|convert`
enum ModelCommand {
    static let file = Argument<Path>("model", help: "A Keras HDF5 file.")
    static let target = Argument<Path>("output", help: "The file to write.")
    static let architecture = Option<Architecture?>("arch", help: "The network, for files that hold weights only.")

    static let command = Command(
        "model", summary: "Look into model files and convert them.", subcommands: [summary, convert])

    static let summary = Command(
        "summary", summary: "List a model's layers, shapes and parameters.",
        examples: [Example("fermusic model summary my.h5")], parameters: [file, SharedOptions.json]
    ) { a, console in
        let path = a[file].string
        let contents = try ModelFile.read(path)
        let model = contents.model
        if a[SharedOptions.json] {
            try console.output.line(json(contents).text())
            return .done
        }
        var table = TextTable([.left("layer"), .left("class"), .left("output"), .right("parameters"), .left("from")])
        for (index, node) in model.nodes.enumerated() {
            let count = node.parameters.reduce(0) { $0 + model.weights.entries[$1].specification.count }
            let isChain = node.inputs.isEmpty || node.inputs == [index - 1]
            table.add(
                node.layer.name, type(of: node.layer).className, shapeText(node.outputShape), "\(count)",
                isChain ? "" : node.inputs.map { model.nodes[$0].layer.name }.joined(separator: ", "))
        }
        try console.output.write(table.render())
        let trainable = model.weights.entries.filter(\.specification.isTrainable)
            .reduce(0) { $0 + $1.specification.count }
        try console.output.line("\(model.parameterCount) parameters, \(trainable) trainable")
        if let version = contents.kerasVersion { try console.output.line("Keras format \(version)") }
        if contents.metadata != nil {
            let card = try EmotionModel(reading: path).card
            try console.output.line("input    \(card.input.summary)")
            try console.output.line("classes  \(card.classNames.joined(separator: ", "))")
            for result in card.results {
                try console.output.line(
                    "result   \(result.split): \(percent(result.accuracy, decimals: 2)) of \(result.count), macro-F1 \(fixed(result.macroF1, 4))"
                )
            }
        }
        return .done
    }

    static let convert = Command(
        "convert", summary: "Write a model as a Keras 3 file that says how to feed it.",
        discussion:
            "Reads what Keras 2.0 to 3 write. The result opens with keras.models.load_model, and here without --input-range and --labels.",
        examples: [
            Example(
                "fermusic model convert old.hdf5 new.h5 --input-range=-1..1 --labels angry,disgust,fear,happy,sad,surprise,neutral"
            ),
            Example(
                "fermusic model convert my.weights.h5 my.h5 --arch cnn --input-range 0..1 --labels angry,disgust,fear,happy,sad,surprise,neutral",
                "weights alone"),
        ],
        parameters: [file, target, architecture, SharedOptions.inputRange, SharedOptions.labels]
    ) { a, console in
        let hints = EmotionModel.Hints(
            inputRange: a[SharedOptions.inputRange].map { (Float($0.lower), Float($0.upper)) },
            classNames: a[SharedOptions.labels]?.values)
        let path = a[file].string
        let model: EmotionModel
        if let architecture = a[architecture] {
            model = try EmotionModel(readingWeights: path, architecture: architecture, hints: hints)
        } else {
            model = try EmotionModel(reading: path, hints: hints)
        }
        try model.write(to: a[target].string)
        try console.errors.line("wrote \(a[target])")
        return .done
    }

    private static func shapeText(_ shape: Shape) -> String { shape.map(String.init).joined(separator: "x") }

    private static func json(_ contents: ModelFile.Contents) -> JSONValue {
        let model = contents.model
        let layers = model.nodes.map { node -> JSONValue in
            [
                "name": .string(node.layer.name), "class": .string(type(of: node.layer).className),
                "output": JSONValue(node.outputShape),
                "parameters": .int(node.parameters.reduce(0) { $0 + model.weights.entries[$1].specification.count }),
                "inputs": JSONValue(node.inputs.map { model.nodes[$0].layer.name }),
            ]
        }
        return [
            "layers": .array(layers), "parameters": .int(model.parameterCount),
            "kerasVersion": contents.kerasVersion.map(JSONValue.string) ?? .null,
            "card": contents.metadata ?? .null,
        ]
    }
}
