import Emotions

/// What a model's outputs are called, as emotions.
struct EmotionNames: Sendable {
    let names: [String]
    private let emotions: [Emotion?]

    init(_ names: [String]) {
        self.names = names
        emotions = names.map(Emotion.init(name:))
    }

    var areAllKnown: Bool { !names.isEmpty && emotions.allSatisfy { $0 != nil } }

    /// Probabilities as an emotion vector.
    func vector(_ probabilities: [Float]) -> EmotionVector {
        var weights = Emotion.allCases.map { _ in 0.0 }
        for (emotion, probability) in zip(emotions, probabilities) {
            if let emotion { weights[emotion.rawValue] += Double(probability) }
        }
        return EmotionVector(weights: weights) ?? EmotionVector(.neutral)
    }
}
