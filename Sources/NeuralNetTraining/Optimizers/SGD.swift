import CKernels
import JSON
import NeuralNetCore

/// Stochastic gradient descent, with momentum and Nesterov's variant as in Keras.
public struct SGD: Optimizer {
    public static let className = "SGD"
    public var learningRate: Float
    /// Share of the last step that is taken again, 0..<1; 0 saves its memory.
    public var momentum: Float
    /// Whether the step looks ahead along the momentum, as Keras does it; nothing without momentum.
    public var nesterov: Bool
    public var weightDecay: Float
    /// Old Keras's time decay: the rate is divided by `1 + decay * iterations`.
    public var decay: Float

    /// Keras's defaults.
    public init(
        learningRate: Float = 0.01, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0,
        decay: Float = 0
    ) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
        self.decay = decay
    }

    public var slots: [String] { momentum > 0 ? ["momentum"] : [] }

    public func update(_ s: OptimizerStep) {
        let rate = s.learningRate / (1 + decay * Float(s.iteration - 1))
        fm_sgd(
            s.weights, s.gradients, s.slots.first, s.count, rate, momentum, nesterov ? 1 : 0, rate * s.weightDecay,
            s.gradientScale)
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "momentum": .double(Double(momentum)),
            "nesterov": .bool(nesterov),
        ]
    }
}
