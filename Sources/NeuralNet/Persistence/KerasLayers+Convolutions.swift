extension KerasLayers {
    static func convolution(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "Conv2D", "Convolution2D": return try conv2D(&r)
        case "DepthwiseConv2D": return try depthwise(&r)
        case "SeparableConv2D", "SeparableConvolution2D": return try separable(&r)
        default: return nil
        }
    }

    private static func conv2D(_ r: inout KerasConfigReader) throws -> any Layer {
        Conv2D(
            try r.int("filters"), kernelSize: try r.pair("kernel_size"),
            strides: try r.pair("strides", default: (1, 1)),
            padding: try r.padding(), dilationRate: try r.pair("dilation_rate", default: (1, 1)),
            activation: try r.activation(), usesBias: try r.bool("use_bias", default: true),
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
}
