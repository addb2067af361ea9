import JSON

/// An input of a model, Keras's `InputLayer`: also of a model inside a model, where it hands on what it is given.
public struct InputLayer: Layer {
    public static let className = "InputLayer"
    public var name: String
    /// Without the batch.
    public let shape: Shape

    public init(_ shape: Shape, name: String = "") {
        self.shape = shape
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        try require(!shape.isEmpty && shape.allSatisfy { $0 > 0 }, "shape", "positive sizes", shape)
        guard inputs.allSatisfy({ $0 == shape }) else {
            throw NeuralNetError.incompatibleShape(layer: label, expected: "\(shape)", received: inputs)
        }
        return shape
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public var config: [String: JSONValue] {
        ["batch_shape": .array([.null] + shape.map(JSONValue.int)), "dtype": "float32", "sparse": false]
    }
}
