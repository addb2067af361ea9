import EmotionRecognition
import Glibc

/// The filter that others are measured against: probabilities averaged exponentially; the label changes when another
/// one has been ahead by a margin for a while.
struct ExponentialMoods {
    var timeConstant = 0.4
    var margin: Float = 0.08
    var dwell = 0.35

    private var probabilities: [Float] = []
    private var label = 0
    private var challenger: (label: Int, since: Double)?
    private var lastTime = 0.0

    init() {}

    /// The label after an observation, and its probability.
    mutating func add(_ observation: [Float], time: Double) -> (label: Int, confidence: Float) {
        if probabilities.isEmpty {
            (probabilities, label, lastTime) = (observation, observation.indexOfLargest, time)
            return (label, probabilities[label])
        }
        let keep = Float(exp(-max(0, time - lastTime) / timeConstant))
        lastTime = time
        for i in probabilities.indices { probabilities[i] = keep * probabilities[i] + (1 - keep) * observation[i] }
        let best = probabilities.indexOfLargest
        if best != label, probabilities[best] > probabilities[label] + margin {
            let since = challenger.flatMap { $0.label == best ? $0.since : nil } ?? time
            challenger = (best, since)
            if time - since >= dwell { (label, challenger) = (best, nil) }
        } else {
            challenger = nil
        }
        return (label, probabilities[label])
    }
}
