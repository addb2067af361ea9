import CKernels
import JSON

/// 2D convolution over images: `y[h, w, k] = b[k] + sum over i, j, c of x[h s + i d - p, w s + j d - p, c] W[i, j, c, k]`.
///
/// - Input: `[height, width, channels]`; output: `[height', width', filters]`.
/// - Parameters: `kernel` `[kernelHeight, kernelWidth, channels / groups, filters]`, `bias` `[filters]`.
/// - Cost: `2 height' width' filters kernelHeight kernelWidth channels` operations; 3x3 with stride 1 runs through
///   Winograd F(4x4, 3x3) with a quarter of the multiplications (Lavin, Gray, CVPR 2016).
public struct Conv2D: Layer {
    public static let className = "Conv2D"
    public var name: String
    /// Channels of the output.
    public var filters: Int
    /// Height and width of the window.
    public var kernelSize: (Int, Int)
    /// Rows and columns from one window to the next.
    public var strides: (Int, Int)
    /// What lies around the image: nothing, or zeros so that the output keeps its size at strides of 1.
    public var padding: Padding
    /// Rows and columns from one place of a window to the next; 1 for neighbours.
    public var dilationRate: (Int, Int)
    /// Channels and filters are divided into as many groups; a filter sees the channels of its own.
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
        _ filters: Int, kernelSize: (Int, Int), strides: (Int, Int) = (1, 1), padding: Padding = .valid,
        dilationRate: (Int, Int) = (1, 1), groups: Int = 1, activation: Activation = .linear, usesBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, kernelL2: Float = 0,
        name: String = ""
    ) {
        self.groups = groups
        self.filters = filters
        self.kernelSize = kernelSize
        self.strides = strides
        self.padding = padding
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
        _ filters: Int, kernelSize: Int, strides: Int = 1, padding: Padding = .valid, dilationRate: Int = 1,
        groups: Int = 1, activation: Activation = .linear, usesBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform,
        biasInitializer: Initializer = .zeros, kernelL2: Float = 0, name: String = ""
    ) {
        self.init(
            filters, kernelSize: (kernelSize, kernelSize), strides: (strides, strides), padding: padding,
            dilationRate: (dilationRate, dilationRate), groups: groups, activation: activation, usesBias: usesBias,
            kernelInitializer: kernelInitializer, biasInitializer: biasInitializer, kernelL2: kernelL2, name: name)
    }

    func geometry(_ inputs: [Shape]) throws -> ConvolutionGeometry {
        let (height, width, channels) = try singleImage(inputs)
        try require(filters > 0, "filters", "positive", filters)
        try require(kernelSize.0 > 0 && kernelSize.1 > 0, "kernelSize", "positive", kernelSize)
        try require(strides.0 > 0 && strides.1 > 0, "strides", "positive", strides)
        try require(dilationRate.0 > 0 && dilationRate.1 > 0, "dilationRate", "positive", dilationRate)
        try require(
            groups > 0 && channels % groups == 0 && filters % groups == 0, "groups",
            "a divisor of \(channels) channels and \(filters) filters", groups)
        return try ConvolutionGeometry(
            layer: label, height: height, width: width, channels: channels, kernel: kernelSize, strides: strides,
            dilation: dilationRate, padding: padding)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let geometry = try geometry(inputs)
        return [geometry.outputHeight, geometry.outputWidth, filters]
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        let channels = inputs[0][2] / groups, taps = kernelSize.0 * kernelSize.1
        var result = [
            ParameterSpecification(
                name: "kernel", shape: [kernelSize.0, kernelSize.1, channels, filters],
                initializer: kernelInitializer, fanIn: taps * channels, fanOut: taps * filters, l2: kernelL2)
        ]
        if usesBias {
            result.append(ParameterSpecification(name: "bias", shape: [filters], initializer: biasInitializer))
        }
        return result
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        let geometry = try geometry(context.inputShapes)
        if groups > 1 {
            if groups == geometry.channels, context.convolution == .automatic {
                return DepthwiseKernel(
                    geometry: geometry, multiplier: filters / groups, usesBias: usesBias, threads: context.threads,
                    isTraining: context.isTraining)
            }
            return GroupedConvolution(
                geometry: geometry, groups: groups, filters: filters, usesBias: usesBias, context: context)
        }
        if context.usesReferenceKernels {
            return Conv2DReferenceKernel(geometry: geometry, filters: filters, usesBias: usesBias)
        }
        if context.convolution == .im2col {
            return Im2ColConvolution(geometry: geometry, filters: filters, usesBias: usesBias, context: context)
        }
        if context.isQuantized, QuantizedConvolution.fits(geometry, filters: filters) {
            return QuantizedConvolution(geometry: geometry, filters: filters, usesBias: usesBias, context: context)
        }
        let method = ConvolutionTable.current.method(geometry, filters: filters, context: context)
        if context.isHalf, let kernel = predictionInHalf(geometry, method, context) { return kernel }
        switch method {
        case .direct:
            return DirectConvolution(geometry: geometry, filters: filters, usesBias: usesBias, context: context)
        case .matrices:
            return Im2ColConvolution(geometry: geometry, filters: filters, usesBias: usesBias, context: context)
        case .batched:
            return BatchedConvolution(geometry: geometry, filters: filters, usesBias: usesBias, context: context)
        case let winograd:
            return WinogradConvolution(
                geometry: geometry, filters: filters, usesBias: usesBias, tile: winograd.tile ?? 4, context: context)
        }
    }

    /// The kernel in bfloat16 that is for prediction only, where the others are slower: Winograd's products are a quarter
    /// as many, which tiles outdo.
    private func predictionInHalf(
        _ geometry: ConvolutionGeometry, _ method: ConvolutionMethod, _ context: KernelContext
    ) -> (any LayerKernel)? {
        let isWinograd = WinogradConvolution.fits(geometry, filters: filters) && fm_isa_used() != FM_AMX
        guard BFloat16Convolution.fits(geometry, filters: filters, context: context),
            !isWinograd || method == .batched,
            !DirectConvolution.trains(geometry, filters: filters)
        else { return nil }
        return BFloat16Convolution(geometry: geometry, filters: filters, usesBias: usesBias, context: context)
    }

    public var config: [String: JSONValue] {
        [
            "filters": .int(filters), "kernel_size": [.int(kernelSize.0), .int(kernelSize.1)],
            "strides": [.int(strides.0), .int(strides.1)], "padding": .string(padding.rawValue),
            "data_format": "channels_last", "dilation_rate": [.int(dilationRate.0), .int(dilationRate.1)],
            "groups": .int(groups), "activation": KerasConfig.activation(activation), "use_bias": .bool(usesBias),
            "kernel_initializer": KerasConfig.initializer(kernelInitializer),
            "bias_initializer": KerasConfig.initializer(biasInitializer),
            "kernel_regularizer": KerasConfig.regularizer(l2: kernelL2), "bias_regularizer": nil,
            "activity_regularizer": nil, "kernel_constraint": nil, "bias_constraint": nil,
        ]
    }
}
