import TextCoding

extension EmotionVector {
    /// What `init(_:)` understands, for people.
    public static var expectation: String {
        "an emotion (\(Emotion.allCases.map(\.name).joined(separator: ", "))) or several with weights such as "
            + "happy=0.6,surprise=0.4"
    }

    /// Reads `sad`, or several emotions with their weights: `happy=0.6,surprise=0.4`. An emotion without a weight has 1,
    /// one that comes twice the sum. `nil` for anything else, see `init(named:)`.
    public init?(_ text: some StringProtocol) {
        var weights: [(String, Double)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pieces.count <= 2, let weight = pieces.count == 2 ? Double(pieces[1].trimmingBlanks) : 1 else {
                return nil
            }
            weights.append((pieces[0].trimmingBlanks, weight))
        }
        self.init(named: weights)
    }

    /// Weights by any word for an emotion, brought to a sum of 1. `nil` if a word means no emotion, or if a weight is
    /// negative, larger than a million or no number, or if all are 0.
    public init?(named weights: some Sequence<(String, Double)>) {
        var values = Emotion.allCases.map { _ in 0.0 }
        for (name, weight) in weights {
            guard let emotion = Emotion(name: name), weight >= 0, weight <= 1e6 else { return nil }
            values[emotion.rawValue] += weight
        }
        self.init(weights: values)
    }

    /// Two decimals, the strongest first: "happy=0.60,surprise=0.40"; a certain emotion is its name alone.
    public var text: String {
        let order = Emotion.allCases.filter { self[$0] >= 0.005 }.sorted {
            self[$0] != self[$1] ? self[$0] > self[$1] : $0.rawValue < $1.rawValue
        }
        if order.count == 1 { return order[0].name }
        return order.map { emotion in
            let hundredths = Int((self[emotion] * 100).rounded())
            return "\(emotion.name)=\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
        }.joined(separator: ",")
    }
}
