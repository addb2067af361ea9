import JSON
import NeuralNetCore

/// How gradients change the weights. A value with hyper-parameters only; the moments live in an `OptimizerState`, one block
/// per slot laid out like the trainable weights.
///
/// Shipped: `SGD`, `Adam`, `AdamW`, `RMSprop`, `Nadam`, `Adagrad`, `Adadelta`, `Lion`, `Lamb`, `Muon`, with Keras's
/// definitions. One of one's own is a type with its slots' names and `update`.
public protocol Optimizer: Sendable {
    /// Keras's class name.
    static var className: String { get }
    /// The full one; `OptimizerStep.learningRate` is what counts in a step.
    var learningRate: Float { get set }
    /// Decoupled weight decay: each step takes `learningRate * weightDecay * w` off the weights
    /// (I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", 2019).
    var weightDecay: Float { get set }
    /// Names of the moments that are kept per weight; any number.
    var slots: [String] { get }
    /// What the slots hold at first.
    var initialSlotValue: Float { get }
    /// True if `update` must see each tensor as a whole, as for norms; otherwise several threads share one.
    var updatesWholeTensors: Bool { get }
    /// Floats of memory that `update` may write to for a tensor of that shape.
    func scratchCount(_ shape: Shape) -> Int
    /// Updates `step.count` weights. All pointers are at the same place of their blocks. Must not allocate.
    func update(_ step: OptimizerStep)
    /// Keras's configuration fields.
    var config: [String: JSONValue] { get }
}

extension Optimizer {
    public var initialSlotValue: Float { 0 }
    public var updatesWholeTensors: Bool { false }
    public func scratchCount(_ shape: Shape) -> Int { 0 }
}

/// One optimizer pass over a tensor, or over a run of its weights.
public struct OptimizerStep {
    /// The same place in each slot's block.
    public struct Slots {
        let base: UnsafeMutablePointer<Float>
        /// From one slot to the next.
        let stride: Int
        /// As many as the optimizer has names for.
        public let count: Int

        /// Slots that lie one behind the other, `stride` floats each.
        public init(base: UnsafeMutablePointer<Float>, stride: Int, count: Int) {
            self.base = base
            self.stride = stride
            self.count = count
        }

        /// The slot's values for the first of the step's weights; traps for a slot that there is not.
        public subscript(_ index: Int) -> UnsafeMutablePointer<Float> {
            precondition(index >= 0 && index < count, "there are \(count) slots")
            return base + index * stride
        }

        var first: UnsafeMutablePointer<Float>? { count > 0 ? self[0] : nil }
        var second: UnsafeMutablePointer<Float>? { count > 1 ? self[1] : nil }
    }

    /// `count` floats, to be updated in place.
    public var weights: UnsafeMutablePointer<Float>
    /// `count` floats, not yet multiplied with `gradientScale`.
    public var gradients: UnsafePointer<Float>
    /// In the order of the optimizer's names.
    public var slots: Slots
    /// Weights of this pass.
    public var count: Int
    /// Where the weights lie in their tensor: `0..<tensor.specification.count` if it is whole.
    public var place: Int
    /// The tensor: its layer, name and shape.
    public var tensor: Weights.Entry
    /// The learning rate that the schedule gives for this step, and this tensor's group.
    public var learningRate: Float
    /// Steps done so far, this one included: 1 for the first.
    public var iteration: Int
    /// Factor for the gradients, from clipping.
    public var gradientScale: Float
    /// Weight decay for these weights, 0 where excluded.
    public var weightDecay: Float
    /// `scratchCount` floats, undefined at first.
    public var scratch: UnsafeMutablePointer<Float>?

    /// For training loops that call `Optimizer.update` themselves; `OptimizerState` does so otherwise.
    public init(
        weights: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, slots: Slots, count: Int, place: Int = 0,
        tensor: Weights.Entry, learningRate: Float, iteration: Int, gradientScale: Float = 1, weightDecay: Float = 0,
        scratch: UnsafeMutablePointer<Float>? = nil
    ) {
        self.weights = weights
        self.gradients = gradients
        self.slots = slots
        self.count = count
        self.place = place
        self.tensor = tensor
        self.learningRate = learningRate
        self.iteration = iteration
        self.gradientScale = gradientScale
        self.weightDecay = weightDecay
        self.scratch = scratch
    }
}
