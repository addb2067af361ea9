import JSON

/// A depthwise convolution of a sequence followed by a mixture of the channels.
///
/// - Input: `[steps, channels]`; output: `[steps', filters]`.
/// - Parameters: `depthwise_kernel` `[kernelSize, channels, depthMultiplier]`, `pointwise_kernel`
///   `[1, channels * depthMultiplier, filters]`, `bias` `[filters]`.
public struct SeparableConv1D: SequenceLayer {
    public static let className = "SeparableConv1D"
    public var name: String
    public var filters: Int
    public var kernelSize: Int
    public var strides: Int
    public var padding: Padding
    public var depthMultiplier: Int
    public var dilationRate: Int
    public var activation: Activation
    public var usesBias: Bool
    public var depthwiseInitializer: Initializer
    public var pointwiseInitializer: Initializer
    public var biasInitializer: Initializer
    /// Factors of the L2 penalties on the two kernels.
    public var depthwiseL2: Float
    public var pointwiseL2: Float

    public init(
        _ filters: Int, kernelSize: Int, strides: Int = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
        dilationRate: Int = 1, activation: Activation = .linear, usesBias: Bool = true,
        depthwiseInitializer: Initializer = .glorotUniform, pointwiseInitializer: Initializer = .glorotUniform,
        biasInitializer: Initializer = .zeros, depthwiseL2: Float = 0, pointwiseL2: Float = 0, name: String = ""
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

    public var planar: any Layer {
        SeparableConv2D(
            filters, kernelSize: (1, kernelSize), strides: (1, strides), padding: padding,
            depthMultiplier: depthMultiplier, dilationRate: (1, dilationRate), usesBias: usesBias,
            depthwiseInitializer: depthwiseInitializer, pointwiseInitializer: pointwiseInitializer,
            biasInitializer: biasInitializer, depthwiseL2: depthwiseL2, pointwiseL2: pointwiseL2, name: name)
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

/// The reverse of a convolution of a sequence: see `Conv2DTranspose`.
///
/// - Input: `[steps, channels]`; output: `[steps', filters]`.
/// - Parameters: `kernel` `[kernelSize, filters, channels]`, `bias` `[filters]`.
public struct Conv1DTranspose: SequenceLayer {
    public static let className = "Conv1DTranspose"
    public var name: String
    public var filters: Int
    public var kernelSize: Int
    public var strides: Int
    public var padding: Padding
    /// What the output has beyond `s (steps - 1) + k - 2 padding`; nil for the usual size.
    public var outputPadding: Int?
    public var dilationRate: Int
    public var activation: Activation
    public var usesBias: Bool
    public var kernelInitializer: Initializer
    public var biasInitializer: Initializer
    /// Factor of the L2 penalty on the kernel.
    public var kernelL2: Float

    public init(
        _ filters: Int, kernelSize: Int, strides: Int = 1, padding: Padding = .valid, outputPadding: Int? = nil,
        dilationRate: Int = 1, activation: Activation = .linear, usesBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, kernelL2: Float = 0,
        name: String = ""
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

    public var planar: any Layer {
        // One row stays one row: a window of 1 moved by 1.
        Conv2DTranspose(
            filters, kernelSize: (1, kernelSize), strides: (1, strides), padding: padding,
            outputPadding: outputPadding.map { (0, $0) }, dilationRate: (1, dilationRate), usesBias: usesBias,
            kernelInitializer: kernelInitializer, biasInitializer: biasInitializer, kernelL2: kernelL2, name: name)
    }

    public var config: [String: JSONValue] {
        var config = planar.config
        config["kernel_size"] = [.int(kernelSize)]
        config["strides"] = [.int(strides)]
        config["dilation_rate"] = [.int(dilationRate)]
        config["output_padding"] = outputPadding.map { .int($0) } ?? .null
        config["activation"] = KerasConfig.activation(activation)
        return config
    }
}
