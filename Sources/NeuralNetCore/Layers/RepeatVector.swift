import JSON

/// The same vector several times: `[features]` to `[count, features]`. No parameters.
public struct RepeatVector: Layer {
    public static let className = "RepeatVector"
    public var name: String
    /// How often the vector comes.
    public var count: Int

    public init(_ count: Int, name: String = "") {
        self.count = count
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        try require(count > 0, "n", "positive", count)
        guard shape.count == 1 else {
            throw NeuralNetError.incompatibleShape(layer: label, expected: "[features]", received: inputs)
        }
        return [count, shape[0]]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        MergeKernel(.add, context)
    }

    public var config: [String: JSONValue] { ["n": .int(count)] }
}
