/// Weights that are trained with a rate or a decay of their own. Of several groups the first that matches counts.
public struct ParameterGroup: Sendable, Equatable {
    /// `layer/name` with `*` for any letters: `conv2d*`, `*/bias`, `head/kernel`. A pattern without a slash means the layer.
    public var patterns: [String]
    /// Factor of the learning rate; 0 leaves the weights as they are.
    public var learningRateFactor: Float
    /// In place of the optimizer's; nil leaves it.
    public var weightDecay: Float?

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

/// Patterns in which `*` stands for any letters and `?` for one.
enum Glob {
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8), text = Array(text.utf8)
        var p = 0, t = 0
        // Where to go on after the last star when what follows it does not fit.
        var star: Int?, resume = 0
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = p
                resume = t
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                p = last + 1
                resume += 1
                t = resume
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
