import JSON

/// Exchanges the axes of a sample.
///
/// - Input: any shape; output: its axes in the order `dims`, counted from 1 as in Keras. No parameters.
public struct Permute: Layer {
    public static let className = "Permute"
    public var name: String
    /// The input's axis that becomes each axis of the output, from 1.
    public var dims: [Int]

    public init(_ dims: [Int], name: String = "") {
        self.dims = dims
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        try require(dims.sorted() == Array(1..<shape.count + 1), "dims", "the axes of \(shape), from 1", dims)
        return dims.map { shape[$0 - 1] }
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        TransposeKernel(context.inputShapes[0], order: dims.map { $0 - 1 })
    }

    public var config: [String: JSONValue] { ["dims": JSONValue(dims)] }
}
