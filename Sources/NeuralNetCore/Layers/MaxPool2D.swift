import JSON

/// The largest value of each window, per channel.
///
/// - Input: `[height, width, channels]`; output: `[height', width', channels]`. No parameters.
/// - The gradient goes to the first of equal maxima, as in TensorFlow.
public struct MaxPool2D: Layer {
    public static let className = "MaxPooling2D"
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

    func geometry(_ inputs: [Shape]) throws -> ConvolutionGeometry {
        let (height, width, channels) = try singleImage(inputs)
        try require(
            poolSize.0 > 0 && poolSize.1 > 0 && poolSize.0 * poolSize.1 <= 256, "poolSize",
            "positive with at most 256 places", poolSize)
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
        MaxPoolKernel(
            geometry: try geometry(context.inputShapes), maximumBatch: context.maximumBatch,
            isTraining: context.isTraining)
    }

    public var config: [String: JSONValue] {
        [
            "pool_size": [.int(poolSize.0), .int(poolSize.1)], "strides": [.int(strides.0), .int(strides.1)],
            "padding": .string(padding.rawValue), "data_format": "channels_last",
        ]
    }
}

/// The largest value of all places, per channel: `[height, width, channels]` to `[channels]`, or to `[1, 1, channels]`
/// with `keepsDimensions`. No parameters. The gradient goes to the first of equal maxima.
public struct GlobalMaxPool2D: Layer {
    public static let className = "GlobalMaxPooling2D"
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
        GlobalMaxPoolKernel(
            pixels: context.inputShapes[0][0] * context.inputShapes[0][1], channels: context.inputShapes[0][2],
            maximumBatch: context.maximumBatch, isTraining: context.isTraining)
    }

    public var config: [String: JSONValue] {
        ["data_format": "channels_last", "keepdims": .bool(keepsDimensions)]
    }
}
