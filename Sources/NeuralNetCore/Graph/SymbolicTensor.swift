import JSON

/// The output of a layer while a model is being described (Keras's `KerasTensor`): what connects layers in the
/// functional style. Shapes are checked when the `Model` is made.
public final class SymbolicTensor: Sendable {
    /// The layer that makes it; nil for inputs.
    let layer: SharedLayer?
    let inputs: [SymbolicTensor]
    /// The shape, for inputs.
    let inputShape: Shape?
    let name: String
    /// The call of a model inside which it is made.
    let scope: SymbolicScope?
    /// What it is to calls of models: which input of `scope`, and which outputs of which.
    let inputOfScope: Int?
    let outputsOfScopes: [(scope: SymbolicScope, place: Int)]

    init(
        layer: SharedLayer, inputs: [SymbolicTensor], scope: SymbolicScope? = nil, inputOfScope: Int? = nil,
        outputsOfScopes: [(scope: SymbolicScope, place: Int)] = []
    ) {
        self.layer = layer
        self.inputs = inputs
        self.inputShape = nil
        self.name = layer.layer.name
        self.scope = scope
        self.inputOfScope = inputOfScope
        self.outputsOfScopes = outputsOfScopes
    }

    init(input shape: Shape, name: String) {
        self.layer = nil
        self.inputs = []
        self.inputShape = shape
        self.name = name
        self.scope = nil
        self.inputOfScope = nil
        self.outputsOfScopes = []
    }
}

/// A model's input: the shape of one sample, `[height, width, channels]` or `[features]`.
public func Input(_ shape: Shape, name: String = "") -> SymbolicTensor {
    SymbolicTensor(input: shape, name: name)
}

/// A layer with one set of weights, however often it is called:
///
///     let tower = SharedLayer(Dense(16, activation: .relu))
///     let distance = Subtract()(tower(left), tower(right))
///
/// Its gradients add up over all calls. All inputs must need weights of the same shapes.
public struct SharedLayer: Sendable {
    package let layer: any Layer
    /// Two with the same identity share their weights.
    let identity: Identity
    /// Where the first values of the weights come from, for layers of a model that exists.
    let source: (weights: Weights, parameters: Range<Int>)?
    let isTrainable: Bool
    /// Fields of Keras's configuration that are kept for the file, see `Model.Node.keptFields`.
    let keptFields: [String: JSONValue]

    enum Identity: Hashable {
        case new(ObjectIdentifier)
        case node(ObjectIdentifier, Int)
    }
    /// Keeps the identity from being given away again.
    private let owner: AnyObject & Sendable

    private final class Token: Sendable {}

    /// `isTrainable`: whether training changes its weights.
    public init(_ layer: any Layer, isTrainable: Bool = true) {
        self.init(layer, isTrainable: isTrainable, keptFields: [:])
    }

    package init(_ layer: any Layer, isTrainable: Bool, keptFields: [String: JSONValue]) {
        let token = Token()
        self.layer = layer
        identity = .new(ObjectIdentifier(token))
        owner = token
        source = nil
        self.isTrainable = isTrainable
        self.keptFields = keptFields
    }

    /// The layer of a node of a model, under another name.
    init(node: Model.Node, root: Int, weights: Weights, name: String) {
        var layer = node.layer
        layer.name = name
        self.layer = layer
        identity = .node(ObjectIdentifier(weights), root)
        owner = weights
        source = (weights, node.parameters)
        isTrainable = node.isTrainable
        keptFields = node.keptFields
    }

    public func callAsFunction(_ inputs: SymbolicTensor...) -> SymbolicTensor {
        SymbolicTensor(layer: self, inputs: inputs)
    }

    public func callAsFunction(_ inputs: [SymbolicTensor]) -> SymbolicTensor {
        SymbolicTensor(layer: self, inputs: inputs)
    }
}

/// One call of a model inside a model that is being described.
final class SymbolicScope: Sendable {
    /// The model's name in the one around it.
    let name: String
    /// Two calls with the same identity are calls of one model.
    let identity: SharedLayer.Identity
    let isSequential: Bool
    let inputCount: Int
    let outputCount: Int
    let parent: SymbolicScope?

    init(
        name: String, identity: SharedLayer.Identity, isSequential: Bool, inputCount: Int, outputCount: Int,
        parent: SymbolicScope?
    ) {
        self.name = name
        self.identity = identity
        self.isSequential = isSequential
        self.inputCount = inputCount
        self.outputCount = outputCount
        self.parent = parent
    }
}

extension Layer {
    /// Applies the layer to tensors in the functional style. Each call makes a layer with weights of its own;
    /// `SharedLayer` is called several times with the same ones.
    public func callAsFunction(_ inputs: SymbolicTensor...) -> SymbolicTensor { SharedLayer(self)(inputs) }

    public func callAsFunction(_ inputs: [SymbolicTensor]) -> SymbolicTensor { SharedLayer(self)(inputs) }
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
