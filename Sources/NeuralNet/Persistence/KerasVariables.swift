/// The weights in Keras 3's `model.weights.h5`: `layers/<class>_<number>/vars/<index>`, models inside with `layers` of
/// their own.
enum KerasVariables {
    /// A layer with weights, and the path of its group.
    private static func places(_ scopes: KerasLevel.Scopes, scope: Int?, in group: String) -> [(node: Int, place: String)] {
        var counts: [String: Int] = [:]
        let level = KerasLevel(scopes, scope: scope)
        return level.members.flatMap { member -> [(node: Int, place: String)] in
            let className: String
            switch member.content {
            case .layer(let node):
                className = kerasClass(scopes.model.nodes[node].layer)
                if level.isSequential && className == InputLayer.className { return [] }
            case .model(let inner): className = scopes.model.scopes[inner].isSequential ? "Sequential" : "Functional"
            }
            // Keras counts all layers of a class, also those without weights.
            let base = GraphBuilder.snakeCase(className), number = counts[base, default: 0]
            counts[base] = number + 1
            let place = "\(group)/" + (number == 0 ? base : "\(base)_\(number)")
            switch member.content {
            case .layer(let node): return [(node, place)]
            case .model(let inner): return places(scopes, scope: inner, in: place + "/layers")
            }
        }
    }

    private static func kerasClass(_ layer: any Layer) -> String {
        (layer as? PassedOver)?.originalClass ?? type(of: layer).className
    }

    /// Finds the weights. `group`: `layers`, or what the versions before 3 called it.
    static func locate(_ file: HDF5File, group: String, for model: Model) throws -> [StoredWeights] {
        try places(KerasLevel.Scopes(of: model), scope: nil, in: group).compactMap { node, place in
            guard !model.nodes[node].parameters.isEmpty else { return nil }
            guard try file.exists("\(place)/vars") else {
                throw file.failure("\(place)/vars", "missing: the layers differ")
            }
            return StoredWeights(node: node, paths: try variables(file, place))
        }
    }

    /// The variables of a layer, or those of the layer that it is built around (`cell` of a recurrent one).
    private static func variables(_ file: HDF5File, _ place: String) throws -> [String] {
        let own = try file.links(in: "\(place)/vars").count
        if own > 0 { return (0..<own).map { "\(place)/vars/\($0)" } }
        return try file.links(in: place).filter { $0 != "vars" && $0 != "seed_generator" }.flatMap { name in
            try file.exists("\(place)/\(name)/vars") ? variables(file, "\(place)/\(name)") : []
        }
    }

    /// Writes all weights as Keras 3 does.
    static func write(_ model: Model, to file: HDF5Writer) throws {
        try file.makeGroup("layers")
        for (node, place) in places(KerasLevel.Scopes(of: model), scope: nil, in: "layers") {
            try file.makeGroup("\(place)/vars")
            for (number, index) in model.nodes[node].parameters.enumerated() {
                let entry = model.weights.entries[index]
                try file.write(
                    model.weights.values + entry.offset, shape: entry.specification.shape, to: "\(place)/vars/\(number)")
            }
        }
        try file.makeGroup("vars")
    }
}
