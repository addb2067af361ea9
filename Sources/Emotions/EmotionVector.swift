/// Probabilities of the emotions; they are never negative and sum to 1.
public struct EmotionVector: Sendable, Hashable {
    private var values: [Double]

    /// All the weight on one emotion.
    public init(_ emotion: Emotion) {
        values = Emotion.allCases.map { $0 == emotion ? 1 : 0 }
    }

    /// Weights in the order of `Emotion`, brought to a sum of 1; `nil` unless there is a number for each, finite, not
    /// negative, and not all are 0.
    public init?(weights: [Double]) {
        let sum = weights.reduce(0, +)
        guard weights.count == Emotion.allCases.count, weights.allSatisfy({ $0 >= 0 && $0.isFinite }),
            sum > 0, sum.isFinite
        else { return nil }
        values = weights.map { $0 / sum }
    }

    public subscript(emotion: Emotion) -> Double { values[emotion.rawValue] }

    /// The most probable emotion; the first of several.
    public var strongest: Emotion {
        Emotion.allCases.reduce(.angry) { self[$1] > self[$0] ? $1 : $0 }
    }
}
