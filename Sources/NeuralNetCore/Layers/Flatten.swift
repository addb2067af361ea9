import JSON

/// The same values as one axis: `[height, width, channels]` to `[height * width * channels]`. Costs nothing.
public struct Flatten: Layer {
    public static let className = "Flatten"
    public var name: String

    public init(name: String = "") { self.name = name }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { [try single(inputs).reduce(1, *)] }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public var config: [String: JSONValue] { ["data_format": "channels_last"] }
}

/// The same values in another shape with as many elements. Costs nothing.
public struct Reshape: Layer {
    public static let className = "Reshape"
    public var name: String
    /// One axis may be -1: what remains.
    public var targetShape: [Int]

    public init(_ targetShape: [Int], name: String = "") {
        self.targetShape = targetShape
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let total = try single(inputs).reduce(1, *)
        try require(
            targetShape.allSatisfy { $0 > 0 || $0 == -1 } && targetShape.filter { $0 == -1 }.count <= 1,
            "targetShape", "positive sizes with at most one -1", targetShape)
        let known = targetShape.filter { $0 != -1 }.checkedCount ?? 0
        let shape = targetShape.map { $0 == -1 ? total / max(known, 1) : $0 }
        guard shape.checkedCount == total else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "of as many elements as \(targetShape)", received: inputs)
        }
        return shape
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public var config: [String: JSONValue] { ["target_shape": JSONValue(targetShape)] }
}
