import JSON

/// A layer's hyper-parameters: a value that can say what it makes of a shape, which parameters it needs, and how it
/// computes. Weights live in the `Model`, memory in an `Executor`.
public protocol Layer: Sendable {
    /// The class name that Keras uses in `model_config`.
    static var className: String { get }

    /// The layer's name in its model; empty until the model gives one (`conv2d`, `conv2d_1`, ...).
    var name: String { get set }

    /// The output shape for the given input shapes. Throws `NeuralNetError` when they do not fit.
    func outputShape(_ inputs: [Shape]) throws -> Shape

    /// The weights, in Keras's order. Called only with shapes that `outputShape` accepted.
    func parameters(_ inputs: [Shape]) -> [ParameterSpecification]

    /// Applied to what the kernel computes; `.linear` for layers without an activation.
    var activation: Activation { get }

    /// The computation for fixed shapes, or nil if the output is the input seen differently (Flatten, or Dropout
    /// when not training).
    func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)?

    /// The steps that compute the layer: the one kernel, unless a layer is made of several (SeparableConv2D).
    func makeSteps(_ context: KernelContext) throws -> [LayerStep]

    /// Keras's configuration fields without `name`, as written to `model_config`.
    var config: [String: JSONValue] { get }
}

extension Layer {
    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] { [] }
    public var activation: Activation { .linear }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        guard let kernel = try makeKernel(context) else { return [] }
        let parameters = self.parameters(context.inputShapes).count
        return [LayerStep(kernel: kernel, outputCount: context.outputShape.reduce(1, *), parameters: 0..<parameters)]
    }

    /// The name, or the class for a layer that has none yet: for error messages.
    public var label: String { name.isEmpty ? Self.className : "\(Self.className) '\(name)'" }

    /// The only input shape, for layers with one input. Throws when there are more or fewer.
    func single(_ inputs: [Shape]) throws -> Shape {
        guard inputs.count == 1 else {
            throw NeuralNetError.incompatibleShape(layer: label, expected: "one tensor", received: inputs)
        }
        return inputs[0]
    }

    /// The only input shape as height, width, channels.
    func singleImage(_ inputs: [Shape]) throws -> (height: Int, width: Int, channels: Int) {
        let shape = try single(inputs)
        guard shape.count == 3 else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "[height, width, channels]", received: inputs)
        }
        return (shape[0], shape[1], shape[2])
    }

    func require(_ condition: Bool, _ field: String, _ expected: String, _ received: Any) throws {
        if !condition {
            throw NeuralNetError.invalidArgument(
                layer: label, field: field, expected: expected, received: "\(received)")
        }
    }
}
