/// The computation of one layer for fixed shapes. Immutable, so many executors can share it.
public protocol LayerKernel: Sendable {
    /// The memory it needs from its executor.
    var memory: KernelMemory { get }
    /// Whether a training pass asks the batch's other peers (`BatchPeers`): then it must run without samples too.
    var asksPeers: Bool { get }
    #if !hasFeature(Embedded)
        /// True when `forward` applies this activation itself.
        func fuses(_ activation: Activation) -> Bool
        /// The same kernel with that activation built in.
        func fusing(_ activation: Activation) -> any LayerKernel
        /// This kernel (with its ReLU) and the one that alone reads its output as one, if it can do that.
        func fusing(next kernel: any LayerKernel) -> (any LayerKernel)?
        /// The same linear kernel with a bias as its second parameter; nil for all that is not `weights * x (+ bias)`
        /// with the outputs as the last axes of its weights.
        func addingBias() -> (any LayerKernel)?
    #endif
    func forward(_ buffers: LayerBuffers, _ pass: Pass)
    /// Writes the input gradients that are asked for and adds to (or, with `pass.overwritesGradients`, replaces)
    /// the parameter gradients.
    func backward(_ buffers: LayerBuffers, _ pass: Pass)
}

extension LayerKernel {
    public var asksPeers: Bool { false }
}

/// A kernel that can apply the ReLU behind it.
protocol RectifyingKernel: LayerKernel {
    var relu: Bool { get set }
}

/// A kernel that computes `weights * x`, with a bias as its second parameter if wanted.
protocol LinearKernel: RectifyingKernel {
    var usesBias: Bool { get set }
}

/// A kernel that scales and shifts each channel by its last two parameters, mean and variance, and by those before them,
/// factor and shift as far as it has them: `(x - mean) / sqrt(variance + epsilon) * factor + shift`.
protocol NormalizingKernel: LayerKernel {
    var hasFactor: Bool { get }
    var hasShift: Bool { get }
    var epsilon: Float { get }
}

/// What a kernel asks of the memory plan. Sizes are counted in floats.
public struct KernelMemory: Sendable {
    /// Whether `backward` reads the input, or the output.
    public var keepsInput = false
    public var keepsOutput = false
    /// Kept from `forward` to `backward` of one step.
    public var state = 0
    /// Kept as long as the executor lives: what is prepared from the weights.
    public var prepared = 0
    /// Undefined at the start of each call.
    public var scratch = 0

    public init() {}
}
