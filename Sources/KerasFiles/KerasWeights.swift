import NeuralNetCore

/// Where in a file the weights of a model's layers are. Both of Keras's layouts give a list of these.
struct StoredWeights {
    /// The node of the layer.
    var node: Int
    /// A dataset for each of its weights.
    var paths: [String]
}

/// The weights in Keras's HDF5 files, by layer names.
enum KerasWeights {
    /// Finds the weights by `layer_names` and each layer's `weight_names`. Layers are matched by name if all names agree,
    /// otherwise by order, as Keras does.
    static func locate(_ file: HDF5File, group: String, for model: Model) throws -> [StoredWeights] {
        let scopes = KerasLevel.Scopes(of: model)
        let members = KerasLevel(scopes).members.filter { !needed($0, scopes).isEmpty }
        let stored = try layers(file, group: group)
        guard stored.count == members.count else {
            throw file.failure(nil, "has \(stored.count) layers with weights, the model \(members.count)")
        }
        let byName = Dictionary(stored.map { ($0.name, $0.weights) }, uniquingKeysWith: { first, _ in first })
        let matchesNames = members.allSatisfy { byName[keras($0, model)] != nil || byName[$0.name] != nil }
        var result: [StoredWeights] = []
        for (place, member) in members.enumerated() {
            let weights =
                matchesNames ? byName[keras(member, model)] ?? byName[member.name]! : stored[place].weights
            result += try match(weights, member, scopes, file)
        }
        return result
    }

    /// A member's name with the slashes that Keras 2 allows.
    private static func keras(_ member: KerasLevel.Member, _ model: Model) -> String {
        if case .layer(let node) = member.content { model.nodes[node].layer.name } else { member.name }
    }

    /// The layers with weights that a file holds, with `weight_names` and the datasets.
    static func layers(_ file: HDF5File, group: String) throws -> [(
        name: String, weights: [(name: String, path: String)]
    )] {
        guard let names = try file.texts("layer_names", of: group) else {
            throw file.failure(group, "layer_names is missing")
        }
        return try names.compactMap { name in
            let place = group.isEmpty ? name : "\(group)/\(name)"
            guard try file.exists(place), let weights = try file.texts("weight_names", of: place) else {
                throw file.failure(place, "weight_names is missing")
            }
            return weights.isEmpty ? nil : (name, weights.map { ($0, "\(place)/\($0)") })
        }
    }

    /// The nodes with weights of a layer or of a model inside.
    private static func needed(_ member: KerasLevel.Member, _ scopes: KerasLevel.Scopes) -> [Int] {
        switch member.content {
        case .layer(let node): return scopes.model.nodes[node].parameters.isEmpty ? [] : [node]
        case .model(let scope):
            return KerasLevel.nodes(scopes, scope: scope).filter { !scopes.model.nodes[$0].parameters.isEmpty }
        }
    }

    /// Divides what a file has for one member among its layers: for a model inside by names, or if they do not tell, in
    /// the order in which Keras writes them, first those that are trained.
    private static func match(
        _ weights: [(name: String, path: String)], _ member: KerasLevel.Member, _ scopes: KerasLevel.Scopes,
        _ file: HDF5File
    ) throws -> [StoredWeights] {
        let model = scopes.model, nodes = needed(member, scopes)
        if case .layer(let node) = member.content { return [StoredWeights(node: node, paths: weights.map(\.path))] }
        let count = nodes.reduce(0) { $0 + model.nodes[$1].parameters.count }
        guard weights.count == count else {
            throw file.failure("layer '\(member.name)'", "\(weights.count) weights instead of \(count)")
        }
        if let named = byNames(weights, nodes, model) { return named }
        var paths: [Int: String] = [:]
        let indices = nodes.flatMap { model.nodes[$0].parameters }
        let order =
            indices.filter { model.weights.entries[$0].specification.isTrainable }
            + indices.filter { !model.weights.entries[$0].specification.isTrainable }
        for (index, weight) in zip(order, weights) { paths[index] = weight.path }
        return nodes.map { StoredWeights(node: $0, paths: model.nodes[$0].parameters.map { paths[$0]! }) }
    }

