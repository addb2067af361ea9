import EmotionRecognition
import JSON
import NeuralNet
import Terminal
import TextCoding

extension StoredPrecision: ArgumentChoice {}

/// `fermusic model summary|convert|export|recipe|json|calibrate`
enum ModelCommand {
    static let file = Argument<Path>(
        "model", help: "A Keras file, .h5 or .keras, an ONNX file, or the name of a model that comes along.")
    static let target = Argument<Path>(
        "target",
        help: "The file to write: Keras's own format if its name ends in .keras, ONNX for .onnx, otherwise HDF5.")
    static let architecture = Option<NetworkChoice?>(
        "arch", help: "The network, for files that hold weights only: \(NetworkChoice.names), or Keras's model JSON.")
    static let inputSize = Option<Int>(
        "input-size", default: 48,
        help: "Width and height of --arch's input, or of the file's input where it leaves them open.", range: 8...2048)
    static let channels = Option<Int>("channels", default: 1, help: "The channels of --arch's input.", range: 1...3)

    static let weights = Option<StoredPrecision>(
        "weights", default: .float32, help: "How the file keeps weights; float16 takes half the room.")

    static let command = Command(
        "model", summary: "Look into model files and convert them.",
        subcommands: [summary, convert, export, recipe, json, calibrate])

    static let summary = Command(
        "summary", summary: "List a model's layers, shapes and parameters.",
        examples: [Example("fermusic model summary my.h5")],
        parameters: [file, SharedOptions.json, SharedOptions.inputSize]
    ) { a, console in
        let path = try ShippedModels.path(a[file].string)
        let contents = try NetworkFile.read(path, inputSize: a[SharedOptions.inputSize])
        if let size = a[SharedOptions.inputSize], let shape = contents.model.inputShapes.first, shape.count == 3,
            let words = EmotionModel.Hints(inputSize: size).contradiction(toInput: shape[1], shape[0])
        {
            throw RecognitionError.file(path: path, reason: words)
        }
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
        for warning in contents.warnings { try console.errors.line(printable("\(path): \(warning)")) }
        let trainable = model.weights.entries.filter(\.specification.isTrainable)
            .reduce(0) { $0 + $1.specification.count }
        try console.output.line("\(model.parameterCount) parameters, \(trainable) trainable")
        if let origin = contents.origin { try console.output.line(printable(origin)) }
        if contents.metadata != nil {
            let card = try EmotionModel(reading: path).card
            try console.output.line("input    \(card.input.summary)")
            try console.output.line("classes  \(card.classNames.joined(separator: ", "))")
            if let temperature = card.temperature {
                try console.output.line(
                    "calibrated, temperature \(fixed(Double(temperature), 3)), certain from "
                        + percent(Double(card.certainty.threshold)))
            }
            for line in trainingLines(card) { try console.output.line(line) }
            for result in card.results {
                try console.output.line(
                    "result   \(result.split): \(percent(result.accuracy, decimals: 2)) of \(result.count), macro-F1 \(fixed(result.macroF1, 4))"
                )
            }
        }
        return .done
    }

    static let convert = Command(
        "convert", summary: "Write a model as a Keras 3 or ONNX file that says how to feed it.",
        discussion: """
            Reads what Keras 2.0 to 3 write, and ONNX. The result opens with keras.models.load_model or any ONNX runtime, and \
            here without --input-range and --labels. From and to ONNX, networks of any purpose are converted without them.
            """,
        examples: [
            Example(
                "fermusic model convert old.hdf5 new.h5 --input-range=-1..1 --labels angry,disgust,fear,happy,sad,surprise,neutral"
            ),
            Example(
                "fermusic model convert my.weights.h5 my.h5 --arch cnn --input-range 0..1 --labels angry,disgust,fear,happy,sad,surprise,neutral",
                "weights alone"),
            Example("fermusic model convert net.onnx net.h5"),
            Example("fermusic model convert my.h5 small.h5 --weights float16", "a file of half the size"),
        ],
        parameters: [
            file, target, architecture, inputSize, channels, SharedOptions.inputRange, SharedOptions.labels,
            SharedOptions.output, weights,
        ]
    ) { a, console in
        try OutputName.check("<target>", a[target].string, OutputName.networks)
        var hints = try SharedOptions.hints(a, size: nil)
        if a.wasGiven(inputSize) { hints.inputSize = a[inputSize] }
        let path = try ShippedModels.path(a[file].string)
        let model: EmotionModel
        if let architecture = a[architecture] {
            let options = NetworkOptions(
                size: a[inputSize], channels: a[channels], classes: hints.classNames?.count ?? 7)
            model = try EmotionModel(
                readingWeights: path, into: architecture.makeModel(options, seed: 0), hints: hints)
        } else {
            let isONNX = NetworkFile.isONNX(path) || NetworkFile.isNamedONNX(a[target].string)
            if isONNX, hints.inputRange == nil, hints.classNames == nil {
                let contents = try NetworkFile.read(path, inputSize: hints.inputSize)
                for warning in contents.warnings { try console.errors.line(printable("\(path): \(warning)")) }
                try NetworkFile.write(
                    contents.model, metadata: contents.metadata, precision: a[weights], to: a[target].string)
                try console.errors.line("wrote \(a[target])")
                return .done
            }
            model = try SharedOptions.readModel(path, hints, console)
        }
        try model.write(to: a[target].string, precision: a[weights])
        try console.errors.line("wrote \(a[target])")
        return .done
    }

