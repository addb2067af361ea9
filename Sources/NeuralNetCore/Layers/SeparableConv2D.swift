import JSON

/// A depthwise convolution followed by a 1x1 convolution that mixes the channels. F. Chollet, "Xception", CVPR 2017.
///
/// - Input: `[height, width, channels]`; output: `[height', width', filters]`.
/// - Parameters: `depthwise_kernel` `[kernelHeight, kernelWidth, channels, depthMultiplier]`, `pointwise_kernel`
///   `[1, 1, channels * depthMultiplier, filters]`, `bias` `[filters]`.
public struct SeparableConv2D: Layer {
    public static let className = "SeparableConv2D"
    public var name: String
    /// Channels of the output.
    public var filters: Int
    /// Height and width of the window.
    public var kernelSize: (Int, Int)
    /// Rows and columns from one window to the next.
    public var strides: (Int, Int)
    /// What lies around the image: nothing, or zeros so that the output keeps its size at strides of 1.
    public var padding: Padding
    /// Outputs for each input channel.
    public var depthMultiplier: Int
    /// Rows and columns from one place of a window to the next; 1 for neighbours.
    public var dilationRate: (Int, Int)
    /// Applied to each output.
    public var activation: Activation
    /// Whether a number for each filter is added.
    public var usesBias: Bool
    /// The first values of the kernel of each channel.
    public var depthwiseInitializer: Initializer
    /// The first values of the kernel that mixes channels.
    public var pointwiseInitializer: Initializer
    /// The first values of the bias.
    public var biasInitializer: Initializer
    /// Factors of the L2 penalties on the two kernels.
    public var depthwiseL2: Float
    /// Factor of the L2 penalty on the kernel that mixes channels.
    public var pointwiseL2: Float

    public init(
        _ filters: Int, kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid,
        depthMultiplier: Int = 1, dilationRate: (Int, Int) = (1, 1), activation: Activation = .linear,
        usesBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
        pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        depthwiseL2: Float = 0, pointwiseL2: Float = 0, name: String = ""
    ) {
        self.filters = filters
        self.kernelSize = kernelSize
        self.strides = strides
        self.padding = padding
        self.depthMultiplier = depthMultiplier
        self.dilationRate = dilationRate
        self.activation = activation
        self.usesBias = usesBias
        self.depthwiseInitializer = depthwiseInitializer
        self.pointwiseInitializer = pointwiseInitializer
        self.biasInitializer = biasInitializer
        self.depthwiseL2 = depthwiseL2
        self.pointwiseL2 = pointwiseL2
        self.name = name
    }

    /// The same with square kernel and strides.
    public init(
        _ filters: Int, kernelSize: Int, strides: Int = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
        activation: Activation = .linear, usesBias: Bool = true, name: String = ""
    ) {
        self.init(
            filters, kernelSize: (kernelSize, kernelSize), strides: (strides, strides), padding: padding,
            depthMultiplier: depthMultiplier, activation: activation, usesBias: usesBias, name: name)
    }

    private var depthwise: DepthwiseConv2D {
        DepthwiseConv2D(
            kernelSize: kernelSize, strides: strides, padding: padding, depthMultiplier: depthMultiplier,
            dilationRate: dilationRate, usesBias: false, depthwiseInitializer: depthwiseInitializer,
            depthwiseL2: depthwiseL2, name: name)
    }

    private var pointwise: Conv2D {
        Conv2D(
            filters, kernelSize: 1, usesBias: usesBias, kernelInitializer: pointwiseInitializer,
            biasInitializer: biasInitializer, kernelL2: pointwiseL2, name: name)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        try require(filters > 0, "filters", "positive", filters)
        do {
            return try pointwise.outputShape([try depthwise.outputShape(inputs)])
        } catch let error as NeuralNetError {
            throw error.about(label)
        }
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        var first = depthwise.parameters(inputs)
        first[0].name = "depthwise_kernel"
        var second = pointwise.parameters([[1, 1, inputs[0][2] * depthMultiplier]])
        second[0].name = "pointwise_kernel"
        return first + second
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        var first = context
        first.outputShape = try depthwise.outputShape(context.inputShapes)
        var second = context
        second.inputShapes = [first.outputShape]
        var steps = try depthwise.makeSteps(first) + pointwise.makeSteps(second)
        steps[1].parameters = 1..<(usesBias ? 3 : 2)
        return steps
    }

    public var config: [String: JSONValue] {
        var config = depthwise.config
        config["filters"] = .int(filters)
        config["use_bias"] = .bool(usesBias)
        config["activation"] = KerasConfig.activation(activation)
        config["pointwise_initializer"] = KerasConfig.initializer(pointwiseInitializer)
        config["bias_initializer"] = KerasConfig.initializer(biasInitializer)
        config["pointwise_regularizer"] = KerasConfig.regularizer(l2: pointwiseL2)
        config["pointwise_constraint"] = .null
        return config
    }
}
