import NeuralNetCore

extension KerasLayers {
    static func convolution(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "Conv2D", "Convolution2D": return try conv2D(&r)
        case "DepthwiseConv2D": return try depthwise(&r)
        case "SeparableConv2D", "SeparableConvolution2D": return try separable(&r)
        case "Conv2DTranspose", "Convolution2DTranspose": return try transposed(&r)
        case "Conv1D", "Convolution1D": return try conv1D(&r)
        case "DepthwiseConv1D": return try depthwise1D(&r)
        case "SeparableConv1D", "SeparableConvolution1D": return try separable1D(&r)
        case "Conv1DTranspose", "Convolution1DTranspose": return try transposed1D(&r)
        default: return nil
        }
    }

    private static func conv2D(_ r: inout KerasConfigReader) throws -> any Layer {
        Conv2D(
            try r.int("filters"), kernelSize: try r.pair("kernel_size"),
            strides: try r.pair("strides", default: (1, 1)),
            padding: try r.padding(), dilationRate: try r.pair("dilation_rate", default: (1, 1)),
            groups: try r.int("groups", default: 1), activation: try r.activation(),
            usesBias: try r.bool("use_bias", default: true),
            kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            kernelL2: try r.l2("kernel_regularizer"))
    }

    private static func depthwise(_ r: inout KerasConfigReader) throws -> any Layer {
        _ = r.raw("filters")  // null in files of Keras 2, like the two kernel fields
        _ = r.raw("kernel_initializer")
        _ = r.raw("kernel_regularizer")
        return DepthwiseConv2D(
            kernelSize: try r.pair("kernel_size"), strides: try r.pair("strides", default: (1, 1)),
            padding: try r.padding(), depthMultiplier: try r.int("depth_multiplier", default: 1),
            dilationRate: try r.pair("dilation_rate", default: (1, 1)), activation: try r.activation(),
            usesBias: try r.bool("use_bias", default: true),
            depthwiseInitializer: try r.initializer("depthwise_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            depthwiseL2: try r.l2("depthwise_regularizer"))
    }

    private static func separable(_ r: inout KerasConfigReader) throws -> any Layer {
        _ = r.raw("kernel_initializer")  // unused leftovers in files of Keras 2
        _ = r.raw("kernel_regularizer")
        return SeparableConv2D(
            try r.int("filters"), kernelSize: try r.pair("kernel_size"),
            strides: try r.pair("strides", default: (1, 1)),
            padding: try r.padding(), depthMultiplier: try r.int("depth_multiplier", default: 1),
            dilationRate: try r.pair("dilation_rate", default: (1, 1)), activation: try r.activation(),
            usesBias: try r.bool("use_bias", default: true),
            depthwiseInitializer: try r.initializer("depthwise_initializer", default: .glorotUniform),
            pointwiseInitializer: try r.initializer("pointwise_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            depthwiseL2: try r.l2("depthwise_regularizer"), pointwiseL2: try r.l2("pointwise_regularizer"))
    }

    private static func transposed(_ r: inout KerasConfigReader) throws -> any Layer {
        let padsOutput = r.raw("output_padding").map(\.isNull) == false
        return Conv2DTranspose(
            try r.int("filters"), kernelSize: try r.pair("kernel_size"),
            strides: try r.pair("strides", default: (1, 1)), padding: try r.padding(),
            outputPadding: padsOutput ? try r.pair("output_padding") : nil,
            dilationRate: try r.pair("dilation_rate", default: (1, 1)), activation: try r.activation(),
            usesBias: try r.bool("use_bias", default: true),
            kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            kernelL2: try r.l2("kernel_regularizer"))
    }
}

// Over sequences.
extension KerasLayers {
    private static func conv1D(_ r: inout KerasConfigReader) throws -> any Layer {
        let isCausal = try r.string("padding", default: "valid").lowercased() == "causal"
        return Conv1D(
            try r.int("filters"), kernelSize: try r.single("kernel_size"), strides: try r.single("strides", default: 1),
            padding: isCausal ? .valid : try r.padding(), isCausal: isCausal,
            dilationRate: try r.single("dilation_rate", default: 1), groups: try r.int("groups", default: 1),
            activation: try r.activation(), usesBias: try r.bool("use_bias", default: true),
            kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            kernelL2: try r.l2("kernel_regularizer"))
    }

    private static func depthwise1D(_ r: inout KerasConfigReader) throws -> any Layer {
        _ = r.raw("filters")  // null in files of Keras 2, like the two kernel fields
        _ = r.raw("kernel_initializer")
        _ = r.raw("kernel_regularizer")
        return DepthwiseConv1D(
            kernelSize: try r.single("kernel_size"), strides: try r.single("strides", default: 1),
            padding: try r.padding(), depthMultiplier: try r.int("depth_multiplier", default: 1),
            dilationRate: try r.single("dilation_rate", default: 1), activation: try r.activation(),
            usesBias: try r.bool("use_bias", default: true),
            depthwiseInitializer: try r.initializer("depthwise_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            depthwiseL2: try r.l2("depthwise_regularizer"))
    }

    private static func separable1D(_ r: inout KerasConfigReader) throws -> any Layer {
        _ = r.raw("kernel_initializer")  // unused leftovers in files of Keras 2
        _ = r.raw("kernel_regularizer")
        return SeparableConv1D(
            try r.int("filters"), kernelSize: try r.single("kernel_size"), strides: try r.single("strides", default: 1),
            padding: try r.padding(), depthMultiplier: try r.int("depth_multiplier", default: 1),
            dilationRate: try r.single("dilation_rate", default: 1), activation: try r.activation(),
            usesBias: try r.bool("use_bias", default: true),
            depthwiseInitializer: try r.initializer("depthwise_initializer", default: .glorotUniform),
            pointwiseInitializer: try r.initializer("pointwise_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            depthwiseL2: try r.l2("depthwise_regularizer"), pointwiseL2: try r.l2("pointwise_regularizer"))
    }

    private static func transposed1D(_ r: inout KerasConfigReader) throws -> any Layer {
        let padsOutput = r.raw("output_padding").map(\.isNull) == false
        return Conv1DTranspose(
            try r.int("filters"), kernelSize: try r.single("kernel_size"), strides: try r.single("strides", default: 1),
            padding: try r.padding(), outputPadding: padsOutput ? try r.single("output_padding") : nil,
            dilationRate: try r.single("dilation_rate", default: 1), activation: try r.activation(),
            usesBias: try r.bool("use_bias", default: true),
            kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            kernelL2: try r.l2("kernel_regularizer"))
    }
}
