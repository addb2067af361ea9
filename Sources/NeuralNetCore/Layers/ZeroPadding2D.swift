import JSON

/// Zeros around an image.
///
/// - Input: `[height, width, channels]`; output: `[top + height + bottom, left + width + right, channels]`. No
///   parameters.
public struct ZeroPadding2D: Layer {
    public static let className = "ZeroPadding2D"
    public var name: String
    /// Rows above.
    public var top: Int
    /// Rows below.
    public var bottom: Int
    /// Columns on the left.
    public var left: Int
    /// Columns on the right.
    public var right: Int

    public init(top: Int, bottom: Int, left: Int, right: Int, name: String = "") {
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
        self.name = name
    }

    /// The same on all sides.
    public init(_ padding: Int = 1, name: String = "") {
        self.init(top: padding, bottom: padding, left: padding, right: padding, name: name)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let (height, width, channels) = try singleImage(inputs)
        try require(
            [top, bottom, left, right].allSatisfy { $0 >= 0 }, "padding", "not negative", [top, bottom, left, right])
        return [top + height + bottom, left + width + right, channels]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        ZeroPaddingKernel(
            window: ImageWindow(large: context.outputShape, small: context.inputShapes[0], top: top, left: left))
    }

    public var config: [String: JSONValue] {
        [
            "padding": [[.int(top), .int(bottom)], [.int(left), .int(right)]], "data_format": "channels_last",
        ]
    }
}
