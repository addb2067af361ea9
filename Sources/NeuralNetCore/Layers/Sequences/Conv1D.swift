import JSON

/// 1D convolution over sequences.
///
/// - Input: `[steps, channels]`; output: `[steps', filters]`.
/// - Parameters: `kernel` `[kernelSize, channels / groups, filters]`, `bias` `[filters]`.
/// - Cost: `2 steps' filters kernelSize channels / groups` operations.
public struct Conv1D: SequenceLayer {
    public static let className = "Conv1D"
    public var name: String
    /// Channels of the output.
    public var filters: Int
    /// Length of the window.
    public var kernelSize: Int
    /// Steps from one window to the next.
    public var strides: Int
    /// What lies around the sequence: nothing, or zeros so that the output keeps its length at strides of 1.
    public var padding: Padding
    /// Zeros before the sequence only, so that no output sees what comes later; instead of `padding`.
    public var isCausal: Bool
    /// Steps from one place of a window to the next; 1 for neighbours.
    public var dilationRate: Int
    /// Parts that the channels are divided into, each with filters of its own.
    public var groups: Int
    /// Applied to each output.
    public var activation: Activation
    /// Whether a number for each filter is added.
    public var usesBias: Bool
    /// The first values of the kernel.
    public var kernelInitializer: Initializer
    /// The first values of the bias.
    public var biasInitializer: Initializer
    /// Factor of the L2 penalty on the kernel.
    public var kernelL2: Float

    public init(
        _ filters: Int, kernelSize: Int, strides: Int = 1, padding: Padding = .valid, isCausal: Bool = false,
        dilationRate: Int = 1, groups: Int = 1, activation: Activation = .linear, usesBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, kernelL2: Float = 0,
        name: String = ""
    ) {
        self.filters = filters
        self.kernelSize = kernelSize
        self.strides = strides
        self.padding = padding
        self.isCausal = isCausal
        self.dilationRate = dilationRate
        self.groups = groups
        self.activation = activation
        self.usesBias = usesBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.kernelL2 = kernelL2
        self.name = name
    }

    public var planar: any Layer {
        let convolution = Conv2D(
            filters, kernelSize: (1, kernelSize), strides: (1, strides), padding: isCausal ? .valid : padding,
            dilationRate: (1, dilationRate), groups: groups, usesBias: usesBias, kernelInitializer: kernelInitializer,
            biasInitializer: biasInitializer, kernelL2: kernelL2, name: name)
        return isCausal ? CausalConvolution(base: convolution) : convolution
    }

    public var config: [String: JSONValue] {
        [
            "filters": .int(filters), "kernel_size": [.int(kernelSize)], "strides": [.int(strides)],
            "padding": .string(isCausal ? "causal" : padding.rawValue), "data_format": "channels_last",
            "dilation_rate": [.int(dilationRate)], "groups": .int(groups),
            "activation": KerasConfig.activation(activation), "use_bias": .bool(usesBias),
            "kernel_initializer": KerasConfig.initializer(kernelInitializer),
            "bias_initializer": KerasConfig.initializer(biasInitializer),
            "kernel_regularizer": KerasConfig.regularizer(l2: kernelL2), "bias_regularizer": nil,
            "activity_regularizer": nil, "kernel_constraint": nil, "bias_constraint": nil,
        ]
    }
}

/// A convolution behind zeros on its left side.
struct CausalConvolution: Layer {
    static let className = "CausalConvolution"
    var base: Conv2D
    var name: String {
        get { base.name }
        set { base.name = newValue }
    }

    private var padding: ZeroPadding2D {
        ZeroPadding2D(top: 0, bottom: 0, left: max((base.kernelSize.1 - 1) * base.dilationRate.1, 0), right: 0)
    }

    func outputShape(_ inputs: [Shape]) throws -> Shape { try base.outputShape([padding.outputShape(inputs)]) }
    func parameters(_ inputs: [Shape]) -> [ParameterSpecification] { base.parameters(inputs) }
    func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        var first = context
        first.outputShape = try padding.outputShape(context.inputShapes)
        var second = context
        second.inputShapes = [first.outputShape]
        return try padding.makeSteps(first) + base.makeSteps(second)
    }

    var config: [String: JSONValue] { base.config }
}

/// Convolves each channel of a sequence on its own.
///
/// - Input: `[steps, channels]`; output: `[steps', channels * depthMultiplier]`.
/// - Parameters: `kernel` `[kernelSize, channels, depthMultiplier]`, `bias` `[channels * depthMultiplier]`.
public struct DepthwiseConv1D: SequenceLayer {
    public static let className = "DepthwiseConv1D"
    public var name: String
    /// Length of the window.
    public var kernelSize: Int
    /// Steps from one window to the next.
    public var strides: Int
    /// What lies around the sequence: nothing, or zeros so that the output keeps its length at strides of 1.
    public var padding: Padding
    /// Outputs for each input channel.
    public var depthMultiplier: Int
    /// Steps from one place of a window to the next; 1 for neighbours.
    public var dilationRate: Int
    /// Applied to each output.
    public var activation: Activation
    /// Whether a number for each filter is added.
    public var usesBias: Bool
    /// The first values of the kernel of each channel.
    public var depthwiseInitializer: Initializer
    /// The first values of the bias.
    public var biasInitializer: Initializer
    /// Factor of the L2 penalty on the kernel.
    public var depthwiseL2: Float

    public init(
        kernelSize: Int, strides: Int = 1, padding: Padding = .valid, depthMultiplier: Int = 1, dilationRate: Int = 1,
        activation: Activation = .linear, usesBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
        biasInitializer: Initializer = .zeros, depthwiseL2: Float = 0, name: String = ""
    ) {
        self.kernelSize = kernelSize
        self.strides = strides
        self.padding = padding
        self.depthMultiplier = depthMultiplier
        self.dilationRate = dilationRate
        self.activation = activation
        self.usesBias = usesBias
        self.depthwiseInitializer = depthwiseInitializer
        self.biasInitializer = biasInitializer
        self.depthwiseL2 = depthwiseL2
        self.name = name
    }

    public var planar: any Layer {
        DepthwiseConv2D(
            kernelSize: (1, kernelSize), strides: (1, strides), padding: padding, depthMultiplier: depthMultiplier,
            dilationRate: (1, dilationRate), usesBias: usesBias, depthwiseInitializer: depthwiseInitializer,
            biasInitializer: biasInitializer, depthwiseL2: depthwiseL2, name: name)
    }

    public var config: [String: JSONValue] {
        var config = planar.config
        config["kernel_size"] = [.int(kernelSize)]
        config["strides"] = [.int(strides)]
        config["dilation_rate"] = [.int(dilationRate)]
        config["activation"] = KerasConfig.activation(activation)
        return config
    }
}
