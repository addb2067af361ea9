import JSON

/// A recurrent layer and its mirror image, which goes the other way; their outputs side by side.
///
/// - Input: `[steps, features]`; output: `[2 units]`, or `[steps, 2 units]` in the order of the input.
/// - Parameters: those of the layer, then those of its mirror image.
/// - M. Schuster, K. Paliwal, "Bidirectional Recurrent Neural Networks", 1997.
public struct Bidirectional: Layer {
    public static let className = "Bidirectional"
    public var name: String
    /// The recurrent layer: an `LSTM`, a `GRU` or a `SimpleRNN`.
    public var layer: any Layer

    public init(_ layer: any Layer, name: String = "") {
        self.layer = layer
        self.name = name
    }

    private var core: RecurrentCore? { (layer as? any RecurrentLayer)?.core }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        guard let core else {
            throw NeuralNetError.invalidArgument(
                layer: label, field: "layer", expected: "an LSTM, a GRU or a SimpleRNN",
                received: type(of: layer).className)
        }
        let shape = try core.outputShape(inputs, of: self)
        return shape.dropLast() + [2 * core.units]
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        guard let core else { return [] }
        return core.parameters(inputs[0], prefix: "forward_") + core.parameters(inputs[0], prefix: "backward_")
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public func makeSteps(_ context: KernelContext) throws -> [LayerStep] {
        guard let core else { return [] }
        return core.steps(context, directions: [core.goesBackwards, !core.goesBackwards], keepsOrder: true)
    }

    public var config: [String: JSONValue] {
        var inner = layer.config
        inner["name"] = .string(layer.name.isEmpty ? "\(name)_layer" : layer.name)
        return [
            "layer": KerasConfig.object(type(of: layer).className, module: "keras.layers", config: inner),
            "merge_mode": "concat",
        ]
    }
}
