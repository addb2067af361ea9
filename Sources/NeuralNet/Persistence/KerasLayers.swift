/// Makes layers from Keras's configurations.
enum KerasLayers {
    /// The layer of that class. Throws `NeuralNetError.file` naming the layer, and the field if it is one.
    static func make(className: String, reader: KerasConfigReader, name: String) throws -> any Layer {
        var r = reader
        var layer = try make(className, &r)
        layer.name = name
        try r.finish()
        return layer
    }

    private static func make(_ className: String, _ r: inout KerasConfigReader) throws -> any Layer {
        switch className {
        case "Conv2D", "Convolution2D": return try conv2D(&r)
        case "DepthwiseConv2D": return try depthwise(&r)
        case "SeparableConv2D", "SeparableConvolution2D": return try separable(&r)
        case "Dense": return try dense(&r)
        case "MaxPooling2D", "MaxPool2D":
            let size = try r.pair("pool_size", default: (2, 2))
            return MaxPool2D(poolSize: size, strides: try r.pair("strides", default: size), padding: try r.padding())
        case "AveragePooling2D", "AvgPool2D":
            let size = try r.pair("pool_size", default: (2, 2))
            return AveragePool2D(
                poolSize: size, strides: try r.pair("strides", default: size), padding: try r.padding())
        case "GlobalAveragePooling2D", "GlobalAvgPool2D":
            return GlobalAveragePool2D(keepsDimensions: try r.bool("keepdims", default: false))
        case "GlobalMaxPooling2D", "GlobalMaxPool2D":
            return GlobalMaxPool2D(keepsDimensions: try r.bool("keepdims", default: false))
        case "Flatten": return Flatten()
        case "Reshape":
            guard let shape = try r.ints("target_shape") else { throw r.failure("target_shape", "missing") }
            return Reshape(shape)
        case "Dropout": return Dropout(try r.float("rate"))
        case "BatchNormalization": return try batchNormalization(&r)
        case "Activation": return ActivationLayer(try r.activation())
        case "ReLU": return try relu(&r)
        case "LeakyReLU":
            let old = try r.float("alpha", default: 0.3)  // Keras 2's name
            return ActivationLayer(.leakyRelu(negativeSlope: try r.float("negative_slope", default: old)))
        case "ELU": return ActivationLayer(.elu(alpha: try r.float("alpha", default: 1)))
        case "Softmax":
            guard try r.int("axis", default: -1) == -1 else { throw r.failure("axis", "only -1 is supported") }
            return ActivationLayer(.softmax)
        case "PReLU":
            return PReLU(
                sharedAxes: try r.ints("shared_axes") ?? [],
                alphaInitializer: try r.initializer("alpha_initializer", default: .zeros))
        case "ZeroPadding2D": return try zeroPadding(&r)
        case "Add": return Add()
        case "Multiply": return Multiply()
        case "Concatenate": return Concatenate(axis: try r.int("axis", default: -1))
        case "Rescaling": return Rescaling(try r.floats("scale"), offset: try r.floats("offset", default: [0]))
        default:
            throw NeuralNetError.file(
                path: r.path, place: "layer '\(r.layer)'", reason: "class \(className) is not supported")
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

    private static func dense(_ r: inout KerasConfigReader) throws -> any Layer {
        Dense(
            try r.int("units"), activation: try r.activation(), usesBias: try r.bool("use_bias", default: true),
            kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            kernelL2: try r.l2("kernel_regularizer"))
    }

    private static func batchNormalization(_ r: inout KerasConfigReader) throws -> any Layer {
        _ = r.raw("axis")  // checked when the shapes are known
        for (name, expected) in [
            ("beta_initializer", Initializer.zeros), ("gamma_initializer", .ones),
            ("moving_mean_initializer", .zeros), ("moving_variance_initializer", .ones),
        ] {
            guard try r.initializer(name, default: expected) == expected else {
                throw r.failure(name, "only \(expected.rawValue) is supported")
            }
        }
        return BatchNormalization(
            momentum: try r.float("momentum", default: 0.99), epsilon: try r.float("epsilon", default: 1e-3),
            center: try r.bool("center", default: true), scale: try r.bool("scale", default: true))
    }

    private static func relu(_ r: inout KerasConfigReader) throws -> any Layer {
        let slope = try r.float("negative_slope", default: 0)
        if let limit = r.raw("max_value"), !limit.isNull {
            guard limit.doubleValue == 6, slope == 0 else {
                throw r.failure("max_value", "\(limit.text()) is not supported, only 6 without a slope")
            }
            return ActivationLayer(.relu6)
        }
        return ActivationLayer(slope == 0 ? .relu : .leakyRelu(negativeSlope: slope))
    }

    private static func zeroPadding(_ r: inout KerasConfigReader) throws -> any Layer {
        guard let value = r.raw("padding") else { return ZeroPadding2D(1) }
        if let all = value.intValue, all <= 65536 { return ZeroPadding2D(all) }
        guard let sides = value.arrayValue, sides.count == 2 else {
            throw r.failure("padding", "\(value.text()) is not two pairs of whole numbers in range")
        }
        let pairs = sides.compactMap { side -> (Int, Int)? in
            if let both = side.intValue, both <= 65536 { return (both, both) }
            guard let ends = side.arrayValue, ends.count == 2, let first = ends[0].intValue,
                let second = ends[1].intValue, first <= 65536, second <= 65536
            else { return nil }
            return (first, second)
        }
        guard pairs.count == 2 else {
            throw r.failure("padding", "\(value.text()) is not two pairs of whole numbers in range")
        }
        return ZeroPadding2D(top: pairs[0].0, bottom: pairs[0].1, left: pairs[1].0, right: pairs[1].1)
    }
}
