import Glibc

/// What a network says about somebody's face at rest. Some people look sad or angry to a network when they feel nothing
/// special; what it says about them at rest is taken off what it says later.
public struct NeutralBaseline: Sendable, Equatable {
    /// Added to the logarithms of probabilities.
    private var shifts: [Float]

    /// How much of the difference to a neutral face is taken off.
    private static let strength: Float = 0.75
    /// At rest a network gives `neutral` this probability; the others share the rest alike.
    private static let neutralProbability: Float = 0.7
    /// No class is made more than ten times as probable or improbable.
    private static let limit: Float = 2.3

    /// From observations of the face at rest; nil without any, if there is no class `neutral`, or if one has other classes.
    public init?(_ observations: [[Float]], classNames: [String]) {
        guard let neutral = classNames.firstIndex(of: "neutral"), !observations.isEmpty,
            observations.allSatisfy({ $0.count == classNames.count })
        else { return nil }
        let rest = (1 - Self.neutralProbability) / Float(classNames.count - 1)
        shifts = classNames.indices.map { index in
            let mean = observations.reduce(Float(0)) { $0 + log(max($1[index], 1e-4)) } / Float(observations.count)
            let wanted = log(index == neutral ? Self.neutralProbability : rest)
            // Only what stands out at rest is corrected; a class that is rare at rest needs no help.
            let shift = index == neutral ? max(0, wanted - mean) : min(0, wanted - mean)
            return min(max(Self.strength * shift, -Self.limit), Self.limit)
        }
    }

    /// The probabilities relative to the face at rest; they sum to 1.
    public func apply(_ probabilities: [Float]) -> [Float] {
        let scaled = zip(probabilities, shifts).map { max($0, 1e-7) * exp($1) }
        let sum = scaled.reduce(0, +)
        return scaled.map { $0 / sum }
    }
}

/// Collects what is said about faces at rest during the first seconds.
struct NeutralCalibration: Sendable {
    private(set) var baselines: [Int: NeutralBaseline] = [:]
    private var observations: [Int: [[Float]]] = [:]
    private var firstTime: Double?
    private(set) var isDone = false
    let seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    /// Seconds to go.
    func remaining(at time: Double) -> Double { isDone ? 0 : max(0, seconds - (firstTime.map { time - $0 } ?? 0)) }

    /// The seconds run from the first face.
    mutating func observe(_ identity: Int, _ probabilities: [Float], time: Double, classNames: [String]) -> [Float] {
        if !isDone {
            if firstTime == nil { firstTime = time }
            if remaining(at: time) > 0 {
                observations[identity, default: []].append(probabilities)
            } else {
                for (face, seen) in observations { baselines[face] = NeutralBaseline(seen, classNames: classNames) }
                observations = [:]
                isDone = true
            }
        }
        // Somebody alone who goes away and comes back has a new identity.
        let baseline = baselines[identity] ?? (baselines.count == 1 ? baselines.values.first : nil)
        return baseline?.apply(probabilities) ?? probabilities
    }
}
