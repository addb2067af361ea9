import JSON

/// The shape of one sample, without the batch: `[height, width, channels]` or `[features]`.
public typealias Shape = [Int]

extension Shape {
    /// The largest tensor that a model may have, and the most weights: 1 GB of floats.
    package static let largestCount = 1 << 28

    /// The number of elements, or nil if it is negative or beyond `largestCount`.
    package var checkedCount: Int? {
        var count = 1
        for size in self {
            guard size >= 0, size <= Shape.largestCount else { return nil }
            count *= size  // at most 2^56
            guard count <= Shape.largestCount else { return nil }
        }
        return count
    }
}

/// A layer's hyper-parameters: a value that can say what it makes of a shape, which parameters it needs, and how it
/// computes. Weights live in the `Model`, memory in an `Executor`.
public protocol Layer: Sendable {
    /// The class name that Keras uses in `model_config`.
    static var className: String { get }

    /// The layer's name in its model; empty until the model gives one (`conv2d`, `conv2d_1`, ...).
    var name: String { get set }

    /// The output shape for the given input shapes. Throws `NeuralNetError` when they do not fit.
    func outputShape(_ inputs: [Shape]) throws -> Shape

    /// The weights, in Keras's order. Called only with shapes that `outputShape` accepted.
    func parameters(_ inputs: [Shape]) -> [ParameterSpecification]

    /// Applied to what the kernel computes; `.linear` for layers without an activation.
    var activation: Activation { get }

    /// The computation for fixed shapes, or nil if the output is the input seen differently (Flatten, or Dropout
    /// when not training).
    func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)?

    /// The steps that compute the layer: the one kernel, unless a layer is made of several (SeparableConv2D).
    func makeSteps(_ context: KernelContext) throws -> [LayerStep]

    /// Keras's configuration fields without `name`, as written to `model_config`.
    var config: [String: JSONValue] { get }
}

extension Layer {
    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] { [] }
    public var activation: Activation { .linear }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        guard let kernel = try makeKernel(context) else { return [] }
        let parameters = self.parameters(context.inputShapes).count
        return [LayerStep(kernel: kernel, outputCount: context.outputShape.reduce(1, *), parameters: 0..<parameters)]
    }

    /// The name, or the class for a layer that has none yet: for error messages.
    public var label: String { name.isEmpty ? Self.className : "\(Self.className) '\(name)'" }

    /// The only input shape, for layers with one input. Throws when there are more or fewer.
    func single(_ inputs: [Shape]) throws -> Shape {
        guard inputs.count == 1 else {
            throw NeuralNetError.incompatibleShape(layer: label, expected: "one tensor", received: inputs)
        }
        return inputs[0]
    }

    /// The only input shape as height, width, channels.
    func singleImage(_ inputs: [Shape]) throws -> (height: Int, width: Int, channels: Int) {
        let shape = try single(inputs)
        guard shape.count == 3 else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "[height, width, channels]", received: inputs)
        }
        return (shape[0], shape[1], shape[2])
    }

    func require(_ condition: Bool, _ field: String, _ expected: String, _ received: Any) throws {
        if !condition {
            throw NeuralNetError.invalidArgument(
                layer: label, field: field, expected: expected, received: "\(received)")
        }
    }
}

/// One weight tensor of a layer.
public struct ParameterSpecification: Sendable {
    /// Keras's name: `kernel`, `bias`, `gamma`, ...
    public var name: String
    public var shape: Shape
    public var initializer: Initializer
    /// Inputs and outputs of one unit, for the scale of random initial values.
    public var fanIn: Int
    public var fanOut: Int
    /// The first values, where no initializer makes them.
    public var firstValues: [Float]?
    /// False for what is not learnt from gradients: running statistics.
    public var isTrainable: Bool
    /// Factor of the L2 penalty `l2 * sum(w^2)` added to the loss.
    public var l2: Float

    public init(
        name: String, shape: Shape, initializer: Initializer, fanIn: Int = 1, fanOut: Int = 1,
        isTrainable: Bool = true, l2: Float = 0
    ) {
        self.name = name
        self.shape = shape
        self.initializer = initializer
        self.fanIn = fanIn
        self.fanOut = fanOut
        self.isTrainable = isTrainable
        self.l2 = l2
    }

