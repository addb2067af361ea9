import JSON
import Synchronization

/// A graph of layers with their weights.
///
/// Describe it in the Sequential style (`Model(input:) { Conv2D(...) ... }`) or the functional one
/// (`Model(inputs:outputs:)`). A model computes nothing itself: `Executor` runs it, `Trainer` trains it.
public final class Model: Sendable {
    /// One layer and where its inputs come from.
    public struct Node: Sendable {
        /// What is computed there.
        public let layer: any Layer
        /// Indices of nodes; empty for inputs.
        public let inputs: [Int]
        /// Of each input, without the batch.
        public let inputShapes: [Shape]
        /// Without the batch.
        public let outputShape: Shape
        /// Indices into `Weights.entries`.
        public let parameters: Range<Int>
        /// The first node of the same layer, if this is another call of it: both have the same weights.
        public let sharedWith: Int?
        /// Index into `Model.scopes` of the call of a model that the node is part of; nil at the top.
        public let scope: Int?
        /// False for a layer that training leaves as it is, Keras's `trainable`.
        public let isTrainable: Bool
        /// Fields of the layer's configuration in the file it was read from that mean nothing here, to be written again.
        package let keptFields: [String: JSONValue]

        /// The same layer with other shapes.
        func resized(layer: any Layer, inputShapes: [Shape], outputShape: Shape) -> Node {
            Node(
                layer: layer, inputs: inputs, inputShapes: inputShapes, outputShape: outputShape,
                parameters: parameters, sharedWith: sharedWith, scope: scope, isTrainable: isTrainable,
                keptFields: keptFields)
        }
    }

    /// One call of a model inside the model. Its layers are nodes like all others, with names behind that of the model:
    /// `base/conv1`.
    public struct Scope: Sendable {
        /// Its name in the model around it.
        public let name: String
        /// Whether it was made in the Sequential style.
        public let isSequential: Bool
        /// Nodes inside: an `InputLayer` for each input, and what each output is. -1 for what the graph was cut off.
        public internal(set) var inputs: [Int]
        /// See `inputs`.
        public internal(set) var outputs: [Int]
        /// The call around this one.
        public let parent: Int?
        /// The first call of the same model, if this is another one.
        public let sharedWith: Int?
    }

    /// In an order in which each node comes after its inputs.
    public let nodes: [Node]
    /// Nodes that take what the model is given, in order.
    public let inputs: [Int]
    /// Nodes whose outputs are the model's, in order.
    public let outputs: [Int]
    /// Calls of models inside, each after the one around it.
    public let scopes: [Scope]
    /// Keras's name of the model.
    public let name: String
    /// True if made in the Sequential style: written as Keras's `Sequential`.
    public let isSequential: Bool
    /// Of all layers.
    public let weights: Weights
    /// See `symbolicTensors`.
    let madeTensors = Mutex<[SymbolicTensor]>([])

    /// Of each input, without the batch.
    public var inputShapes: [Shape] { inputs.map { nodes[$0].outputShape } }
    /// Of each output, without the batch.
    public var outputShapes: [Shape] { outputs.map { nodes[$0].outputShape } }

    /// Whether its one output is a softmax, of whichever layer.
    public var endsInSoftmax: Bool {
        guard outputs.count == 1 else { return false }
        return lastActivation(ofOutput: 0) == .softmax
    }

    /// The function at the end of output `index`: its layer's, or that of an activation layer.
    public func lastActivation(ofOutput index: Int) -> Activation {
        let layer = nodes[outputs[index]].layer
        return (layer as? ActivationLayer)?.function ?? layer.activation
    }

    /// A chain of layers. Throws `NeuralNetError` when a layer does not fit the one before it.
    public convenience init(
        input: Shape, name: String = "sequential", seed: UInt64 = 0, @LayerBuilder layers: () -> [any Layer]
    ) throws {
        try self.init(input: input, layers: layers(), name: name, seed: seed)
    }

    public convenience init(
        input: Shape, layers: [any Layer], name: String = "sequential", seed: UInt64 = 0
    ) throws {
        let first = Input(input)
        let last = layers.reduce(first) { $1($0) }
        try self.init(inputs: [first], outputs: [last], name: name, seed: seed, isSequential: true)
    }

    public convenience init(
        inputs: SymbolicTensor, outputs: SymbolicTensor, name: String = "functional", seed: UInt64 = 0
    ) throws {
        try self.init(inputs: [inputs], outputs: [outputs], name: name, seed: seed)
    }

