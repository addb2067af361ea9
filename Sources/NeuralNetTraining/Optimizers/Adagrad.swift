import JSON
import NeuralNetCore

/// Divides each gradient by the root of the sum of its squares so far. J. Duchi et al., "Adaptive Subgradient Methods", 2011.
public struct Adagrad: Optimizer {
    public static let className = "Adagrad"
    public var learningRate: Float
    /// What the sums of squares begin with, so that first steps are not too large.
    public var initialAccumulator: Float
    /// Added under the root, against division by 0.
    public var epsilon: Float
    public var weightDecay: Float

    /// Keras's defaults.
    public init(
        learningRate: Float = 0.001, initialAccumulator: Float = 0.1, epsilon: Float = 1e-7, weightDecay: Float = 0
    ) {
        self.learningRate = learningRate
        self.initialAccumulator = initialAccumulator
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public var slots: [String] { ["accumulator"] }
    public var initialSlotValue: Float { initialAccumulator }

    public func update(_ s: OptimizerStep) {
        let sums = s.slots[0], decay = s.learningRate * s.weightDecay
        for i in 0..<s.count {
            let g = s.gradients[i] * s.gradientScale
            sums[i] += g * g
            s.weights[i] -= decay * s.weights[i] + s.learningRate * g / (sums[i] + epsilon).squareRoot()
        }
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)),
            "initial_accumulator_value": .double(Double(initialAccumulator)), "epsilon": .double(Double(epsilon)),
        ]
    }
}

/// Steps of the size of the latest steps. M. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.
public struct Adadelta: Optimizer {
    public static let className = "Adadelta"
    public var learningRate: Float
    /// Share of the running means of squares kept per step, 0..<1.
    public var rho: Float
    /// Added under both roots; the first steps are about as large as its root.
    public var epsilon: Float
    public var weightDecay: Float

    /// Keras's defaults. Zeiler's own method has a learning rate of 1.
    public init(learningRate: Float = 0.001, rho: Float = 0.95, epsilon: Float = 1e-7, weightDecay: Float = 0) {
        self.learningRate = learningRate
        self.rho = rho
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public var slots: [String] { ["accumulated_grad", "accumulated_delta_var"] }

    public func update(_ s: OptimizerStep) {
        let squares = s.slots[0], steps = s.slots[1], decay = s.learningRate * s.weightDecay
        for i in 0..<s.count {
            let g = s.gradients[i] * s.gradientScale
            squares[i] = rho * squares[i] + (1 - rho) * g * g
            let delta = (steps[i] + epsilon).squareRoot() / (squares[i] + epsilon).squareRoot() * g
            steps[i] = rho * steps[i] + (1 - rho) * delta * delta
            s.weights[i] -= decay * s.weights[i] + s.learningRate * delta
        }
    }

    public var config: [String: JSONValue] {
        [
            "learning_rate": .double(Double(learningRate)), "rho": .double(Double(rho)),
            "epsilon": .double(Double(epsilon)),
        ]
    }
}
