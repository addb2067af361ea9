import JSON

/// Convolves each channel on its own: output channel `c * depthMultiplier + j` comes from input channel `c`.
///
/// - Input: `[height, width, channels]`; output: `[height', width', channels * depthMultiplier]`.
/// - Parameters: `kernel` `[kernelHeight, kernelWidth, channels, depthMultiplier]`, `bias`
///   `[channels * depthMultiplier]`.
/// - Cost: `2 height' width' channels depthMultiplier kernelHeight kernelWidth` operations.
public struct DepthwiseConv2D: Layer {
    public static let className = "DepthwiseConv2D"
    public var name: String
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
    /// The first values of the bias.
    public var biasInitializer: Initializer
    /// Factor of the L2 penalty on the kernel.
    public var depthwiseL2: Float

    public init(
        kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid, depthMultiplier: Int = 1,
        dilationRate: (Int, Int) = (1, 1), activation: Activation = .linear, usesBias: Bool = true,
        depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        depthwiseL2: Float = 0, name: String = ""
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

    /// The same with square kernel and strides.
    public init(
        kernelSize: Int, strides: Int = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
        activation: Activation = .linear, usesBias: Bool = true, name: String = ""
    ) {
        self.init(
            kernelSize: (kernelSize, kernelSize), strides: (strides, strides), padding: padding,
            depthMultiplier: depthMultiplier, activation: activation, usesBias: usesBias, name: name)
    }

    func geometry(_ inputs: [Shape]) throws -> ConvolutionGeometry {
        let (height, width, channels) = try singleImage(inputs)
        try require(depthMultiplier > 0, "depthMultiplier", "positive", depthMultiplier)
        try require(kernelSize.0 > 0 && kernelSize.1 > 0, "kernelSize", "positive", kernelSize)
        try require(strides.0 > 0 && strides.1 > 0, "strides", "positive", strides)
        try require(dilationRate.0 > 0 && dilationRate.1 > 0, "dilationRate", "positive", dilationRate)
        return try ConvolutionGeometry(
            layer: label, height: height, width: width, channels: channels, kernel: kernelSize, strides: strides,
            dilation: dilationRate, padding: padding)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let g = try geometry(inputs)
        return [g.outputHeight, g.outputWidth, g.channels * depthMultiplier]
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        let channels = inputs[0][2], taps = kernelSize.0 * kernelSize.1
        var result = [
            ParameterSpecification(
                name: "kernel", shape: [kernelSize.0, kernelSize.1, channels, depthMultiplier],
                initializer: depthwiseInitializer, fanIn: taps * channels, fanOut: taps * depthMultiplier,
                l2: depthwiseL2)
        ]
        if usesBias {
            result.append(
                ParameterSpecification(
                    name: "bias", shape: [channels * depthMultiplier], initializer: biasInitializer))
        }
        return result
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        DepthwiseKernel(
            geometry: try geometry(context.inputShapes), multiplier: depthMultiplier, usesBias: usesBias,
            threads: context.threads, isTraining: context.isTraining)
    }

    public var config: [String: JSONValue] {
        [
            "kernel_size": [.int(kernelSize.0), .int(kernelSize.1)],
            "strides": [.int(strides.0), .int(strides.1)], "padding": .string(padding.rawValue),
            "depth_multiplier": .int(depthMultiplier), "data_format": "channels_last",
            "dilation_rate": [.int(dilationRate.0), .int(dilationRate.1)],
            "activation": KerasConfig.activation(activation), "use_bias": .bool(usesBias),
            "depthwise_initializer": KerasConfig.initializer(depthwiseInitializer),
            "bias_initializer": KerasConfig.initializer(biasInitializer),
            "depthwise_regularizer": KerasConfig.regularizer(l2: depthwiseL2), "bias_regularizer": nil,
            "activity_regularizer": nil, "depthwise_constraint": nil, "bias_constraint": nil,
        ]
    }
}
