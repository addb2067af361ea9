import JSON

/// Fully connected layer: `y = x W + b`.
///
/// - Input: `[features]`, or any shape with that as its last axis; output: the same with `units`.
/// - Parameters: `kernel` `[features, units]`, `bias` `[units]`.
/// - Cost: `2 features units` operations per row.
public struct Dense: Layer {
    public static let className = "Dense"
    public var name: String
    /// Values of the output.
    public var units: Int
    /// Applied to each output.
    public var activation: Activation
    /// Whether a number for each output is added.
    public var usesBias: Bool
    /// The first values of the kernel.
    public var kernelInitializer: Initializer
    /// The first values of the bias.
    public var biasInitializer: Initializer
    /// Factor of the L2 penalty on the kernel.
    public var kernelL2: Float

    public init(
        _ units: Int, activation: Activation = .linear, usesBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, kernelL2: Float = 0,
        name: String = ""
    ) {
        self.units = units
        self.activation = activation
        self.usesBias = usesBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.kernelL2 = kernelL2
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        try require(units > 0, "units", "positive", units)
        guard !shape.isEmpty else {
            throw NeuralNetError.incompatibleShape(layer: label, expected: "at least one axis", received: inputs)
        }
        return shape.dropLast() + [units]
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        let features = inputs[0].last ?? 1
        var result = [
            ParameterSpecification(
                name: "kernel", shape: [features, units], initializer: kernelInitializer, fanIn: features,
                fanOut: units, l2: kernelL2)
        ]
        if usesBias {
            result.append(ParameterSpecification(name: "bias", shape: [units], initializer: biasInitializer))
        }
        return result
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        let shape = context.inputShapes[0]
        if context.isQuantized, shape.count == 1 {
            // A dense layer is a convolution of one pixel.
            let geometry = try ConvolutionGeometry(
                layer: label, height: 1, width: 1, channels: shape[0], kernel: (1, 1), strides: (1, 1), padding: .valid)
            if QuantizedConvolution.fits(geometry, filters: units) {
                return QuantizedConvolution(geometry: geometry, filters: units, usesBias: usesBias, context: context)
            }
        }
        if context.isHalf {
            let geometry = try ConvolutionGeometry(
                layer: label, height: shape.dropLast().reduce(1, *), width: 1, channels: shape.last ?? 1,
                kernel: (1, 1), strides: (1, 1), padding: .valid)
            if BFloat16Convolution.fits(geometry, filters: units, context: context) {
                return BFloat16Convolution(geometry: geometry, filters: units, usesBias: usesBias, context: context)
            }
        }
        return DenseKernel(
            features: shape.last ?? 1, units: units, rows: shape.dropLast().reduce(1, *), usesBias: usesBias,
            maximumRows: shape.dropLast().reduce(1, *) * context.maximumBatch, isTraining: context.isTraining,
            isHalf: context.isHalf && units >= 16)
    }

    public var config: [String: JSONValue] {
        [
            "units": .int(units), "activation": KerasConfig.activation(activation), "use_bias": .bool(usesBias),
            "kernel_initializer": KerasConfig.initializer(kernelInitializer),
            "bias_initializer": KerasConfig.initializer(biasInitializer),
            "kernel_regularizer": KerasConfig.regularizer(l2: kernelL2), "bias_regularizer": nil,
            "kernel_constraint": nil, "bias_constraint": nil,
        ]
    }
}
