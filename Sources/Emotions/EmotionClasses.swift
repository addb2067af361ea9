/// Classes of a model that all are emotions: what makes its outputs an `EmotionVector`.
public struct EmotionClasses: Sendable, Equatable {
    /// Classes that are none.
    public struct NoEmotion: Error, Equatable, CustomStringConvertible {
        /// The first of them.
        public var name: String
        public var description: String { "its output '\(name)' is no emotion" }
    }

    /// As the model has them.
    public let names: [String]
    private let emotions: [Emotion]

    /// Throws `NoEmotion` if a name is no word for one.
    public init(_ names: [String]) throws(NoEmotion) {
        var emotions: [Emotion] = []
        for name in names {
            guard let emotion = Emotion(name: name) else { throw NoEmotion(name: name) }
            emotions.append(emotion)
        }
        self.names = names
        self.emotions = emotions
    }

    /// The outputs as emotions, brought to a sum of 1; classes for one emotion are added up. `nil` unless there is a
    /// number for each class, finite, not negative and not all 0.
    public func vector(_ probabilities: [Float]) -> EmotionVector? {
        guard probabilities.count == emotions.count else { return nil }
        var weights = Emotion.allCases.map { _ in 0.0 }
        for (emotion, probability) in zip(emotions, probabilities) {
            guard probability >= 0 else { return nil }
            weights[emotion.rawValue] += Double(probability)
        }
        return EmotionVector(weights: weights)
    }
}
