import CKernels
import JSON
import NeuralNetCore

/// Adam with Nesterov's momentum, whose share grows over the first thousand steps. T. Dozat, "Incorporating Nesterov Momentum
/// into Adam", 2016; constants as in Keras.
public struct Nadam: Optimizer {
    public static let className = "Nadam"
    public var learningRate: Float
    /// Share of the running mean of gradients kept per step, once it has grown; 0..<1.
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

    public func update(_ s: OptimizerStep) {
        let t = s.iteration
        let share = momentum(t), next = momentum(t + 1)
        let product = momentumProduct(t)
        let now = Float((1 - share) / (1 - product)), ahead = Float(next / (1 - product * next))
        let correction = Float(1 / (1 - pow(Double(beta2), Double(t))))
        let m = s.slots[0], v = s.slots[1], decay = s.learningRate * s.weightDecay
        for i in 0..<s.count {
            let g = s.gradients[i] * s.gradientScale
            m[i] += (g - m[i]) * (1 - beta1)
            v[i] += (g * g - v[i]) * (1 - beta2)
            let direction = (ahead * m[i] + now * g) / ((v[i] * correction).squareRoot() + epsilon)
            s.weights[i] -= decay * s.weights[i] + s.learningRate * direction
        }
    }

    private func momentum(_ t: Int) -> Double { Double(beta1) * (1 - 0.5 * pow(0.96, Double(t))) }

    /// The product of the first `t` shares; those beyond 1000 are `beta1` to the last bit.
    private func momentumProduct(_ t: Int) -> Double {
        var product = 1.0, fading = 1.0
        for _ in 0..<min(t, 1000) {
            fading *= 0.96
            product *= Double(beta1) * (1 - 0.5 * fading)
        }
        return t > 1000 ? product * pow(Double(beta1), Double(t - 1000)) : product
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "beta_1": .double(Double(beta1)),
            "beta_2": .double(Double(beta2)), "epsilon": .double(Double(epsilon)),
        ]
    }
}
