import Glibc

/// Steadies what a network says about one face from frame to frame: evidence is gathered in log space and leaks, and the
/// label changes when another one has become so many times as probable.
public struct MoodFilter: Sendable {
    public struct Options: Sendable, Equatable {
        /// Seconds after which a look counts for 37 % of what it did (the time constant of the leak); 0 steadies nothing.
        public var timeConstant = 0.7
        /// How many times as probable as the current label another one must be.
        public var lead: Float = 3.5

        public init() {}
    }

    /// What is known after an observation.
    public struct Mood: Sendable, Equatable {
        /// In the order of the classes; they sum to 1: the mean of the logarithms of what was said of late. So they mean
        /// what the network's own probabilities mean: who sees the same all the time becomes no surer than by one look.
        public var probabilities: [Float]
        /// The steady label.
        public var label: Int
        /// Whether the label is another one than before this observation.
        public var hasChanged: Bool

        public var confidence: Float { probabilities[label] }
    }

    private let options: Options
    private var evidence: [Float] = []
    private var label = 0
    private var lastTime = 0.0

    /// A single look says no more against a class than this, however sure the network is.
    private static let leastProbability: Float = 0.01

    public init(_ options: Options = Options()) { self.options = options }

    /// Adds what the network said at `time` (seconds, not going back). The steps between frames may vary: a look counts
    /// for as long as it lasts.
    public mutating func add(_ observation: [Float], time: Double) -> Mood {
        let elapsed = max(0, time - lastTime)
        lastTime = time
        if evidence.count != observation.count || options.timeConstant <= 0 {
            let before = evidence.count == observation.count ? label : nil
            evidence = observation.map { log(max($0, Self.leastProbability)) }
            label = observation.indexOfLargest
            return Mood(probabilities: observation, label: label, hasChanged: label != before)
        }
        let keep = Float(exp(-elapsed / options.timeConstant))
        for i in evidence.indices {
            evidence[i] = keep * evidence[i] + (1 - keep) * log(max(observation[i], Self.leastProbability))
        }
        let probabilities = TemperatureScaling.softmax(evidence), best = probabilities.indexOfLargest
        let changes = probabilities[best] > probabilities[label] * options.lead
        if changes { label = best }
        return Mood(probabilities: probabilities, label: label, hasChanged: changes)
    }
}
