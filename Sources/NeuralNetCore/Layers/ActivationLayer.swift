import JSON

/// Applies an activation to each element (softmax: along the last axis).
///
/// Input and output have the same shape. No parameters. Keras's `Activation`, `ReLU`, `LeakyReLU`, `ELU` and
/// `Softmax` layers all become this one.
public struct ActivationLayer: Layer {
    public static let className = "Activation"
    public var name: String
    /// What is applied to each value.
    public var function: Activation

    public init(_ function: Activation, name: String = "") {
        self.function = function
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape { try single(inputs) }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        function == .linear ? nil : ActivationKernel(function, shape: context.outputShape)
    }

    public var config: [String: JSONValue] { ["activation": KerasConfig.activation(function)] }
}
