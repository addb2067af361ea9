import EmotionRecognition
import FaceVision
import Files
import JSON
import NeuralNet
import Terminal

/// `fermusic explain`
enum ExplainCommand {
    static let photo = Argument<Path>("photo", help: "A picture: \(PictureFormat.list).")
    static let output = Option<Path?>(
        "output", short: "o", help: "The .png or .jpg to write; the photo's name with .explained.png here by default.")
    static let emotion = Option<String?>(
        "emotion", help: "The emotion to look for; the one that the model names by default.")
    static let layer = Option<String?>(
        "layer", help: "The layer whose activations are looked at; the last with at least 5x5 places by default.")

    static let command = Command(
        "explain", summary: "Show what in a face makes the model name an emotion.",
        discussion: """
            Writes a picture with a heat map over each face (Grad-CAM, Selvaraju et al. 2017): yellow is what speaks most \
            for the emotion. Each map is painted up to its own strongest place; the text says how strong that is, in a \
            unit that can be compared between the emotions of one model.
            """,
        examples: [
            Example("fermusic explain photo.jpg"),
            Example("fermusic explain photo.jpg --emotion fear --output fear.png", "what looks like fear in it"),
        ],
        parameters: [
            photo, output, emotion, layer, SharedOptions.model, SharedOptions.inputRange, SharedOptions.labels,
            SharedOptions.inputSize,
            SharedOptions.threads, SharedOptions.json,
        ] + DetectorOptions.all,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        try OutputName.check("--output", a[output]?.string, ["png", "jpg", "jpeg"])
        let model = try SharedOptions.readModel(a, console, hasOutput: false)
        let names = model.card.classNames
        var label: Int?
        if let wanted = a[emotion] {
            label = names.firstIndex(of: wanted)
            if label == nil {
                let meant = ModelLabels.standard([wanted])[0]
                throw UsageError.notAllowed(
                    "--emotion", value: wanted, allowed: names,
                    suggestion: names.contains(meant) ? meant : nearest(to: wanted, in: names))
            }
        }
        let reader = try FaceOptions.reader(model, a)
        let file = a[photo].string
        let colours = try ImageFile.read(file)
        let image = reader.needsColor ? colours : try ImageFile.read(file, grayscale: true)
        let explainer = try FaceExplainer(reader, layer: a[layer], threads: SharedOptions.threadPool(a))
        let faces = try explainer.explain(image, label: label)
        guard !faces.isEmpty else {
            try console.errors.line("no face found in \(printable(file)); \(FaceText.noFaceHint)")
            return .failed
        }
        let target = a[output]?.string ?? defaultOutput(file)
        let picture = HeatOverlay.draw(colours, faces, input: model.card.input)
        do {
            try ImageFile.writeMarked(picture, to: target)
        } catch ImageError.cannotWrite(let path, let reason) {
            throw OutputError(path: path, reason: reason)
        }
        try report(faces, explainer, names, a[SharedOptions.json] ? target : nil, console)
        try console.errors.line("wrote \(printable(target))")
        return .done
    }

    /// `me.jpg` becomes `me.explained.png` in the current folder.
    private static func defaultOutput(_ photo: String) -> String {
        let name = photo.lastPathPart
        let stem = name.withoutPathExtension
        return (stem.isEmpty ? name : stem) + ".explained.png"
    }

    /// `target` is the picture's path for JSON, nil for text.
    private static func report(
        _ faces: [FaceExplainer.Explanation], _ explainer: FaceExplainer, _ names: [String], _ target: String?,
        _ console: Console
    ) throws {
        let layer = explainer.layer
        if let target {
            let writer = FrameJSON(classNames: names)
            let items = faces.map { face -> JSONValue in
                var fields = writer.fields(face.reading)
                fields["label"] = .string(names[face.label])
                fields["probability"] = .double(Double(face.probabilities[face.label]))
                fields["largestHeat"] = .double(Double(face.heat.values.max() ?? 0))
                fields["heat"] = .array(face.heat.values.map { .double(Double($0)) })
                return .object(fields)
            }
            let object: JSONValue = [
                "output": .string(target), "layer": .string(layer.name),
                "size": [.int(layer.height), .int(layer.width)], "faces": .array(items),
            ]
            return try console.output.line(object.text())
        }
        for face in faces {
            try console.output.line(
                "\(names[face.label]) \(percent(Double(face.probabilities[face.label])))  at "
                    + "\(Int(face.box.x)),\(Int(face.box.y)) \(Int(face.box.width))x\(Int(face.box.height)), "
                    + "heat up to \(fixed(Double(face.heat.values.max() ?? 0), 3))")
        }
        try console.output.line("layer \(layer.name), \(layer.height)x\(layer.width) places")
    }
}
