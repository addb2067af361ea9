import CKernels
import JSON
import NeuralNetCore

/// Divides the gradient by a running mean of its size. T. Tieleman, G. Hinton, lecture 6.5, 2012; Keras's placement
/// of epsilon under the root.
public struct RMSprop: Optimizer {
    public static let className = "RMSprop"
    public var learningRate: Float
    /// Share of the running mean of squares kept per step, 0..<1.
    public var rho: Float
    /// Share of the last step that is taken again, 0..<1; 0 saves its memory.
    public var momentum: Float
    /// Added under the root, against division by 0.
    public var epsilon: Float
    public var weightDecay: Float

    /// Keras's defaults.
    public init(
        learningRate: Float = 0.001, rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-7,
        weightDecay: Float = 0
    ) {
        self.learningRate = learningRate
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public var slots: [String] { momentum > 0 ? ["velocity", "momentum"] : ["velocity"] }

    public func update(_ s: OptimizerStep) {
        fm_rmsprop(
            s.weights, s.gradients, s.slots[0], s.slots.second, s.count, s.learningRate, rho, momentum, epsilon,
            s.learningRate * s.weightDecay, s.gradientScale)
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "rho": .double(Double(rho)),
            "momentum": .double(Double(momentum)), "epsilon": .double(Double(epsilon)), "centered": false,
        ]
    }
}
