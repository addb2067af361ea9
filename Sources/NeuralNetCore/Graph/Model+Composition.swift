/// Models as parts of other models: called like a layer, cut at a node, with other layers to be trained.
extension Model {
    /// The model's inputs as tensors of the functional style, for a model that goes on from them.
    public var symbolicInputs: [SymbolicTensor] { inputs.map { symbolicTensors[$0] } }

    /// The model's outputs as tensors of the functional style.
    public var symbolicOutputs: [SymbolicTensor] { outputs.map { symbolicTensors[$0] } }

    /// The output of a layer as a tensor of the functional style: a place to cut the model and put something else on.
    ///
    ///     let features = try base.output(of: "block4_pool")
    ///     let model = try Model(inputs: base.symbolicInputs, outputs: [Dense(3, activation: .softmax)(Flatten()(features))])
    ///
    /// The new model starts with the values of this one, which it copies. Of a layer that is called several times it is the
    /// first output. Throws `NeuralNetError.invalidGraph` if there is no layer of that name.
    public func output(of layer: String) throws -> SymbolicTensor {
        guard let index = node(named: layer) else { throw NeuralNetError.invalidGraph("no layer is named '\(layer)'") }
        return symbolicTensors[index]
    }

    /// The part of the model that leads to the output of a layer, with copies of the weights.
    /// Throws `NeuralNetError.invalidGraph` if there is no layer of that name.
    public func cut(at layer: String) throws -> Model {
        try Model(inputs: symbolicInputs, outputs: [output(of: layer)], name: name)
    }

    /// The same network with copies of the weights, of which training changes only those in layers that `isTrainable`
    /// picks. Statistics of a BatchNormalization that is not trained stay as they are too, and it uses them while
    /// training, as in Keras.
    public func trainable(where isTrainable: (Node) throws -> Bool) rethrows -> Model {
        var changed: [Node] = []
        for node in nodes {
            // All calls of a layer are one.
            let trains = try node.sharedWith.map { changed[$0].isTrainable } ?? isTrainable(node)
            changed.append(node.training(trains))
        }
        var flags = weights.entries.map(\.specification.isTrainable)
        for node in changed where node.sharedWith == nil {
            let original = node.layer.parameters(node.inputShapes).map(\.isTrainable)
            for (index, learnt) in zip(node.parameters, original) { flags[index] = learnt && node.isTrainable }
        }
        return Model(freezing: self, nodes: changed, weights: Weights(copying: weights, isTrainable: flags))
    }

    /// Calls the model like a layer: its layers become layers of the new model, under names that begin with `name`
    /// (by default the model's own) and a slash, and start with copies of its weights. Several calls share theirs.
    public func callAsFunction(_ arguments: SymbolicTensor..., name: String? = nil) throws -> [SymbolicTensor] {
        try callAsFunction(arguments, name: name)
    }

    /// The same with a list. Throws `NeuralNetError.invalidGraph` if there are more or fewer tensors than inputs.
    public func callAsFunction(_ arguments: [SymbolicTensor], name: String? = nil) throws -> [SymbolicTensor] {
        guard arguments.count == inputs.count else {
            throw NeuralNetError.invalidGraph(
                "model '\(self.name)' has \(inputs.count) inputs and was called with \(arguments.count)")
        }
        let tensors = tensors(around: arguments, name: name ?? self.name)
        return outputs.map { tensors[$0] }
    }

    /// What the first output ends in, and the tensor before that: the output itself if it ends in nothing, or in something
    /// that cannot be taken off.
    package var lastActivation: (function: Activation, before: SymbolicTensor) {
        let index = outputs[0], node = nodes[index]
        if let layer = node.layer as? ActivationLayer {
            return (layer.function, symbolicTensors[node.inputs[0]])
        }
        guard var dense = node.layer as? Dense, dense.activation != .linear else {
            return (node.layer.activation, symbolicTensors[index])
        }
        let function = dense.activation
        dense.activation = .linear
        let layer = SharedLayer(
            node: node.resized(layer: dense, inputShapes: node.inputShapes, outputShape: node.outputShape),
            root: node.sharedWith ?? index, weights: weights, name: node.layer.name)
        return (function, SymbolicTensor(layer: layer, inputs: node.inputs.map { symbolicTensors[$0] }))
    }

    /// A tensor for each node. They are always the same, so that what is made of them fits together.
    private var symbolicTensors: [SymbolicTensor] {
        madeTensors.withLock { made in
            if made.isEmpty { made = tensors(around: nil, name: "") }
            return made
        }
    }

    /// A tensor for each node: of this very graph, or of a call with `arguments`.
    private func tensors(around arguments: [SymbolicTensor]?, name: String) -> [SymbolicTensor] {
        let prefix = arguments == nil ? "" : name + "/"
        let whole = arguments.map { _ in
            SymbolicScope(
                name: name, identity: .node(ObjectIdentifier(weights), -1), isSequential: isSequential,
                inputCount: inputs.count, outputCount: outputs.count, parent: nil)
        }
        var inner: [SymbolicScope] = []
        for (index, scope) in scopes.enumerated() {
            inner.append(
                SymbolicScope(
                    name: scope.name, identity: .node(ObjectIdentifier(weights), -2 - (scope.sharedWith ?? index)),
                    isSequential: scope.isSequential, inputCount: scope.inputs.count,
                    outputCount: scope.outputs.count, parent: scope.parent.map { inner[$0] } ?? whole))
        }
        var roles = [[(scope: SymbolicScope, place: Int)]](repeating: [], count: nodes.count)
        for (scope, object) in zip(scopes, inner) {
            for (place, node) in scope.outputs.enumerated() where node >= 0 { roles[node].append((object, place)) }
        }
        if let whole { for (place, node) in outputs.enumerated() { roles[node].append((whole, place)) } }
        var made: [SymbolicTensor] = []
        for (index, node) in nodes.enumerated() {
            let input = inputs.firstIndex(of: index)
            if input != nil, arguments == nil {
                made.append(SymbolicTensor(input: node.outputShape, name: node.layer.name))
                continue
            }
            let layer = SharedLayer(
                node: node, root: node.sharedWith ?? index, weights: weights, name: prefix + node.layer.name)
            let scope = node.scope.map { inner[$0] } ?? whole
            made.append(
                SymbolicTensor(
                    layer: layer, inputs: input.map { [arguments![$0]] } ?? node.inputs.map { made[$0] }, scope: scope,
                    inputOfScope: input ?? node.scope.flatMap { scopes[$0].inputs.firstIndex(of: index) },
                    outputsOfScopes: roles[index]))
        }
        return made
    }
}

extension Model.Node {
    fileprivate func training(_ isTrainable: Bool) -> Model.Node {
        Model.Node(
            layer: layer, inputs: inputs, inputShapes: inputShapes, outputShape: outputShape, parameters: parameters,
            sharedWith: sharedWith, scope: scope, isTrainable: isTrainable, keptFields: keptFields)
    }
}
