extension Model {
    /// The same network for another number of classes: its last layer with weights, a Dense or Conv2D layer, anew with
    /// random weights, and behind it what was behind the old one. The others start with copies of their weights.
    ///
    /// `name`: that of the new layer. Throws `NeuralNetError.invalidGraph` for networks that end in another way.
    public func withNewHead(classes: Int, name: String = "head", seed: UInt64 = 0) throws -> Model {
        guard outputs.count == 1 else { throw NeuralNetError.invalidGraph("a new head needs a model with one output") }
        var place = outputs[0], tail: [any Layer] = []
        while nodes[place].parameters.isEmpty, nodes[place].inputs.count == 1 {
            tail.append(nodes[place].layer)
            place = nodes[place].inputs[0]
        }
        let node = nodes[place]
        var head: any Layer
        if var dense = node.layer as? Dense {
            dense.units = classes
            head = dense
        } else if var convolution = node.layer as? Conv2D {
            convolution.filters = classes
            head = convolution
        } else {
            throw NeuralNetError.invalidGraph(
                "its last layer with weights is \(node.layer.label); a new head replaces Dense and Conv2D layers")
        }
        head.name = nodes.contains { $0.layer.name == name } && node.layer.name != name ? "\(name)_\(classes)" : name
        var tensor = head(try output(of: nodes[node.inputs[0]].layer.name))
        for layer in tail.reversed() { tensor = layer(tensor) }
        return try Model(
            inputs: symbolicInputs, outputs: [tensor], name: self.name, seed: seed, isSequential: isSequential)
    }

    /// The same network with some layers that are not trained: the first so many (inputs not counted), or those whose
    /// names fit a pattern (`conv2d*`). Layers in `except` are trained whatever the patterns say.
    ///
    /// Throws `NeuralNetError.invalidSetting` for a pattern that no layer with weights fits.
    public func freezing(_ patterns: [String], except: Set<String> = []) throws -> Model {
        var frozen: Set<String> = []
        let layers = nodes.filter { !($0.layer is InputLayer) }
        for pattern in patterns {
            let found: [Node]
            if let count = Int(pattern) {
                guard (0...layers.count).contains(count) else {
                    throw NeuralNetError.invalidSetting("there are \(layers.count) layers, not \(pattern)")
                }
                found = Array(layers.prefix(count))
            } else {
                found = layers.filter { Glob.matches(pattern, $0.layer.name) }
                guard found.contains(where: { !$0.parameters.isEmpty }) else {
                    throw NeuralNetError.invalidSetting(
                        "no layer with weights is called '\(pattern)'; there are layers such as "
                            + "'\(layers.first { !$0.parameters.isEmpty }?.layer.name ?? "")'")
                }
            }
            frozen.formUnion(found.map(\.layer.name))
        }
        return trainable { $0.isTrainable && (!frozen.contains($0.layer.name) || except.contains($0.layer.name)) }
    }
}
