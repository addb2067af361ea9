import Glibc

/// What training minimises, averaged over the batch.
public enum Loss: Sendable, Equatable {
    /// `-sum y log p` for a target distribution y. Labels are first mixed with the uniform distribution:
    /// `y (1 - s) + s / classes` (C. Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7).
    /// Behind a final softmax it is computed from the logits, which neither overflows nor loses small probabilities.
    case categoricalCrossentropy(labelSmoothing: Float = 0)
    /// The mean over the outputs of `(p - y)^2`.
    case meanSquaredError

    /// Whether the executor should leave a final softmax to the loss.
    func includesSoftmax(of model: Model) -> Bool {
        guard case .categoricalCrossentropy = self else { return false }
        return model.endsInSoftmax
    }

    /// The sum of the samples' losses, each times its weight; writes the gradient of that sum times `scale`.
    ///
    /// `values` are logits if `fromLogits`, else the model's outputs: `count` rows of `columns`, as are `targets`
    /// and `gradient`. `weights` has one factor per sample.
    func evaluate(
        _ values: UnsafePointer<Float>, targets: UnsafePointer<Float>, weights: UnsafePointer<Float>?, count: Int,
        columns: Int, fromLogits: Bool, scale: Float, gradient: UnsafeMutablePointer<Float>?
    ) -> Double {
        var total = 0.0
        for row in 0..<count {
            let z = values + row * columns, y = targets + row * columns
            let weight = weights?[row] ?? 1
            let g = gradient.map { $0 + row * columns }
            switch self {
            case .meanSquaredError:
                var sum = 0.0
                for i in 0..<columns {
                    let d = z[i] - y[i]
                    sum += Double(d * d)
                    g?[i] = 2 * d / Float(columns) * weight * scale
                }
                total += sum / Double(columns) * Double(weight)
            case .categoricalCrossentropy(let smoothing):
                let share = smoothing / Float(columns)
                if fromLogits {
                    var largest = z[0]
                    for i in 1..<max(columns, 1) { largest = max(largest, z[i]) }
                    var sum: Float = 0
                    for i in 0..<columns { sum += expf(z[i] - largest) }
                    let logSum = logf(sum) + largest
                    var loss: Float = 0, mass: Float = 0
                    for i in 0..<columns {
                        let target = y[i] * (1 - smoothing) + share
                        mass += target
                        loss += target * (logSum - z[i])
                    }
                    for i in 0..<columns {
                        let target = y[i] * (1 - smoothing) + share
                        g?[i] = (mass * expf(z[i] - logSum) - target) * weight * scale
                    }
                    total += Double(loss * weight)
                } else {
                    // As in Keras: probabilities are normalised and kept away from 0 and 1.
                    let tiny: Float = 1e-7
                    var sum: Float = 0
                    for i in 0..<columns { sum += z[i] }
                    var loss: Float = 0, dot: Float = 0
                    for i in 0..<columns {
                        let target = y[i] * (1 - smoothing) + share
                        let q = z[i] / sum
                        let p = min(max(q, tiny), 1 - tiny)
                        loss -= target * logf(p)
                        // What was moved does not change with z.
                        if p == q { dot += target }
                    }
                    for i in 0..<columns {
                        let target = y[i] * (1 - smoothing) + share
                        let q = z[i] / sum
                        let isMoved = q < tiny || q > 1 - tiny
                        g?[i] = (dot - (isMoved ? 0 : target / q)) / sum * weight * scale
                    }
                    total += Double(loss * weight)
                }
            }
        }
        return total
    }
}
