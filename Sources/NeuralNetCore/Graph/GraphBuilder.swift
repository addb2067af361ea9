/// Orders symbolic tensors into nodes, infers shapes and gives names.
struct GraphBuilder {
    private(set) var nodes: [Model.Node] = []
    private(set) var scopes: [Model.Scope] = []
    private(set) var parameters: [(layer: String, specification: ParameterSpecification)] = []
    /// Where the first values of some parameters come from.
    private(set) var sources: [(parameters: Range<Int>, weights: Weights, first: Int)] = []
    private var indices: [ObjectIdentifier: Int] = [:]
    private var scopeIndices: [ObjectIdentifier: Int] = [:]
    /// The first node of each layer, the first call of each model.
    private var roots: [SharedLayer.Identity: Int] = [:]
    private var scopeRoots: [SharedLayer.Identity: Int] = [:]
    private var names: Set<String> = []
    /// What layers are called that have a name: others get another one, wherever they are.
    private var givenNames: Set<String> = []
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
        try append(SharedLayer(InputLayer(shape, name: tensor.name)), isInput: true, inputs: [], tensor: tensor)
    }

    mutating func add(_ output: SymbolicTensor) throws {
        collectNames(output)
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

    private mutating func collectNames(_ output: SymbolicTensor) {
        var stack = [output], seen: Set<ObjectIdentifier> = []
        while let tensor = stack.popLast() {
            guard indices[ObjectIdentifier(tensor)] == nil, seen.insert(ObjectIdentifier(tensor)).inserted else {
                continue
            }
            if let name = tensor.layer?.layer.name { givenNames.insert(name) }
            stack += tensor.inputs
        }
    }

    private mutating func append(
        _ shared: SharedLayer, isInput: Bool = false, inputs: [Int], tensor: SymbolicTensor
    ) throws {
        // The identity of a model's input lives no longer than this call.
        let root = isInput ? nil : roots[shared.identity]
        var layer = root.map { nodes[$0].layer } ?? shared.layer
        if root == nil { try name(&layer) }
        let shapes = inputs.map { nodes[$0].outputShape }
        let output = try layer.outputShape(shapes)
        var specifications = layer.parameters(shapes)
        for shape in [output] + specifications.map(\.shape) where shape.checkedCount == nil {
            throw NeuralNetError.tooLarge(layer.label, shape)
        }
        let range: Range<Int>
        if let root {
            range = nodes[root].parameters
            guard specifications.map(\.shape) == range.map({ parameters[$0].specification.shape }) else {
                throw NeuralNetError.incompatibleShape(
                    layer: layer.label, expected: "one for which its weights keep their shapes", received: shapes)
            }
        } else {
            if !isInput { roots[shared.identity] = nodes.count }
            weightCount += specifications.reduce(0) { $0 + $1.count }
            guard weightCount <= weightLimit else {
                throw NeuralNetError.invalidGraph("more than \(weightLimit) weights")
            }
            range = parameters.count..<(parameters.count + specifications.count)
            if !shared.isTrainable {
                for index in specifications.indices { specifications[index].isTrainable = false }
            }
            parameters += specifications.map { (layer.name, $0) }
            if let source = shared.source, !range.isEmpty {
                sources.append((range, source.weights, source.parameters.lowerBound))
            }
        }
        let index = nodes.count
        indices[ObjectIdentifier(tensor)] = index
        let scope = tensor.scope.map { add($0) }
        if let scope, let place = tensor.inputOfScope { scopes[scope].inputs[place] = index }
        for role in tensor.outputsOfScopes { scopes[add(role.scope)].outputs[role.place] = index }
        nodes.append(
            Model.Node(
                layer: layer, inputs: inputs, inputShapes: shapes, outputShape: output, parameters: range,
                sharedWith: root, scope: scope, isTrainable: shared.isTrainable, keptFields: shared.keptFields))
    }

    private mutating func add(_ scope: SymbolicScope) -> Int {
        // No deeper than models are nested.
        if let known = scopeIndices[ObjectIdentifier(scope)] { return known }
        let parent = scope.parent.map { add($0) }
        let index = scopes.count
        scopeIndices[ObjectIdentifier(scope)] = index
        scopes.append(
            Model.Scope(
                name: scope.name, isSequential: scope.isSequential,
                inputs: [Int](repeating: -1, count: scope.inputCount),
                outputs: [Int](repeating: -1, count: scope.outputCount), parent: parent,
                sharedWith: scopeRoots[scope.identity]))
        if scopeRoots[scope.identity] == nil { scopeRoots[scope.identity] = index }
        return index
    }

    private mutating func name(_ layer: inout any Layer) throws {
        if layer.name.isEmpty {
            let base = type(of: layer).className.snakeCase
            repeat {
                let count = counts[base, default: 0]
                counts[base] = count + 1
                layer.name = count == 0 ? base : "\(base)_\(count)"
            } while names.contains(layer.name) || givenNames.contains(layer.name)
        }
        guard names.insert(layer.name).inserted else {
            throw NeuralNetError.invalidGraph("two layers are named '\(layer.name)'")
        }
    }
}
