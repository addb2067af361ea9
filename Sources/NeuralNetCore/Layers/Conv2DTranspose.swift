import JSON

/// The reverse of a convolution: each pixel of the input is spread by the kernel over a window of the output.
///
/// - Input: `[height, width, channels]`; output: `[height', width', filters]`, with stride `s` and kernel `k` as
///   large as
///   `s height`, or with padding `.valid` `s height + max(k - s, 0)`.
/// - Parameters: `kernel` `[kernelHeight, kernelWidth, filters, channels]`, `bias` `[filters]`.
/// - Cost: `2 height width channels filters kernelHeight kernelWidth` operations.
/// - M. Zeiler et al., "Deconvolutional Networks", CVPR 2010.
public struct Conv2DTranspose: Layer {
    public static let className = "Conv2DTranspose"
    public var name: String
    /// Channels of the output.
    public var filters: Int
    /// Height and width of the window.
    public var kernelSize: (Int, Int)
    /// Rows and columns of the output for each of the input.
    public var strides: (Int, Int)
    /// Whether the output is as large as the input times the strides, or holds all windows.
    public var padding: Padding
    /// What the output has beyond `s (height - 1) + k - 2 padding`; nil for the sizes above.
    public var outputPadding: (Int, Int)?
    /// Rows and columns from one place of a window to the next; 1 for neighbours.
    public var dilationRate: (Int, Int)
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
        _ filters: Int, kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid,
        outputPadding: (Int, Int)? = nil, dilationRate: (Int, Int) = (1, 1), activation: Activation = .linear,
        usesBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelL2: Float = 0, name: String = ""
    ) {
        self.filters = filters
        self.kernelSize = kernelSize
        self.strides = strides
        self.padding = padding
        self.outputPadding = outputPadding
        self.dilationRate = dilationRate
        self.activation = activation
        self.usesBias = usesBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.kernelL2 = kernelL2
        self.name = name
    }

    /// The same with square kernel and strides.
    public init(
        _ filters: Int, kernelSize: Int, strides: Int = 1, padding: Padding = .valid,
        activation: Activation = .linear, usesBias: Bool = true, name: String = ""
    ) {
        self.init(
            filters, kernelSize: (kernelSize, kernelSize), strides: (strides, strides), padding: padding,
            activation: activation, usesBias: usesBias, name: name)
    }

    /// Of the convolution that makes the input's shape from the output's.
    private func geometry(_ inputs: [Shape]) throws -> ConvolutionGeometry {
        let (height, width, _) = try singleImage(inputs)
        try require(filters > 0, "filters", "positive", filters)
        try require(kernelSize.0 > 0 && kernelSize.1 > 0, "kernelSize", "positive", kernelSize)
        try require(strides.0 > 0 && strides.1 > 0, "strides", "positive", strides)
        try require(dilationRate.0 > 0 && dilationRate.1 > 0, "dilationRate", "positive", dilationRate)
        if let outputPadding {
            try require(
                (0..<strides.0).contains(outputPadding.0) && (0..<strides.1).contains(outputPadding.1),
                "outputPadding", "less than the strides \(strides)", outputPadding)
        }
        func resized(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ extra: Int?) -> Int {
            let extent = (kernel - 1) * dilation + 1
            if let extra { return (size - 1) * stride + extent - (padding == .same ? extent / 2 * 2 : 0) + extra }
            return size * stride + (padding == .valid ? max(extent - stride, 0) : 0)
        }
        let output = [
            resized(height, kernelSize.0, strides.0, dilationRate.0, outputPadding?.0),
            resized(width, kernelSize.1, strides.1, dilationRate.1, outputPadding?.1),
        ]
        let geometry = try ConvolutionGeometry(
            layer: label, height: output[0], width: output[1], channels: filters, kernel: kernelSize,
            strides: strides, dilation: dilationRate, padding: padding)
        guard geometry.outputHeight == height, geometry.outputWidth == width else {
            throw NeuralNetError.incompatibleShape(
                layer: label,
                expected: "what a convolution of \(output[0])x\(output[1]) pixels gives, "
                    + "\(geometry.outputHeight)x\(geometry.outputWidth) pixels", received: inputs)
        }
        return geometry
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let geometry = try geometry(inputs)
        return [geometry.height, geometry.width, filters]
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        let channels = inputs[0][2], taps = kernelSize.0 * kernelSize.1
        var result = [
            ParameterSpecification(
                name: "kernel", shape: [kernelSize.0, kernelSize.1, filters, channels],
                initializer: kernelInitializer, fanIn: taps * filters, fanOut: taps * channels, l2: kernelL2)
        ]
        if usesBias {
            result.append(ParameterSpecification(name: "bias", shape: [filters], initializer: biasInitializer))
        }
        return result
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        TransposedConvolution(
            geometry: try geometry(context.inputShapes), channels: context.inputShapes[0][2], usesBias: usesBias,
            context: context)
    }

    public var config: [String: JSONValue] {
        [
            "filters": .int(filters), "kernel_size": [.int(kernelSize.0), .int(kernelSize.1)],
            "strides": [.int(strides.0), .int(strides.1)], "padding": .string(padding.rawValue),
            "output_padding": outputPadding.map { [.int($0.0), .int($0.1)] } ?? .null,
            "data_format": "channels_last", "dilation_rate": [.int(dilationRate.0), .int(dilationRate.1)],
            "activation": KerasConfig.activation(activation), "use_bias": .bool(usesBias),
            "kernel_initializer": KerasConfig.initializer(kernelInitializer),
            "bias_initializer": KerasConfig.initializer(biasInitializer),
            "kernel_regularizer": KerasConfig.regularizer(l2: kernelL2), "bias_regularizer": nil,
            "activity_regularizer": nil, "kernel_constraint": nil, "bias_constraint": nil,
        ]
    }
}