    /// The record of the run that made a model.
    private static func trainingLines(_ card: ModelCard) -> [String] {
        guard let training = card.training else { return [] }
        let recipe = training.recipe
        var lines = [
            "trained  \(recipe.architecture), epoch \(training.epoch) of \(recipe.epochs), seed \(recipe.seed), "
                + "\(counted(training.threads, "thread")), \(timeText(.seconds(training.seconds)))",
            "data     \(training.trainingCount) images, fingerprint \(training.dataFingerprint)",
        ]
        if let from = recipe.from, let fingerprint = training.baseFingerprint {
            let parts = [
                recipe.head == nil ? nil : "a new last layer",
                recipe.freeze.map { "frozen \($0.joined(separator: ", "))" },
            ]
            lines.append(
                (["from     \(from), fingerprint \(fingerprint)"] + parts.compactMap { $0 }).joined(separator: ", "))
        }
        if let teacher = recipe.teacher, let fingerprint = training.teacherFingerprint {
            lines.append("teacher  \(teacher.recipeText), share \(recipe.teacherShare), fingerprint \(fingerprint)")
        }
        if let started = training.started, let written = training.written {
            lines.append("run      \(started) to \(written)")
        }
        if let machine = training.machine { lines.append("machine  \(machine)") }
        return lines + ["program  \(card.program)"]
    }

    static let recipe = Command(
        "recipe", summary: "Print the recipe that a model was trained with.",
        examples: [Example("fermusic model recipe my.h5 > my.json", "fermusic train --recipe my.json repeats the run")],
        parameters: [file]
    ) { a, console in
        let path = try ShippedModels.path(a[file].string)
        guard let card = try NetworkFile.read(path).metadata.map({ try ModelCard(json: $0, path: path) }),
            let recipe = RecipeFile(of: card)
        else { throw RecognitionError.file(path: path, reason: "does not say how it was trained") }
        try console.output.write(recipe.text)
        return .done
    }

    static let json = Command(
        "json", summary: "Print a network as Keras's model JSON, to change and train with --arch.",
        examples: [Example("fermusic model json --arch vgg > my-vgg.json")],
        parameters: [TrainOptions.architecture, inputSize, channels]
            + TrainOptions.settings(["widths", "blockDropout", "headDropout"]).map(\.parameter)
    ) { a, console in
        var recipe = TrainingRecipe()
        TrainOptions.settings(["widths", "blockDropout", "headDropout"]).forEach { $0.apply(a, to: &recipe) }
        var options = NetworkOptions(size: a[inputSize], channels: a[channels])
        options.widths = recipe.widths
        options.blockDropout = recipe.blockDropout
        options.headDropout = recipe.headDropout
        try console.output.line(
            ModelFile.json(of: a[TrainOptions.architecture].makeModel(options, seed: 0)))
        return .done
    }

    static let calibrate = Command(
        "calibrate", summary: "Make a model's confidence mean what it says.",
        discussion: """
            Fits the temperature that probabilities are corrected with, and the confidence from which on answers are \
            certain: \(percent(Certainty.wantedAccuracy, decimals: 0)) of those are right, and at least a third of the wrong \
            ones is not among them. Both are stored in the file; the network stays as it is. With the data that it was \
            trained on the light of those pictures is stored too, to which darker, brighter and flatter ones are brought. \
            Training does this by itself.
            """,
        examples: [
            Example("fermusic model calibrate my.h5 --data fer2013.csv"),
            Example(
                "fermusic model calibrate my.h5 --data fer2013.csv --votes fer2013new.csv",
                "right is what most people saw"),
        ],
        parameters: [
            file, SharedOptions.data, SharedOptions.classes, SharedOptions.votes, SharedOptions.voteNames,
            EvaluateCommand.split, SharedOptions.threads, SharedOptions.skipBad,
        ] + SharedOptions.hintOptions
    ) { a, console in
        // A file of the user's own: it is written too.
        let path = a[file].string
        let hints = try SharedOptions.hints(a)
        let model = try SharedOptions.readModel(path, hints, console)
        let threads = SharedOptions.threadPool(a)
        let data = a[SharedOptions.data].string
        let dataset = try SharedOptions.readDataset(
            data, size: model.card.input.scaledSize.width, skipsBad: a[SharedOptions.skipBad],
            classes: a[SharedOptions.classes], votes: VoteFiles(a), threads: threads, console
        ).dataset
        let name = a[EvaluateCommand.split] ?? "PublicTest"
        let indices = try MeasuredModels.indices(
            of: FaceDataset.Split(rawValue: name), in: dataset, for: model, path, console)
        guard !indices.isEmpty else { throw DatasetError.empty(path: data, reason: "no images in \(name)") }
        let (calibrated, result) = try model.calibrated(on: dataset, indices: indices, threads: threads)
        try calibrated.write(to: path)
        try console.output.write(
            """
            temperature        \(fixed(Double(result.temperature), 3)) on \(result.count) images of \(name)
            calibration error  \(percent(result.errorBefore)) -> \(percent(result.errorAfter))
            cross-entropy      \(fixed(result.lossBefore, 4)) -> \(fixed(result.lossAfter, 4))
            \(certain(result.certain, isFitted: result.isCertaintyFitted))
            wrote \(a[file])

            """)
        return .done
    }

    private static func certain(_ answers: CertainAnswers, isFitted: Bool) -> String {
        "certain            \(percent(answers.coverage)) of the answers, from \(percent(Double(answers.threshold))) on"
            + (isFitted ? "" : ", one half, since these are too few pictures to fit it on")
            + "; \(percent(answers.accuracy)) of them right"
    }

    private static func shapeText(_ shape: Shape) -> String { shape.map(String.init).joined(separator: "x") }

    private static func json(_ contents: NetworkFile.Contents) -> JSONValue {
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