    /// By the ends of their names, `conv1/kernel`; nil unless each weight has exactly one name that fits.
    private static func byNames(
        _ weights: [(name: String, path: String)], _ nodes: [Int], _ model: Model
    ) -> [StoredWeights]? {
        var paths: [String: String] = [:]
        for weight in weights {
            // `base/conv1/kernel:0`: Keras 2 numbers the outputs of its variables.
            let name = weight.name.hasSuffix(":0") ? weight.name.dropLast(2) : weight.name[...]
            let parts = name.split(separator: "/")
            // Names of layers may have slashes themselves, so all ends count.
            for start in parts.indices {
                let end = parts[start...].joined(separator: "/")
                paths[end] = paths[end] == nil ? weight.path : ""
            }
        }
        var result: [StoredWeights] = []
        var taken: Set<String> = []
        for node in nodes {
            var found: [String] = []
            for index in model.nodes[node].parameters {
                let parts = (model.nodes[node].layer.name + "/" + model.weights.entries[index].specification.name)
                    .split(separator: "/")
                // The longest end that the file knows: it knows some of the models around, or none.
                let path = parts.indices.dropLast().lazy.compactMap { paths[parts[$0...].joined(separator: "/")] }.first
                guard let path, !path.isEmpty, taken.insert(path).inserted else { return nil }
                found.append(path)
            }
            result.append(StoredWeights(node: node, paths: found))
        }
        return result
    }

    /// Reads what was located. Throws `NeuralNetError.file` when shapes differ or values are no numbers; the model is then
    /// unchanged.
    static func read(_ stored: [StoredWeights], _ file: HDF5File, into model: Model) throws {
        var values: [(Int, [Float])] = []
        for item in stored {
            let node = model.nodes[item.node]
            guard item.paths.count == node.parameters.count else {
                throw file.failure(
                    "layer '\(node.layer.name)'", "\(item.paths.count) weights instead of \(node.parameters.count)")
            }
            for (path, index) in zip(item.paths, node.parameters) {
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
        for (index, array) in values { try model.weights.set(index, array) }
    }

    /// Writes all weights as Keras 3 does, in groups named after the layers: as they are at one moment.
    static func write(_ model: Model, to file: HDF5Writer, group: String) throws {
        try model.weights.withUnsafeValues { try write($0, of: model, to: file, group: group) }
    }

    private static func write(
        _ values: UnsafePointer<Float>, of model: Model, to file: HDF5Writer, group: String
    ) throws {
        try file.makeGroup(group)
        try file.setAttribute("backend", of: group, to: "tensorflow")
        try file.setAttribute("keras_version", of: group, to: "3.0.0")
        let scopes = KerasLevel.Scopes(of: model), level = KerasLevel(scopes)
        let members = level.members.filter { member in
            guard model.isSequential, case .layer(let node) = member.content else { return true }
            return !(model.nodes[node].layer is InputLayer)
        }
        try file.setAttribute("layer_names", of: group, to: members.map(\.name))
        for member in members {
            let place = "\(group)/\(member.name)"
            try file.makeGroup(place)
            let indices = needed(member, scopes).flatMap { model.nodes[$0].parameters }
            // Keras lists what it trains first, and reads in that order.
            let order =
                indices.filter { model.weights.entries[$0].specification.isTrainable }
                + indices.filter { !model.weights.entries[$0].specification.isTrainable }
            let names = order.map { index -> String in
                let entry = model.weights.entries[index]
                if case .layer = member.content { return "\(member.name)/\(entry.specification.name)" }
                return "\(entry.layer)/\(entry.specification.name)"
            }
            try file.setAttribute("weight_names", of: place, to: names)
            for (name, index) in zip(names, order) {
                let entry = model.weights.entries[index]
                try file.write(
                    values + entry.offset, shape: entry.specification.shape, to: "\(place)/\(name)")
            }
        }
        try file.makeGroup("\(group)/top_level_model_weights")
        try file.setAttribute("weight_names", of: "\(group)/top_level_model_weights", to: [])
    }
}
