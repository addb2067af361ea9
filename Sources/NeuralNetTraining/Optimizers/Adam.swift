import CKernels
import JSON
import NeuralNetCore

/// Adam, with Keras's placement of epsilon: `w -= rate_t m / (sqrt(v) + epsilon)`,
/// `rate_t = rate sqrt(1 - beta2^t) / (1 - beta1^t)`. D. Kingma, J. Ba, 2015, end of section 2.
public struct Adam: Optimizer {
    public static let className = "Adam"
    public var learningRate: Float
    /// Share of the running mean of gradients kept per step, 0..<1.
    public var beta1: Float
    /// Share of the running mean of their squares kept per step, 0..<1.
    public var beta2: Float
    /// Added behind the root, against division by 0.
    public var epsilon: Float
    public var weightDecay: Float
    /// Old Keras's time decay: the rate is divided by `1 + decay * iterations`.
    public var decay: Float

    /// Keras's defaults, without weight decay.
    public init(
        learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0, decay: Float = 0
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.decay = decay
    }

    public var slots: [String] { ["momentum", "velocity"] }

    public func update(_ s: OptimizerStep) {
        let t = Double(s.iteration)
        let rate = s.learningRate / (1 + decay * Float(s.iteration - 1))
        let correction = Float((1 - pow(Double(beta2), t)).squareRoot() / (1 - pow(Double(beta1), t)))
        fm_adam(
            s.weights, s.gradients, s.slots[0], s.slots[1], s.count, rate * correction, beta1, beta2, epsilon,
            rate * s.weightDecay, s.gradientScale)
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "beta_1": .double(Double(beta1)),
            "beta_2": .double(Double(beta2)), "epsilon": .double(Double(epsilon)), "amsgrad": false,
        ]
    }
}

/// Adam with decoupled weight decay, 0.004 by default as in Keras. Loshchilov, Hutter 2019.
public struct AdamW: Optimizer {
    public static let className = "AdamW"
    /// As in Keras.
    public static let standardWeightDecay: Float = 0.004
    private var adam: Adam

    /// Keras's defaults.
    public init(
        learningRate: Float = 0.001, weightDecay: Float = AdamW.standardWeightDecay, beta1: Float = 0.9,
        beta2: Float = 0.999,
        epsilon: Float = 1e-7
    ) {
        adam = Adam(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    }

    public var learningRate: Float {
        get { adam.learningRate }
        set { adam.learningRate = newValue }
    }
    public var weightDecay: Float {
        get { adam.weightDecay }
        set { adam.weightDecay = newValue }
    }
    public var slots: [String] { adam.slots }
    public func update(_ s: OptimizerStep) { adam.update(s) }
    public var config: [String: JSONValue] {
        adam.config.merging(["weight_decay": .double(Double(weightDecay))]) { $1 }
    }
}
