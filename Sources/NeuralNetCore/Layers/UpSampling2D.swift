import JSON

/// An image enlarged by whole factors.
///
/// - Input: `[height, width, channels]`; output: `[height size.0, width size.1, channels]`. No parameters.
public struct UpSampling2D: Layer {
    public static let className = "UpSampling2D"
    public var name: String
    /// Rows and columns for each of the input.
    public var size: (Int, Int)
    /// How new pixels are made of old ones.
    public var interpolation: Interpolation

    public init(size: (Int, Int) = (2, 2), interpolation: Interpolation = .nearest, name: String = "") {
        self.size = size
        self.interpolation = interpolation
        self.name = name
    }

    /// The same factor for rows and columns.
    public init(_ size: Int, interpolation: Interpolation = .nearest, name: String = "") {
        self.init(size: (size, size), interpolation: interpolation, name: name)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let (height, width, channels) = try singleImage(inputs)
        try require(size.0 > 0 && size.1 > 0, "size", "positive", size)
        return [height * size.0, width * size.1, channels]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        ResamplingKernel(input: context.inputShapes[0], output: context.outputShape, interpolation)
    }

    public var config: [String: JSONValue] {
        [
            "size": [.int(size.0), .int(size.1)], "interpolation": .string(interpolation.rawValue),
            "data_format": "channels_last",
        ]
    }
}
