import NeuralNet

extension EmotionModel {
    /// What the outputs of a network are.
    public enum OutputKind: String, CaseIterable, Sendable {
        /// Any numbers, of which softmax makes probabilities (one number: the logarithm of the odds).
        case logits
        /// Probabilities already.
        case probabilities
        /// The probability of each class by itself, or of the second of two.
        case sigmoid
    }

    /// The network with one output, a softmax over all classes, and in words what was done for it. Throws
    /// `RecognitionError.file` where the user must say what is meant.
    static func namingEmotions(
        _ model: Model, _ hints: Hints, path: String
    ) throws -> (model: Model, notes: [Note]) {
        func failure(_ reason: String, _ remedy: Remedy? = nil) -> RecognitionError {
            .file(path: path, reason: reason, remedy: remedy)
        }
        var model = model
        if model.outputs.count > 1 || hints.outputName != nil {
            let names = model.outputs.map { model.nodes[$0].layer.name }
            guard let wanted = hints.outputName else {
                throw failure("it has several outputs", .outputName(names))
            }
            guard let place = names.firstIndex(where: { $0 == wanted || $0.hasSuffix("/" + wanted) }) else {
                throw failure("no output is named '\(wanted)', only \(names.joined(separator: ", "))")
            }
            if names.count > 1 {
                model = try Model(
                    inputs: model.symbolicInputs, outputs: [model.symbolicOutputs[place]], name: model.name)
            }
        }
        guard model.inputs.count == 1, model.inputShapes[0].count == 3, model.outputShapes[0].count == 1 else {
            throw failure(
                "its input must be one picture and its output one vector, not \(model.inputShapes) and \(model.outputShapes)"
            )
        }
        if model.endsInSoftmax {
            guard hints.outputKind == nil || hints.outputKind == .probabilities else {
                throw failure("its last layer is a softmax: its outputs are probabilities")
            }
            return (model, [])
        }
        if hints.outputKind == .probabilities {
            guard try givesProbabilities(model) else {
                throw failure("its outputs are no probabilities: they do not add up to 1", .outputKind)
            }
            return (model, [])
        }
        let (ending, before) = model.lastActivation
        let isSingle = model.outputShapes[0] == [1]
        switch (ending, hints.outputKind) {
        case (.sigmoid, nil), (.sigmoid, .sigmoid):
            let words =
                isSingle
                ? "its one output is taken for the probability of the second class"
                : "its outputs are probabilities by themselves: they are divided by their sum"
            return (try sigmoid(model, before), [Note("\(path): \(words)")])
        case (.linear, .sigmoid): return (try sigmoid(model, before), [])
        case (.linear, .logits) where isSingle: return (try sigmoid(model, before), [])
        case (.linear, .logits): return (try softmax(model, before), [])
        case (.linear, nil) where !isSingle:
            return (
                try softmax(model, before),
                [Note("\(path): its last layer has no softmax and gets one", remedy: .outputKind)]
            )
        case (_, let kind?):
            throw failure("its last layer ends in \(ending.identifier): its outputs are no \(kind.rawValue)")
        default:
            throw failure(
                "its outputs are no probabilities: its last layer ends in \(ending.identifier)", .outputKind)
        }
    }

    /// Whether what it says of three pictures, black, white and between, can be probabilities.
    private static func givesProbabilities(_ model: Model) throws -> Bool {
        let pixels = model.inputShapes[0].reduce(1, *), classes = model.outputShapes[0][0]
        let pictures = [Float(0), 0.5, 1].flatMap { [Float](repeating: $0, count: pixels) }
        let outputs = try model.predict(pictures, threads: ThreadPool(threads: 1))
        return (0..<3).allSatisfy { picture in
            let row = outputs[picture * classes..<(picture + 1) * classes]
            return row.allSatisfy { $0 >= -1e-3 } && abs(row.reduce(0, +) - 1) < 0.01
        }
    }

    private static func softmax(_ model: Model, _ logits: SymbolicTensor) throws -> Model {
        try Model(
            inputs: model.symbolicInputs, outputs: [ActivationLayer(.softmax, name: "probabilities")(logits)],
            name: model.name)
    }

    /// `p` and `1 - p` for one output, `p / sum(p)` for several, both as a softmax.
    private static func sigmoid(_ model: Model, _ logits: SymbolicTensor) throws -> Model {
        guard model.outputShapes[0] == [1] else {
            return try softmax(model, ActivationLayer(.logSigmoid, name: "log_probabilities")(logits))
        }
        let two = Dense(2, usesBias: false, name: "two_classes")
        let result = try softmax(model, two(logits))
        if let index = result.weights.index(layer: "two_classes", name: "kernel") {
            try result.weights.set(index, [0, 1])
        }
        return result
    }
}
