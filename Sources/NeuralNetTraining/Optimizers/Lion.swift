import JSON
import NeuralNetCore

/// Steps of equal size in the direction of the momentum's sign; half of Adam's memory. X. Chen et al., "Symbolic Discovery of
/// Optimization Algorithms", 2023, algorithm 2. Wants a rate three to ten times smaller than Adam's.
public struct Lion: Optimizer {
    public static let className = "Lion"
    public var learningRate: Float
    /// Share of the momentum in the direction of a step, 0..<1; the rest is the newest gradient's.
    public var beta1: Float
    /// Share of the momentum kept per step, 0..<1.
    public var beta2: Float
    public var weightDecay: Float

    /// Keras's defaults.
    public init(learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.99, weightDecay: Float = 0) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.weightDecay = weightDecay
    }

    public var slots: [String] { ["momentum"] }

    public func update(_ s: OptimizerStep) {
        let m = s.slots[0], decay = s.learningRate * s.weightDecay
        for i in 0..<s.count {
            let g = s.gradients[i] * s.gradientScale
            let direction = m[i] * beta1 + g * (1 - beta1)
            let sign: Float = direction > 0 ? 1 : direction < 0 ? -1 : 0
            s.weights[i] -= decay * s.weights[i] + s.learningRate * sign
            m[i] = m[i] * beta2 + g * (1 - beta2)
        }
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "beta_1": .double(Double(beta1)),
            "beta_2": .double(Double(beta2)),
        ]
    }
}
