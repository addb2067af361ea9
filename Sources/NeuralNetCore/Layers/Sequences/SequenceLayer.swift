/// A layer over sequences, `[steps, channels]`, that does to them what another does to an image of one row.
public protocol SequenceLayer: Layer {
    /// The layer for images.
    var planar: any Layer { get }
}

extension SequenceLayer {
    /// What `body` makes of the sequence as an image. Throws when it is none, or what `body` throws in terms of this
    /// layer.
    private func asImage<T>(_ inputs: [Shape], _ body: ([Shape]) throws -> T) throws -> T {
        let shape = try single(inputs)
        guard shape.count == 2 else {
            throw NeuralNetError.incompatibleShape(layer: label, expected: "[steps, channels]", received: inputs)
        }
        do {
            return try body([[1] + shape])
        } catch NeuralNetError.incompatibleShape(_, let expected, _) {
            throw NeuralNetError.incompatibleShape(layer: label, expected: expected, received: inputs)
        } catch let error as NeuralNetError {
            throw error.about(label)
        }
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try asImage(inputs, planar.outputShape)
        return shape.count == 3 ? Array(shape.dropFirst()) : shape
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        planar.parameters([[1] + inputs[0]]).map {
            var specification = $0
            if specification.shape.count == 4 { specification.shape.removeFirst() }
            return specification
        }
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        var inner = context
        inner.inputShapes = [[1] + context.inputShapes[0]]
        inner.outputShape = try planar.outputShape(inner.inputShapes)
        return try planar.makeSteps(inner)
    }
}
