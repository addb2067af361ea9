import NeuralNetCore

/// Weights that are trained with a rate or a decay of their own. Of several groups the first that matches counts.
public struct ParameterGroup: Sendable, Equatable {
    /// `layer/name` with `*` for any letters: `conv2d*`, `*/bias`, `head/kernel`. A pattern without a slash means the layer.
    public var patterns: [String]
    /// Factor of the learning rate; 0 leaves the weights as they are.
    public var learningRateFactor: Float
    /// In place of the optimizer's; nil leaves it.
    public var weightDecay: Float?

    /// Weights whose names match one of the patterns, with the optimizer's rate and decay unless said otherwise.
    public init(_ patterns: [String], learningRateFactor: Float = 1, weightDecay: Float? = nil) {
        self.patterns = patterns
        self.learningRateFactor = learningRateFactor
        self.weightDecay = weightDecay
    }

    /// Rates that fall with the distance from the end: the last layer with weights has the full rate, the one before it
    /// `factor` times that, and so on. For fine-tuning; J. Howard, S. Ruder, "Universal Language Model Fine-tuning", 2018,
    /// section 3.2, which divides by 2.6.
    public static func layerwiseDecay(of model: Model, factor: Float) -> [ParameterGroup] {
        var layers: [String] = []
        for entry in model.weights.entries where layers.last != entry.layer { layers.append(entry.layer) }
        var rate: Float = 1
        return layers.reversed().map { layer in
            defer { rate *= factor }
            return ParameterGroup([layer], learningRateFactor: rate)
        }
    }

    func matches(_ entry: Weights.Entry) -> Bool {
        patterns.contains { pattern in
            let name =
                pattern.utf8.contains(UInt8(ascii: "/")) ? "\(entry.layer)/\(entry.specification.name)" : entry.layer
            return Glob.matches(pattern, name)
        }
    }
}
