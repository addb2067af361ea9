import Glibc

/// Steadies what a network says about one face from frame to frame: evidence is gathered in log space and leaks, and the
/// label changes when another one has become so many times as probable.
public struct MoodFilter: Sendable {
    /// How steady the label is.
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
        /// what the network's own probabilities mean: who sees the same all the time becomes no surer than by one look, and not surer than 99 %.
        public var probabilities: [Float]
        /// The steady label.
        public var label: Int
        /// Whether the label is another one than before this observation.
        public var hasChanged: Bool

        /// The probability of `label`.
        public var confidence: Float { probabilities[label] }
    }

    private let options: Options
    /// Of which the label is made, and of which the probabilities are.
    private var evidence: [Float] = []
    private var shown: [Float] = []
    private var label = 0
    private var lastTime = 0.0

    /// A single look says no more against a class than this, in all classes together: less where it moves the label, which one
    /// wrong look must not, than where it moves the probabilities, which would not come near 1 otherwise.
    private static let leastForLabel: Float = 0.08, leastShown: Float = 0.008

    private static func evidence(_ observation: [Float], least: Float) -> [Float] {
        observation.map { log(max($0, least / Float(max(observation.count, 8)))) }
    }

    /// A filter that has seen nothing: the first observation counts as it is.
    public init(_ options: Options = Options()) { self.options = options }

    /// Adds what the network said at `time` (seconds, not going back). The steps between frames may vary: a look counts
    /// for as long as it lasts. One without any value changes nothing.
    public mutating func add(_ observation: [Float], time: Double) -> Mood {
        guard !observation.isEmpty else {
            let probabilities = shown.isEmpty ? [] : TemperatureScaling.softmax(shown)
            return Mood(probabilities: probabilities, label: label, hasChanged: false)
        }
        let elapsed = max(0, time - lastTime)
        lastTime = time
        if evidence.count != observation.count || options.timeConstant <= 0 {
            let before = evidence.count == observation.count ? label : nil
            evidence = Self.evidence(observation, least: Self.leastForLabel)
            shown = Self.evidence(observation, least: Self.leastShown)
            label = observation.indexOfLargest
            return Mood(probabilities: observation, label: label, hasChanged: label != before)
        }
        let keep = Float(exp(-elapsed / options.timeConstant))
        func leak(_ old: [Float], _ least: Float) -> [Float] {
            zip(old, Self.evidence(observation, least: least)).map { keep * $0 + (1 - keep) * $1 }
        }
        evidence = leak(evidence, Self.leastForLabel)
        shown = leak(shown, Self.leastShown)
        let best = evidence.indexOfLargest, changes = exp(evidence[best] - evidence[label]) > options.lead
        if changes { label = best }
        return Mood(probabilities: TemperatureScaling.softmax(shown), label: label, hasChanged: changes)
    }
}
