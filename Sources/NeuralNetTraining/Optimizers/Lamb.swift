import CKernels
import JSON
import NeuralNetCore

/// Adam whose step of each tensor is as long as the tensor, times the rate: for very large batches. Y. You et al., "Large
/// Batch Optimization for Deep Learning", 2020, algorithm 2.
public struct Lamb: Optimizer {
    public static let className = "Lamb"
    public var learningRate: Float
    /// Share of the running mean of gradients kept per step, 0..<1.
    public var beta1: Float
    /// Share of the running mean of their squares kept per step, 0..<1.
    public var beta2: Float
    /// Added behind the root, against division by 0.
    public var epsilon: Float
    public var weightDecay: Float

    /// Keras's defaults.
    public init(
        learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public var slots: [String] { ["momentum", "velocity"] }
    public var updatesWholeTensors: Bool { true }

    public func update(_ s: OptimizerStep) {
        let t = Double(s.iteration)
        let first = Float(1 / (1 - pow(Double(beta1), t))), second = Float(1 / (1 - pow(Double(beta2), t)))
        let m = s.slots[0], v = s.slots[1], decay = s.learningRate * s.weightDecay
        var weightSquares = 0.0, stepSquares = 0.0
        for i in 0..<s.count {
            let g = s.gradients[i] * s.gradientScale
            m[i] += (g - m[i]) * (1 - beta1)
            v[i] += (g * g - v[i]) * (1 - beta2)
            s.weights[i] -= decay * s.weights[i]
            let step = m[i] * first / ((v[i] * second).squareRoot() + epsilon)
            weightSquares += Double(s.weights[i]) * Double(s.weights[i])
            stepSquares += Double(step) * Double(step)
        }
        let ratio = weightSquares > 0 && stepSquares > 0 ? Float((weightSquares / stepSquares).squareRoot()) : 1
        for i in 0..<s.count {
            s.weights[i] -= s.learningRate * ratio * m[i] * first / ((v[i] * second).squareRoot() + epsilon)
        }
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "beta_1": .double(Double(beta1)),
            "beta_2": .double(Double(beta2)), "epsilon": .double(Double(epsilon)),
        ]
    }
}
