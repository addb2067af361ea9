import JSON

/// Tensors put one after another along an axis; all other axes must agree. No parameters.
public struct Concatenate: Layer {
    public static let className = "Concatenate"
    public var name: String
    /// As in Keras: -1 is the last axis, the batch is axis 0.
    public var axis: Int

    public init(axis: Int = -1, name: String = "") {
        self.axis = axis
        self.name = name
    }

    private func place(_ rank: Int) -> Int { axis < 0 ? rank + axis : axis - 1 }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let rank = inputs.first?.count ?? 0, place = place(rank)
        try require(place >= 0 && place < rank, "axis", "an axis of the inputs other than the batch", axis)
        func others(_ shape: Shape) -> Shape {
            var shape = shape
            if place < shape.count { shape[place] = 0 }
            return shape
        }
        guard inputs.count >= 2, Set(inputs.map(others)).count == 1 else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "two or more tensors that differ in axis \(axis) only", received: inputs)
        }
        var shape = inputs[0]
        shape[place] = inputs.reduce(0) { $0 + $1[place] }
        return shape
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        let place = place(context.outputShape.count)
        return ConcatenateKernel(
            rows: context.outputShape[..<place].reduce(1, *),
            columns: context.inputShapes.map { $0[place...].reduce(1, *) })
    }

    public var config: [String: JSONValue] { ["axis": .int(axis)] }
}
