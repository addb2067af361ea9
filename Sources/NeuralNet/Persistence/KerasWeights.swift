/// The weights in Keras's files.
enum KerasWeights {
    /// Reads `layer_names` and each layer's `weight_names`. Layers are matched by name if all names agree, otherwise by
    /// order, as Keras does.
    static func read(_ file: HDF5File, group: String, into model: Model) throws {
        guard let names = try file.texts("layer_names", of: group) else {
            throw file.failure(group, "layer_names is missing")
        }
        var stored: [(name: String, paths: [String])] = []
        for name in names {
            let place = group.isEmpty ? name : "\(group)/\(name)"
            guard try file.exists(place), let weights = try file.texts("weight_names", of: place) else {
                throw file.failure(place, "weight_names is missing")
            }
            if !weights.isEmpty { stored.append((name, weights.map { "\(place)/\($0)" })) }
        }
        try assign(stored, file, model)
    }

    /// Reads Keras 3's `layers/<class>_<number>/vars/<index>`.
    static func readVariables(_ file: HDF5File, into model: Model) throws {
        var counts: [String: Int] = [:]
        var stored: [(name: String, paths: [String])] = []
        for node in model.kerasOrder.map({ model.nodes[$0] }) {
            // Keras counts all layers of a class, also those without weights.
            let base = GraphBuilder.snakeCase(type(of: node.layer).className)
            let number = counts[base, default: 0]
            counts[base] = number + 1
            guard !node.parameters.isEmpty else { continue }
            let name = number == 0 ? base : "\(base)_\(number)"
            let place = "layers/\(name)/vars"
            guard try file.exists(place) else { throw file.failure(place, "missing: the layers differ") }
            let count = try file.links(in: place).count
            stored.append((node.layer.name, (0..<count).map { "\(place)/\($0)" }))
        }
        try assign(stored, file, model)
    }

    private static func assign(
        _ stored: [(name: String, paths: [String])], _ file: HDF5File, _ model: Model
    ) throws {
        let nodes = model.kerasOrder.map { model.nodes[$0] }.filter { !$0.parameters.isEmpty }
        guard stored.count == nodes.count else {
            throw file.failure(nil, "has \(stored.count) layers with weights, the model \(nodes.count)")
        }
        let byName = Dictionary(stored.map { ($0.name, $0.paths) }, uniquingKeysWith: { first, _ in first })
        let matchesNames = nodes.allSatisfy { byName[$0.layer.name] != nil }
        var values: [(Int, [Float])] = []
        for (place, node) in nodes.enumerated() {
            let paths = matchesNames ? byName[node.layer.name]! : stored[place].paths
            guard paths.count == node.parameters.count else {
                throw file.failure(
                    "layer '\(node.layer.name)'", "\(paths.count) weights instead of \(node.parameters.count)")
            }
            for (path, index) in zip(paths, node.parameters) {
                let expected = model.weights.entries[index].specification.shape
                let found = try file.shape(of: path)
                guard found == expected else {
                    throw file.failure(path, "shape \(found) instead of \(expected) in layer '\(node.layer.name)'")
                }
                let array = try file.read(path, limit: expected.reduce(1, *)).values
                guard array.allSatisfy(\.isFinite) else {
                    throw file.failure(path, "a weight is not a number, or infinite, in layer '\(node.layer.name)'")
                }
                values.append((index, array))
            }
        }
        for (index, array) in values { model.weights.set(index, array) }
    }

    /// Writes all weights as Keras 3 does, in groups named after the layers.
    static func write(_ model: Model, to file: HDF5Writer, group: String) throws {
        try file.makeGroup(group)
        try file.setAttribute("backend", of: group, to: "tensorflow")
        try file.setAttribute("keras_version", of: group, to: "3.0.0")
        let nodes = model.kerasOrder.map { model.nodes[$0] }.filter { !(model.isSequential && $0.layer is InputLayer) }
        try file.setAttribute("layer_names", of: group, to: nodes.map(\.layer.name))
        for node in nodes {
            let layer = node.layer.name, place = "\(group)/\(layer)"
            try file.makeGroup(place)
            let names = node.parameters.map { "\(layer)/\(model.weights.entries[$0].specification.name)" }
            try file.setAttribute("weight_names", of: place, to: names)
            for (name, index) in zip(names, node.parameters) {
                let entry = model.weights.entries[index]
                try file.write(
                    model.weights.values + entry.offset, shape: entry.specification.shape, to: "\(place)/\(name)")
            }
        }
        try file.makeGroup("\(group)/top_level_model_weights")
        try file.setAttribute("weight_names", of: "\(group)/top_level_model_weights", to: [])
    }
}
