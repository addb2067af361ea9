/// When an answer is given without a word of doubt. The one place that decides it: pictures of their own, faces that are
/// followed and evaluations ask here.
public struct Certainty: Sendable, Equatable {
    /// The probability that an answer needs.
    public var threshold: Float

    /// A probability, 0...1.
    public init(threshold: Float) { self.threshold = threshold }

    /// Of models whose files do not say it.
    public static let usual = Certainty(threshold: 0.35)
    /// Of models that were tried on too few pictures for `fit`: what is as likely wrong as right is not certain.
    public static let cautious = Certainty(threshold: 0.5)
    /// The share of certain answers that `fit` wants to be right.
    public static let wantedAccuracy = 0.85
    /// The share of wrong answers that `fit` wants to be uncertain, however good a network is.
    public static let doubtedMistakes = 1.0 / 3
    /// What `fit` needs to say anything.
    public static let fewestAnswers = 100

    /// Whether an answer of this probability is uncertain. What was uncertain before becomes certain only a little above
    /// the threshold, so that noise around it does not flicker.
    public func isUncertain(_ confidence: Float, before: Bool = false) -> Bool {
        // There is room above also for a high threshold.
        !(confidence >= threshold + (before ? min(0.05, (1 - threshold) / 2) : 0))
    }

    /// The threshold with which the most answers are certain, of which `wantedAccuracy` are right, while `doubtedMistakes`
    /// of the wrong ones are not; to three digits. All but those of probability 1 are uncertain where there is none. At least one half: what is as
    /// likely wrong as right is not certain. Nil for fewer than `fewestAnswers`, which tell nothing.
    ///
    /// - Parameter answers: on pictures that the network was not trained on; confidences are calibrated.
    public static func fit(_ answers: [(confidence: Float, isRight: Bool)]) -> Certainty? {
        guard answers.count >= fewestAnswers else { return nil }
        let ranked = answers.sorted { $0.confidence > $1.confidence }
        let mistakes = Double(ranked.count { !$0.isRight })
        var threshold: Float = 1, right = 0
        for (index, answer) in ranked.enumerated() {
            if answer.isRight { right += 1 }
            // Equal confidences are certain together.
            if index + 1 < ranked.count, ranked[index + 1].confidence == answer.confidence { continue }
            let wrong = Double(index + 1 - right)
            if Double(right) >= wantedAccuracy * Double(index + 1), mistakes - wrong >= doubtedMistakes * mistakes {
                threshold = answer.confidence
            }
        }
        return Certainty(threshold: (max(0.5, threshold) * 1000).rounded(.up) / 1000)
    }
}

/// How much is said without a word of doubt, and how much of that is right.
public struct CertainAnswers: Sendable, Equatable {
    private let certainty: Certainty
    /// All answers.
    public private(set) var count = 0
    /// Those given without a word of doubt.
    public private(set) var certain = 0
    /// The right ones among the certain.
    public private(set) var right = 0

    init(_ certainty: Certainty) { self.certainty = certainty }

    mutating func add(_ confidence: Float, isRight: Bool) {
        count += 1
        guard !certainty.isUncertain(confidence) else { return }
        certain += 1
        if isRight { right += 1 }
    }

    /// See `Certainty`.
    public var threshold: Float { certainty.threshold }

    /// The share of answers that are certain, 0...1.
    public var coverage: Double { Double(certain) / Double(max(count, 1)) }
    /// The share of certain answers that are right, 0...1; 0 without any.
    public var accuracy: Double { Double(right) / Double(max(certain, 1)) }
}
