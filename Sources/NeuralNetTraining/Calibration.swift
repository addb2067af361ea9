import NeuralNetCore

/// Whether a classifier's confidence is to be believed: of the answers given with 80 %, 80 % should be right.
///
/// Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.
public struct Calibration: Sendable, Equatable {
    /// Answers whose confidence lies in the same part of 0...1.
    public struct Bin: Sendable, Equatable {
        /// Answers.
        public var count = 0
        /// The right ones among them.
        public var correct = 0
        /// Their confidences, added up.
        public var confidenceSum = 0.0

        /// Share that is right.
        public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }
        /// Mean confidence.
        public var confidence: Double { count == 0 ? 0 : confidenceSum / Double(count) }
    }

    /// From the least confidence to the greatest, equally wide.
    public private(set) var bins: [Bin]

    /// Fifteen bins, as Guo et al. have, unless said otherwise; fewer than one count as one.
    public init(bins: Int = 15) { self.bins = Array(repeating: Bin(), count: max(bins, 1)) }

    /// Counts one answer.
    public mutating func add(confidence: Float, isCorrect: Bool) {
        let confidence = confidence > 0 ? min(confidence, 1) : 0  // what is no number is no confidence
        let place = min(bins.count - 1, Int(confidence * Float(bins.count)))
        bins[place].count += 1
        bins[place].correct += isCorrect ? 1 : 0
        bins[place].confidenceSum += Double(confidence)
    }

    /// The expected calibration error: the mean distance between confidence and accuracy, 0...1.
    public var expectedError: Double {
        let total = bins.reduce(0) { $0 + $1.count }
        guard total > 0 else { return 0 }
        return bins.reduce(0) { $0 + abs($1.confidence - $1.accuracy) * Double($1.count) } / Double(total)
    }
}