    public var count: Int { shape.reduce(1, *) }
}

/// How convolutions are computed. All give the same results up to rounding.
public enum ConvolutionAlgorithm: String, Sendable, Codable, CaseIterable {
    /// The fastest for each shape.
    case automatic
    /// As matrix products over OpenBLAS, whatever the shape: the usual way, to compare with.
    case im2col
    /// The definition as loops, nothing fused: slow, for tests.
    case reference
}

/// What numbers prediction computes with.
public enum Precision: String, Sendable, Codable, CaseIterable {
    case float
    /// 8-bit integers in the large products, see `QuantizedConvolution`; small layers stay with floats.
    case int8
}

/// What a layer knows when it makes its kernel.
public struct KernelContext: Sendable {
    public var inputShapes: [Shape]
    public var outputShape: Shape
    /// The largest number of samples of one call.
    public var maximumBatch: Int
    public var threads: Int
    public var isTraining: Bool
    public var convolution = ConvolutionAlgorithm.automatic
    public var precision = Precision.float

    /// Whether large products are made of integers.
    var isQuantized: Bool { precision == .int8 && !isTraining && convolution == .automatic }

    /// Whether the plain reference kernels are used throughout, each step on its own.
    public var usesReferenceKernels: Bool { convolution == .reference }
}

/// One kernel of a layer, what it puts out per sample, and which of the layer's parameters are its own.
public struct LayerStep: Sendable {
    public var kernel: any LayerKernel
    public var outputCount: Int
    public var parameters: Range<Int>

    public init(kernel: any LayerKernel, outputCount: Int, parameters: Range<Int>) {
        self.kernel = kernel
        self.outputCount = outputCount
        self.parameters = parameters
    }
}

/// The computation of one layer for fixed shapes. Immutable, so many executors can share it.
public protocol LayerKernel: Sendable {
    /// The memory it needs from its executor.
    var memory: KernelMemory { get }
    /// True when `forward` applies this activation itself.
    func fuses(_ activation: Activation) -> Bool
    /// The same kernel with that activation built in.
    func fusing(_ activation: Activation) -> any LayerKernel
    /// This kernel (with its ReLU) and a following pool as one, if it can do that.
    func fusing(pool: MaxPool2D) -> (any LayerKernel)?
    /// The same linear kernel with a bias as its second parameter; nil for all that is not `weights * x (+ bias)`
    /// with the outputs as the last axes of its weights.
    func addingBias() -> (any LayerKernel)?
    func forward(_ buffers: LayerBuffers, _ pass: Pass)
    /// Writes the input gradients that are asked for and adds to (or, with `pass.overwritesGradients`, replaces)
    /// the parameter gradients.
    func backward(_ buffers: LayerBuffers, _ pass: Pass)
}

extension LayerKernel {
    public func fuses(_ activation: Activation) -> Bool { false }
    public func fusing(_ activation: Activation) -> any LayerKernel { self }
    public func fusing(pool: MaxPool2D) -> (any LayerKernel)? { nil }
    public func addingBias() -> (any LayerKernel)? { nil }
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

/// The memory of one layer in one executor.
public struct LayerBuffers {
    public typealias Floats = UnsafeMutablePointer<Float>
    public var inputs: [Floats]
    public var output: Floats
    /// Nil where no gradient is wanted.
    public var inputGradients: [Floats?]
    public var outputGradient: Floats?
    public var parameters: [Floats]
    /// Empty when not training; nil entries for what is not trainable.
    public var parameterGradients: [Floats?]
    public var state: Floats
    public var prepared: Floats
    public var scratch: Floats

    /// Where the gradient of parameter `index` goes; nil if nothing is to be computed for it, because it is not
    /// trained or the layer has no such parameter.
    public func parameterGradient(_ index: Int) -> Floats? {
        index < parameterGradients.count ? parameterGradients[index] : nil
    }
}

/// What changes from one call to the next.
public struct Pass {
    /// Samples in this call, at most the maximum batch.
    public var count: Int
    public var isTraining: Bool
    /// For random layers: differs by step and layer.
    public var seed: UInt64
    /// Factor of every Dropout's rate.
    public var dropoutScale: Float
    /// The weights changed since this executor's last call.
    public var weightsChanged: Bool
    public var overwritesGradients: Bool
    public var threads: ThreadPool
}
