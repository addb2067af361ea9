/// A graph of layers with their weights.
///
/// Describe it in the Sequential style (`Model(input:) { Conv2D(...) ... }`) or the functional one
/// (`Model(inputs:outputs:)`). A model computes nothing itself: `Executor` runs it, `Trainer` trains it.
public final class Model: Sendable {
    /// One layer and where its inputs come from.
    public struct Node: Sendable {
        public let layer: any Layer
        /// Indices of nodes; empty for inputs.
        public let inputs: [Int]
        public let inputShapes: [Shape]
        public let outputShape: Shape
        /// Indices into `Weights.entries`.
        public let parameters: Range<Int>
    }

    /// In an order in which each node comes after its inputs.
    public let nodes: [Node]
    public let inputs: [Int]
    public let outputs: [Int]
    public let name: String
    /// True if made in the Sequential style: written as Keras's `Sequential`.
    public let isSequential: Bool
    public let weights: Weights

    public var inputShapes: [Shape] { inputs.map { nodes[$0].outputShape } }
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

    /// Per output, the last activation that its loss computes with itself. Not one that another layer reads too.
    func absorbedActivations(_ losses: [any Loss]) -> [Activation?] {
        guard let first = losses.first else { return [] }
        return outputs.indices.map { index in
            let loss = losses.count == 1 ? first : losses[index], node = outputs[index]
            guard let function = loss.absorbedActivation, function == lastActivation(ofOutput: index),
                outputs.filter({ $0 == node }).count == 1, !nodes.contains(where: { $0.inputs.contains(node) })
            else { return nil }
            return function
        }
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

    /// The same with another limit to the number of weights.
    init(
        inputs: [SymbolicTensor], outputs: [SymbolicTensor], name: String, seed: UInt64 = 0, isSequential: Bool = false,
        weightLimit: Int
    ) throws {
        var builder = GraphBuilder(weightLimit: weightLimit)
        for input in inputs { try builder.add(input: input) }
        for output in outputs { try builder.add(output) }
        guard !inputs.isEmpty, !outputs.isEmpty else {
            throw NeuralNetError.invalidGraph("needs at least one input and one output")
        }
        self.nodes = builder.nodes
        self.inputs = inputs.map { builder.index(of: $0) }
        self.outputs = outputs.map { builder.index(of: $0) }
        self.name = name
        self.isSequential = isSequential
        self.weights = Weights(specifications: builder.parameters, seed: seed)
    }

    /// The same layers with weights of their own, equal at first.
    public func copy() -> Model { Model(copying: self) }

    private init(copying other: Model) {
        nodes = other.nodes
        inputs = other.inputs
        outputs = other.outputs
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
            resized.append(
                Node(
                    layer: layer, inputs: node.inputs, inputShapes: inputShapes, outputShape: output,
                    parameters: node.parameters))
        }
        return Model(sharingWeightsOf: self, nodes: resized)
    }

    private init(sharingWeightsOf other: Model, nodes: [Node]) {
        self.nodes = nodes
        inputs = other.inputs
        outputs = other.outputs
        name = other.name
        isSequential = other.isSequential
        weights = other.weights
    }

    /// The number of weights, trainable and not.
    public var parameterCount: Int { weights.entries.reduce(0) { $0 + $1.specification.count } }

    /// Index of the node with that layer name.
    public func node(named name: String) -> Int? { nodes.firstIndex { $0.layer.name == name } }
}

/// An input of a model, Keras's `InputLayer`.
public struct InputLayer: Layer {
    public static let className = "InputLayer"
    public var name: String
    public let shape: Shape

    public init(_ shape: Shape, name: String = "") {
        self.shape = shape
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        try require(!shape.isEmpty && shape.allSatisfy { $0 > 0 }, "shape", "positive sizes", shape)
        return shape
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }

    public var config: [String: JSONValue] {
        ["batch_shape": .array([.null] + shape.map(JSONValue.int)), "dtype": "float32", "sparse": false]
    }
}

/// Orders symbolic tensors into nodes, infers shapes and gives names.
struct GraphBuilder {
    var nodes: [Model.Node] = []
    var parameters: [(layer: String, specification: ParameterSpecification)] = []
    private var indices: [ObjectIdentifier: Int] = [:]
    private var names: Set<String> = []
    private var counts: [String: Int] = [:]
    private let weightLimit: Int
    private var weightCount = 0

    init(weightLimit: Int) { self.weightLimit = weightLimit }

    func index(of tensor: SymbolicTensor) -> Int { indices[ObjectIdentifier(tensor)]! }

    mutating func add(input tensor: SymbolicTensor) throws {
        guard let shape = tensor.inputShape else {
            throw NeuralNetError.invalidGraph("an input must come from Input(...)")
        }
        guard indices[ObjectIdentifier(tensor)] == nil else { return }
        try append(InputLayer(shape, name: tensor.name), inputs: [], tensor: tensor)
    }

    mutating func add(_ output: SymbolicTensor) throws {
        // Depth first without recursion: deep networks must not overflow the stack.
        var stack = [output]
        while let tensor = stack.last {
            if indices[ObjectIdentifier(tensor)] != nil {
                stack.removeLast()
                continue
            }
            guard let layer = tensor.layer else {
                throw NeuralNetError.invalidGraph("a layer uses an input that is not among the model's inputs")
            }
            let missing = tensor.inputs.filter { indices[ObjectIdentifier($0)] == nil }
            if missing.isEmpty {
                try append(layer, inputs: tensor.inputs.map(index(of:)), tensor: tensor)
                stack.removeLast()
            } else {
                stack.append(contentsOf: missing.reversed())
            }
        }
    }

    private mutating func append(_ layer: any Layer, inputs: [Int], tensor: SymbolicTensor) throws {
        var layer = layer
        try name(&layer)
        let shapes = inputs.map { nodes[$0].outputShape }
        let output = try layer.outputShape(shapes)
        let specifications = layer.parameters(shapes)
        for shape in [output] + specifications.map(\.shape) where shape.checkedCount == nil {
            throw NeuralNetError.tooLarge(layer.label, shape)
        }
        weightCount += specifications.reduce(0) { $0 + $1.count }
        guard weightCount <= weightLimit else {
            throw NeuralNetError.invalidGraph("more than \(weightLimit) weights")
        }
        let range = parameters.count..<(parameters.count + specifications.count)
        parameters += specifications.map { (layer.name, $0) }
        indices[ObjectIdentifier(tensor)] = nodes.count
        nodes.append(
            Model.Node(
                layer: layer, inputs: inputs, inputShapes: shapes, outputShape: output, parameters: range))
    }

    private mutating func name(_ layer: inout any Layer) throws {
        if layer.name.isEmpty {
            let base = GraphBuilder.snakeCase(type(of: layer).className)
            repeat {
                let count = counts[base, default: 0]
                counts[base] = count + 1
                layer.name = count == 0 ? base : "\(base)_\(count)"
            } while names.contains(layer.name)
        }
        guard names.insert(layer.name).inserted else {
            throw NeuralNetError.invalidGraph("two layers are named '\(layer.name)'")
        }
    }

    /// `MaxPooling2D` to `max_pooling2d`, as Keras names layers.
    static func snakeCase(_ name: String) -> String {
        var result = ""
        let characters = Array(name)
        for (i, character) in characters.enumerated() {
            let startsWord =
                character.isUppercase && i > 0
                && (characters[i - 1].isLowercase
                    || (i + 1 < characters.count && characters[i + 1].isLowercase && !characters[i - 1].isNumber))
            if startsWord { result += "_" }
            result += character.lowercased()
        }
        return result
    }
}
