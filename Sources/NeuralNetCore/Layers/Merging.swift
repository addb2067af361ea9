import JSON

// Layers that join tensors element by element. Shapes are aligned at their last axes, and sizes of 1 are repeated, as
// in Keras: the factors of squeeze and excitation, `[channels]` or `[1, 1, channels]`, fit to an image.

extension Layer {
    /// The shape that all inputs have once they are repeated. Throws when they do not fit.
    fileprivate func mergedShape(_ inputs: [Shape], exactly count: Int? = nil) throws -> Shape {
        let isRight = count.map { inputs.count == $0 } ?? (inputs.count >= 2)
        guard isRight, let shape = RepeatedTensor.shape(of: inputs) else {
            throw NeuralNetError.incompatibleShape(
                layer: label,
                expected: "\(count == nil ? "two or more" : "two") tensors of one shape, or of sizes that "
                    + "are 1 where they differ", received: inputs)
        }
        return shape
    }
}

/// The sum of two or more tensors, element by element. No parameters.
public struct Add: Layer {
    public static let className = "Add"
    public var name: String

    public init(name: String = "") { self.name = name }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try mergedShape(inputs) }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        if context.inputShapes.allSatisfy({ $0 == context.outputShape }) {
            return AddKernel(count: context.outputShape.reduce(1, *))
        }
        return MergeKernel(.add, context)
    }

    public var config: [String: JSONValue] { [:] }
}

/// The first of two tensors less the second, element by element. No parameters.
public struct Subtract: Layer {
    public static let className = "Subtract"
    public var name: String

    public init(name: String = "") { self.name = name }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try mergedShape(inputs, exactly: 2) }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        MergeKernel(.subtract, context)
    }

    public var config: [String: JSONValue] { [:] }
}

/// The product of two or more tensors, element by element. No parameters.
public struct Multiply: Layer {
    public static let className = "Multiply"
    public var name: String

    public init(name: String = "") { self.name = name }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try mergedShape(inputs) }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        MergeKernel(.multiply, context)
    }

    public var config: [String: JSONValue] { [:] }
}

/// The mean of two or more tensors, element by element. No parameters.
public struct Average: Layer {
    public static let className = "Average"
    public var name: String

    public init(name: String = "") { self.name = name }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try mergedShape(inputs) }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        MergeKernel(.average, context)
    }

    public var config: [String: JSONValue] { [:] }
}

/// The largest of the values of two or more tensors, element by element; the gradient goes to the first of equal
/// ones. No parameters.
public struct Maximum: Layer {
    public static let className = "Maximum"
    public var name: String

    public init(name: String = "") { self.name = name }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try mergedShape(inputs) }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        MergeKernel(.maximum, context)
    }

    public var config: [String: JSONValue] { [:] }
}

/// The smallest of the values of two or more tensors, element by element; the gradient goes to the first of equal
/// ones. No parameters.
public struct Minimum: Layer {
    public static let className = "Minimum"
    public var name: String

    public init(name: String = "") { self.name = name }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try mergedShape(inputs) }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        MergeKernel(.minimum, context)
    }

    public var config: [String: JSONValue] { [:] }
}
