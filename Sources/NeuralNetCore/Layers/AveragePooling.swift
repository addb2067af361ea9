import JSON

/// The mean of each window, per channel; places outside the image do not count, as in TensorFlow.
///
/// - Input: `[height, width, channels]`; output: `[height', width', channels]`. No parameters.
public struct AveragePool2D: Layer {
    public static let className = "AveragePooling2D"
    public var name: String
    /// Height and width of the window.
    public var poolSize: (Int, Int)
    /// Rows and columns from one window to the next.
    public var strides: (Int, Int)
    /// Whether windows reach beyond the image, so that the output keeps its size at strides of 1.
    public var padding: Padding

    /// `strides` is the pool size unless given.
    public init(
        poolSize: (Int, Int) = (2, 2), strides: (Int, Int)? = nil, padding: Padding = .valid, name: String = ""
    ) {
        self.poolSize = poolSize
        self.strides = strides ?? poolSize
        self.padding = padding
        self.name = name
    }

    /// The same with square windows.
    public init(_ poolSize: Int, strides: Int? = nil, padding: Padding = .valid, name: String = "") {
        self.init(
            poolSize: (poolSize, poolSize), strides: strides.map { ($0, $0) }, padding: padding, name: name)
    }

    private func geometry(_ inputs: [Shape]) throws -> ConvolutionGeometry {
        let (height, width, channels) = try singleImage(inputs)
        try require(poolSize.0 > 0 && poolSize.1 > 0, "poolSize", "positive", poolSize)
        try require(strides.0 > 0 && strides.1 > 0, "strides", "positive", strides)
        return try ConvolutionGeometry(
            layer: label, height: height, width: width, channels: channels, kernel: poolSize, strides: strides,
            padding: padding)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let g = try geometry(inputs)
        return [g.outputHeight, g.outputWidth, g.channels]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        AveragePoolKernel(geometry: try geometry(context.inputShapes))
    }

    public var config: [String: JSONValue] {
        [
            "pool_size": [.int(poolSize.0), .int(poolSize.1)], "strides": [.int(strides.0), .int(strides.1)],
            "padding": .string(padding.rawValue), "data_format": "channels_last",
        ]
    }
}

/// The mean over all places, per channel: `[height, width, channels]` to `[channels]`, or to `[1, 1, channels]` with
/// `keepsDimensions`. No parameters. M. Lin et al., "Network in Network", 2014.
public struct GlobalAveragePool2D: Layer {
    public static let className = "GlobalAveragePooling2D"
    public var name: String
    /// Whether the output keeps the axes of places, with size 1.
    public var keepsDimensions: Bool

    public init(keepsDimensions: Bool = false, name: String = "") {
        self.keepsDimensions = keepsDimensions
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let channels = try singleImage(inputs).channels
        return keepsDimensions ? [1, 1, channels] : [channels]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        let shape = context.inputShapes[0]
        return AveragePoolKernel(
            geometry: try ConvolutionGeometry(
                layer: label, height: shape[0], width: shape[1], channels: shape[2], kernel: (shape[0], shape[1]),
                strides: (shape[0], shape[1]), padding: .valid))
    }

    public var config: [String: JSONValue] {
        ["data_format": "channels_last", "keepdims": .bool(keepsDimensions)]
    }
}