    /// A graph from inputs to outputs. `seed` decides the initial weights.
    public convenience init(
        inputs: [SymbolicTensor], outputs: [SymbolicTensor], name: String = "functional", seed: UInt64 = 0,
        isSequential: Bool = false
    ) throws {
        try self.init(
            inputs: inputs, outputs: outputs, name: name, seed: seed, isSequential: isSequential,
            weightLimit: Shape.largestCount)
    }

    /// The same with another limit to the number of weights. A template has none: it only serves to be called.
    package init(
        inputs: [SymbolicTensor], outputs: [SymbolicTensor], name: String, seed: UInt64 = 0, isSequential: Bool = false,
        weightLimit: Int, isTemplate: Bool = false
    ) throws {
        var builder = GraphBuilder(weightLimit: weightLimit)
        for input in inputs { try builder.add(input: input) }
        for output in outputs { try builder.add(output) }
        guard !inputs.isEmpty, !outputs.isEmpty else {
            throw NeuralNetError.invalidGraph("needs at least one input and one output")
        }
        self.nodes = builder.nodes
        self.scopes = builder.scopes
        self.inputs = inputs.map { builder.index(of: $0) }
        self.outputs = outputs.map { builder.index(of: $0) }
        self.name = name
        self.isSequential = isSequential
        self.weights =
            isTemplate
            ? Weights(template: builder.parameters) : Weights(specifications: builder.parameters, seed: seed)
        guard !isTemplate else { return }
        for source in builder.sources where !source.weights.isTemplate {
            source.weights.withUnsafeValues { _ in
                for (place, index) in source.parameters.enumerated() {
                    _ = weights.buffer(index).update(from: source.weights.buffer(source.first + place))
                }
            }
        }
    }

    /// The same layers with weights of their own, equal at first.
    public func copy() -> Model { Model(copying: self) }

    private init(copying other: Model) {
        nodes = other.nodes
        inputs = other.inputs
        outputs = other.outputs
        scopes = other.scopes
        name = other.name
        isSequential = other.isSequential
        weights = Weights(copying: other.weights)
    }

    /// The same layers for inputs of other shapes with the very same weights, which are shared and not copied: a fully
    /// convolutional network for pictures of another size.
    ///
    /// Throws `NeuralNetError` when a layer does not take its new input or would need weights of another shape.
    public func sharingWeights(inputShapes shapes: [Shape]) throws -> Model {
        guard shapes.count == inputs.count else {
            throw NeuralNetError.invalidGraph("\(shapes.count) input shapes for \(inputs.count) inputs")
        }
        var resized: [Node] = []
        for (index, node) in nodes.enumerated() {
            let layer = inputs.firstIndex(of: index).map { InputLayer(shapes[$0], name: node.layer.name) } ?? node.layer
            let inputShapes = node.inputs.map { resized[$0].outputShape }
            let output = try layer.outputShape(inputShapes)
            guard output.checkedCount != nil else { throw NeuralNetError.tooLarge(layer.label, output) }
            let needed = layer.parameters(inputShapes).map(\.shape)
            guard needed == node.parameters.map({ weights.entries[$0].specification.shape }) else {
                throw NeuralNetError.incompatibleShape(
                    layer: layer.label, expected: "one for which its weights keep their shapes", received: inputShapes)
            }
            resized.append(node.resized(layer: layer, inputShapes: inputShapes, outputShape: output))
        }
        return Model(sharingWeightsOf: self, nodes: resized)
    }

    private init(sharingWeightsOf other: Model, nodes: [Node]) {
        self.nodes = nodes
        inputs = other.inputs
        outputs = other.outputs
        scopes = other.scopes
        name = other.name
        isSequential = other.isSequential
        weights = other.weights
    }

    init(freezing other: Model, nodes: [Node], weights: Weights) {
        self.nodes = nodes
        self.weights = weights
        inputs = other.inputs
        outputs = other.outputs
        scopes = other.scopes
        name = other.name
        isSequential = other.isSequential
    }

    /// The number of weights, trainable and not.
    public var parameterCount: Int { weights.entries.reduce(0) { $0 + $1.specification.count } }

    /// Index of the node with that layer name.
    public func node(named name: String) -> Int? { nodes.firstIndex { $0.layer.name == name } }
}
