import CKernels
import Glibc

/// How gradients change the weights. A value with hyper-parameters only; the moments live in the `Trainer`, one block
/// per slot laid out like the trainable weights.
public protocol Optimizer: Sendable {
    /// Keras's class name.
    static var className: String { get }
    var learningRate: Float { get set }
    /// Decoupled weight decay: each step takes `learningRate * weightDecay * w` off the weights
    /// (I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", 2019).
    var weightDecay: Float { get set }
    /// Names of the moments that are kept per weight.
    var slots: [String] { get }
    /// Updates `count` weights. All pointers are at the same place of their blocks.
    func update(_ step: OptimizerStep)
    /// Keras's configuration fields.
    var config: [String: JSONValue] { get }
}

/// One optimizer pass over a run of weights.
public struct OptimizerStep {
    public var weights: UnsafeMutablePointer<Float>
    public var gradients: UnsafePointer<Float>
    public var slots: (UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?)
    public var count: Int
    /// The learning rate that the schedule gives for this step.
    public var learningRate: Float
    /// Steps done so far, this one included: 1 for the first.
    public var iteration: Int
    /// Factor for the gradients, from clipping.
    public var gradientScale: Float
    /// Weight decay for these weights, 0 where excluded.
    public var weightDecay: Float
}

/// Stochastic gradient descent, with momentum and Nesterov's variant as in Keras.
public struct SGD: Optimizer {
    public static let className = "SGD"
    public var learningRate: Float
    public var momentum: Float
    public var nesterov: Bool
    public var weightDecay: Float
    /// Old Keras's time decay: the rate is divided by `1 + decay * iterations`.
    public var decay: Float

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
            s.weights, s.gradients, s.slots.0, s.count, rate, momentum, nesterov ? 1 : 0, rate * s.weightDecay,
            s.gradientScale)
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "momentum": .double(Double(momentum)),
            "nesterov": .bool(nesterov),
        ]
    }
}

/// Adam, with Keras's placement of epsilon: `w -= rate_t m / (sqrt(v) + epsilon)`,
/// `rate_t = rate sqrt(1 - beta2^t) / (1 - beta1^t)`. D. Kingma, J. Ba, 2015, end of section 2.
public struct Adam: Optimizer {
    public static let className = "Adam"
    public var learningRate: Float
    public var beta1: Float
    public var beta2: Float
    public var epsilon: Float
    public var weightDecay: Float
    /// Old Keras's time decay: the rate is divided by `1 + decay * iterations`.
    public var decay: Float

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
            s.weights, s.gradients, s.slots.0, s.slots.1, s.count, rate * correction, beta1, beta2, epsilon,
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

    public init(
        learningRate: Float = 0.001, weightDecay: Float = AdamW.standardWeightDecay, beta1: Float = 0.9, beta2: Float = 0.999,
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

/// Divides the gradient by a running mean of its size. T. Tieleman, G. Hinton, lecture 6.5, 2012; Keras's placement
/// of epsilon under the root.
public struct RMSprop: Optimizer {
    public static let className = "RMSprop"
    public var learningRate: Float
    public var rho: Float
    public var momentum: Float
    public var epsilon: Float
    public var weightDecay: Float

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
            s.weights, s.gradients, s.slots.0, s.slots.1, s.count, s.learningRate, rho, momentum, epsilon,
            s.learningRate * s.weightDecay, s.gradientScale)
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "rho": .double(Double(rho)),
            "momentum": .double(Double(momentum)), "epsilon": .double(Double(epsilon)), "centered": false,
        ]
    }
}
