import JSON

/// A depthwise convolution of a sequence followed by a mixture of the channels.
///
/// - Input: `[steps, channels]`; output: `[steps', filters]`.
/// - Parameters: `depthwise_kernel` `[kernelSize, channels, depthMultiplier]`, `pointwise_kernel`
///   `[1, channels * depthMultiplier, filters]`, `bias` `[filters]`.
public struct SeparableConv1D: SequenceLayer {
    public static let className = "SeparableConv1D"
    public var name: String
    /// Channels of the output.
    public var filters: Int
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
    /// The first values of the kernel that mixes channels.
    public var pointwiseInitializer: Initializer
    /// The first values of the bias.
    public var biasInitializer: Initializer
    /// Factors of the L2 penalties on the two kernels.
    public var depthwiseL2: Float
    /// Factor of the L2 penalty on the kernel that mixes channels.
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
    /// Channels of the output.
    public var filters: Int
    /// Length of the window.
    public var kernelSize: Int
    /// Steps of the output for each of the input.
    public var strides: Int
    /// Whether the output is as long as the input times the strides, or holds all windows.
    public var padding: Padding
    /// What the output has beyond `s (steps - 1) + k - 2 padding`; nil for the usual size.
    public var outputPadding: Int?
    /// Steps from one place of a window to the next; 1 for neighbours.
    public var dilationRate: Int
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
