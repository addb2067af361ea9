import CKernels
import JSON
import NeuralNetCore

/// `-(y log p + (1 - y) log(1 - p))` for each output, each a question of its own: yes or no, or many labels at once. Behind
/// a final sigmoid, or with `fromLogits`, it is computed from the logits. Targets are first mixed with one half:
/// `y (1 - s) + s / 2`.
public struct BinaryCrossentropy: Loss, Equatable {
    public static let className = "BinaryCrossentropy"
    /// 0...1.
    public var labelSmoothing: Float
    /// The model puts out logits, not probabilities.
    public var fromLogits: Bool

    /// Keras's defaults.
    public init(labelSmoothing: Float = 0, fromLogits: Bool = false) {
        self.labelSmoothing = labelSmoothing
        self.fromLogits = fromLogits
    }

    public var absorbedActivation: Activation? { fromLogits ? nil : .sigmoid }
    public var standardMetrics: [any Metric] { [BinaryAccuracy(threshold: fromLogits ? 0 : 0.5)] }
    public var config: [String: JSONValue] {
        ["from_logits": .bool(fromLogits), "label_smoothing": .double(Double(labelSmoothing)), "axis": -1]
    }

    public func problem(withOutput shape: Shape, activation: Activation) -> String? {
        Probabilities.problem(withAnswers: activation, fromLogits: fromLogits)
    }

    public func evaluate(_ batch: LossBatch) -> Double {
        let keep = 1 - labelSmoothing, share = labelSmoothing / 2
        if fromLogits || batch.isBeforeActivation {
            return batch.meanOverValues { z, y in
                let target = y * keep + share
                // max(z, 0) - z y + log(1 + e^-|z|)
                return (max(z, 0) - z * target + log1pf(expf(-abs(z))), Probabilities.sigmoid(z) - target)
            }
        }
        let tiny: Float = 1e-7
        return batch.meanOverValues { p, y in
            let target = y * keep + share, c = min(max(p, tiny), 1 - tiny)
            let loss = -(target * logf(c) + (1 - target) * logf(1 - c))
            return (loss, c == p ? (c - target) / (c * (1 - c)) : 0)
        }
    }
}

/// Binary cross-entropy in which what is known already counts less: each term times `(1 - p_t)^gamma`, and with
/// `appliesClassBalancing` times `alpha` for yes and `1 - alpha` for no. T.-Y. Lin et al., "Focal Loss for Dense Object
/// Detection", 2017.
public struct BinaryFocalCrossentropy: Loss, Equatable {
    public static let className = "BinaryFocalCrossentropy"
    /// How much less the known counts, 0 or more; 0 is plain cross-entropy.
    public var gamma: Float
    /// The weight of a yes, 0...1; counts only with `appliesClassBalancing`.
    public var alpha: Float
    /// Whether yes and no are weighted with `alpha`.
    public var appliesClassBalancing: Bool
    /// 0...1.
    public var labelSmoothing: Float
    /// The model puts out logits, not probabilities.
    public var fromLogits: Bool

    /// Keras's defaults.
    public init(
        gamma: Float = 2, alpha: Float = 0.25, appliesClassBalancing: Bool = false, labelSmoothing: Float = 0,
        fromLogits: Bool = false
    ) {
        self.gamma = gamma
        self.alpha = alpha
        self.appliesClassBalancing = appliesClassBalancing
        self.labelSmoothing = labelSmoothing
        self.fromLogits = fromLogits
    }

    public var standardMetrics: [any Metric] { [BinaryAccuracy(threshold: fromLogits ? 0 : 0.5)] }
    public var config: [String: JSONValue] {
        [
            "apply_class_balancing": .bool(appliesClassBalancing), "alpha": .double(Double(alpha)),
            "gamma": .double(Double(gamma)), "from_logits": .bool(fromLogits),
            "label_smoothing": .double(Double(labelSmoothing)), "axis": -1,
        ]
    }

    public func problem(withOutput shape: Shape, activation: Activation) -> String? {
        Probabilities.problem(withAnswers: activation, fromLogits: fromLogits)
    }

    public func evaluate(_ batch: LossBatch) -> Double {
        let keep = 1 - labelSmoothing, share = labelSmoothing / 2, tiny: Float = 1e-7
        return batch.meanOverValues { value, y in
            let p = fromLogits ? Probabilities.sigmoid(value) : value
            let target = y * keep + share, c = min(max(p, tiny), 1 - tiny)
            // Keras weights with the probability of the target, and only then takes the logarithm.
            let hit = target * p + (1 - target) * (1 - p)
            let focus = powf(1 - hit, gamma)
            let entropy = -(target * logf(c) + (1 - target) * logf(1 - c))
            let balance = appliesClassBalancing ? target * alpha + (1 - target) * (1 - alpha) : 1
            let entropySlope = c == p ? (c - target) / (c * (1 - c)) : 0
            // What is known for sure has no slope, whatever the exponent.
            let focusSlope = hit < 1 ? -gamma * powf(1 - hit, gamma - 1) * (2 * target - 1) : 0
            let slope = balance * (focusSlope * entropy + focus * entropySlope)
            return (balance * focus * entropy, fromLogits ? slope * p * (1 - p) : slope)
        }
    }
}

extension Probabilities {
    static func sigmoid(_ z: Float) -> Float {
        if z >= 0 { return 1 / (1 + expf(-z)) }
        let e = expf(z)
        return e / (1 + e)
    }

    static func problem(withAnswers activation: Activation, fromLogits: Bool) -> String? {
        if fromLogits, activation == .sigmoid { return "it takes logits, but the model ends in a sigmoid" }
        if !fromLogits, activation == .linear {
            return "it takes probabilities: end the model in a sigmoid, or say fromLogits"
        }
        return nil
    }
}
