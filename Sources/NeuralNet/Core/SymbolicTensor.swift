/// The output of a layer while a model is being described (Keras's `KerasTensor`): what connects layers in the
/// functional style. Shapes are checked when the `Model` is made.
public final class SymbolicTensor: Sendable {
    let layer: (any Layer)?
    let inputs: [SymbolicTensor]
    /// The shape, for inputs.
    let inputShape: Shape?
    let name: String

    init(layer: any Layer, inputs: [SymbolicTensor]) {
        self.layer = layer
        self.inputs = inputs
        self.inputShape = nil
        self.name = layer.name
    }

    init(input shape: Shape, name: String) {
        self.layer = nil
        self.inputs = []
        self.inputShape = shape
        self.name = name
    }
}

/// A model's input: the shape of one sample, `[height, width, channels]` or `[features]`.
public func Input(_ shape: Shape, name: String = "") -> SymbolicTensor {
    SymbolicTensor(input: shape, name: name)
}

extension Layer {
    /// Applies the layer to tensors in the functional style. Each call makes a layer with weights of its own.
    public func callAsFunction(_ inputs: SymbolicTensor...) -> SymbolicTensor {
        SymbolicTensor(layer: self, inputs: inputs)
    }

    public func callAsFunction(_ inputs: [SymbolicTensor]) -> SymbolicTensor {
        SymbolicTensor(layer: self, inputs: inputs)
    }
}

/// Collects layers in the Sequential style; `if`, `if`/`else`, `switch` and `for` work inside.
@resultBuilder
public enum LayerBuilder {
    public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
    public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
    public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
    public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
    public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
    public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
