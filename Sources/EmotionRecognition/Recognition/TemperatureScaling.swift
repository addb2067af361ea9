import Glibc

/// Makes a network's confidence mean what it says: probabilities are raised to the power 1/T and brought to a sum of 1
/// again, which is the same as dividing the logits by T. The most probable class stays the same.
///
/// C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
public enum TemperatureScaling {
    /// The probabilities at a temperature, which is above 0.
    public static func apply(_ temperature: Float, to probabilities: [Float]) -> [Float] {
        softmax(probabilities.map { log(max($0, 1e-12)) / temperature })
    }

    /// The probabilities whose logarithms these are, but for a constant.
    static func softmax(_ logits: [Float]) -> [Float] {
        let most = logits.max() ?? 0
        let scaled = logits.map { exp($0 - most) }
        let sum = scaled.reduce(0, +)
        return scaled.map { $0 / sum }
    }
}
