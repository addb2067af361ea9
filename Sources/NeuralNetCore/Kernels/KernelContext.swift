/// How convolutions are computed. All give the same results up to rounding.
public enum ConvolutionAlgorithm: String, Sendable, CaseIterable {
    /// The fastest for each shape.
    case automatic
    /// As matrix products of all windows, whatever the shape: the usual way, to compare with.
    case im2col
    /// The definition as loops, nothing fused: slow, for tests.
    case reference
}

/// What numbers the large products are made of.
public enum Precision: String, Sendable, CaseIterable {
    case float = "float32"
    /// bfloat16 in products and convolutions, rounded to nearest even, with sums in float32; weights, what optimizers
    /// keep, normalizations and losses stay float32. For training, too: Keras's `mixed_bfloat16`.
    case bfloat16
    /// 8-bit integers, for prediction, see `QuantizedConvolution`; small layers stay with floats.
    case int8
}

/// What a layer knows when it makes its kernel.
public struct KernelContext: Sendable {
    /// Of each input, without the batch.
    public var inputShapes: [Shape]
    /// Without the batch.
    public var outputShape: Shape
    /// The largest number of samples of one call.
    public var maximumBatch: Int
    /// How many will compute together.
    public var threads: Int
    /// Whether `backward` will be called.
    public var isTraining: Bool
    /// How convolutions are computed.
    public var convolution = ConvolutionAlgorithm.automatic
    /// What large products are made of.
    public var precision = Precision.float
    /// Where threads of their own run parts of a batch (`Lanes`): that batch and the number of threads. The way of a
    /// convolution is chosen by these, so that it does not depend on how the batch is shared.
    var whole: (batch: Int, threads: Int)?

    var choosing: (batch: Int, threads: Int) { whole ?? (maximumBatch, threads) }

    /// Whether large products are made of integers.
    var isQuantized: Bool { precision == .int8 && !isTraining && convolution == .automatic }

    /// Whether products are made of bfloat16.
    var isHalf: Bool { precision == .bfloat16 && convolution == .automatic }

    /// Whether the plain reference kernels are used throughout, each step on its own.
    public var usesReferenceKernels: Bool { convolution == .reference }
}

/// One kernel of a layer, what it puts out per sample, and which of the layer's parameters are its own.
public struct LayerStep: Sendable {
    /// What computes it.
    public var kernel: any LayerKernel
    /// Floats that it puts out per sample.
    public var outputCount: Int
    /// Places among the layer's parameters.
    public var parameters: Range<Int>

    public init(kernel: any LayerKernel, outputCount: Int, parameters: Range<Int>) {
        self.kernel = kernel
        self.outputCount = outputCount
        self.parameters = parameters
    }
}
