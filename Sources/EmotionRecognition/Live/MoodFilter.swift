import Glibc

/// Steadies what a network says about one face from frame to frame: smoothed probabilities, and a label that changes
/// only when the change is clear and lasts.
public struct MoodFilter: Sendable {
    public struct Options: Sendable, Equatable {
        /// Seconds after which a new observation counts for 63 % (the time constant of the exponential average).
        public var timeConstant = 0.4
        /// How much more probable than the current label another one must be.
        public var margin: Float = 0.08
        /// Seconds it must stay so.
        public var dwell = 0.35
        /// Below this smoothed probability of the label the outcome is uncertain; it is certain again a little above.
        public var certainty: Float = 0.35

        public init() {}
    }

    /// What is known after an observation.
    public struct Mood: Sendable, Equatable {
        /// Smoothed, in the order of the classes; they sum to 1.
        public var probabilities: [Float]
        /// The steady label.
        public var label: Int
        public var isUncertain: Bool
        /// Whether the label is another one than before this observation.
        public var hasChanged: Bool

        public var confidence: Float { probabilities[label] }
    }

    private let options: Options
    private var probabilities: [Float] = []
    private var label = 0
    private var isUncertain = false
    private var challenger: (label: Int, since: Double)?
    private var lastTime = 0.0

    public init(_ options: Options = Options()) { self.options = options }

    /// Adds what the network said at `time` (seconds, not going back). The steps between frames may vary: the smoothing
    /// depends on time, not on the frame rate.
    public mutating func add(_ observation: [Float], time: Double) -> Mood {
        if probabilities.count != observation.count {
            probabilities = observation
            label = observation.indexOfLargest
            lastTime = time
            return mood(hasChanged: true)
        }
        let keep = Float(exp(-max(0, time - lastTime) / options.timeConstant))
        lastTime = time
        for i in probabilities.indices { probabilities[i] = keep * probabilities[i] + (1 - keep) * observation[i] }
        let best = probabilities.indexOfLargest
        guard best != label, probabilities[best] > probabilities[label] + options.margin else {
            challenger = nil
            return mood(hasChanged: false)
        }
        let since = challenger.flatMap { $0.label == best ? $0.since : nil } ?? time
        challenger = (best, since)
        guard time - since >= options.dwell else { return mood(hasChanged: false) }
        label = best
        challenger = nil
        return mood(hasChanged: true)
    }

    private mutating func mood(hasChanged: Bool) -> Mood {
        // Two thresholds, so that noise around one doesn't flicker. There is room above also for a high one.
        let step = isUncertain && !hasChanged ? min(0.05, (1 - options.certainty) / 2) : 0
        isUncertain = probabilities[label] < options.certainty + step
        return Mood(probabilities: probabilities, label: label, isUncertain: isUncertain, hasChanged: hasChanged)
    }
}
