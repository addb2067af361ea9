import JSON

/// An image without its borders.
///
/// - Input: `[height, width, channels]`; output: `[height - top - bottom, width - left - right, channels]`. No
///   parameters.
public struct Cropping2D: Layer {
    public static let className = "Cropping2D"
    public var name: String
    /// Rows cut off above.
    public var top: Int
    /// Rows cut off below.
    public var bottom: Int
    /// Columns cut off on the left.
    public var left: Int
    /// Columns cut off on the right.
    public var right: Int

    public init(top: Int, bottom: Int, left: Int, right: Int, name: String = "") {
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
        self.name = name
    }

    /// The same on all sides.
    public init(_ cropping: Int, name: String = "") {
        self.init(top: cropping, bottom: cropping, left: cropping, right: cropping, name: name)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let (height, width, channels) = try singleImage(inputs)
        try require(
            [top, bottom, left, right].allSatisfy { $0 >= 0 }, "cropping", "not negative", [top, bottom, left, right])
        guard top + bottom < height, left + right < width else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "larger than what is cut off, \(top + bottom)x\(left + right)",
                received: inputs)
        }
        return [height - top - bottom, width - left - right, channels]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        CroppingKernel(
            window: ImageWindow(large: context.inputShapes[0], small: context.outputShape, top: top, left: left))
    }

    public var config: [String: JSONValue] {
        ["cropping": [[.int(top), .int(bottom)], [.int(left), .int(right)]], "data_format": "channels_last"]
    }
}
