import JSON

/// Softmax along axes of choice; along the last one `ActivationLayer(.softmax)` is the same.
///
/// Input and output have the same shape. No parameters. The batch is axis 0, as in Keras.
public struct Softmax: Layer {
    public static let className = "Softmax"
    public var name: String
    /// The axes whose values together have the sum 1; the batch is axis 0, -1 the last one.
    public var axis: [Int]

    /// Along one axis, the last unless given.
    public init(axis: Int = -1, name: String = "") { self.init(axes: [axis], name: name) }

    /// Along several axes at once: all their values together have the sum 1.
    public init(axes: [Int], name: String = "") {
        axis = axes
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        _ = try places(of: axis, in: shape)
        return shape
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        try steps(along: places(of: axis, in: context.inputShapes[0]), context) { inner in
            let rows = inner.inputShapes[0].dropLast(axis.count).reduce(1, *)
            let columns = inner.inputShapes[0].suffix(axis.count).reduce(1, *)
            return ActivationKernel(.softmax, shape: [rows, columns])
        }
    }

    public var config: [String: JSONValue] { ["axis": axis.count == 1 ? .int(axis[0]) : JSONValue(axis)] }
}
