import JSON
import NeuralNetCore

/// The weights in Keras 3's `model.weights.h5`: `layers/<class>_<number>/vars/<index>`, models inside with `layers` of
/// their own.
enum KerasVariables {
    /// A layer with weights, and the path of its group. `config`: what the file says of this level; the layers are in its
    /// order, which also depends on which tensors a layer is given by keyword.
    private static func places(
        _ scopes: KerasLevel.Scopes, scope: Int?, in group: String, config: JSONValue? = nil
    ) -> [(node: Int, place: String)] {
        var counts: [String: Int] = [:]
        let level = KerasLevel(scopes, scope: scope)
        let listed = config?["config"]?["layers"]?.arrayValue ?? []
        let names = listed.map { $0["config"]?["name"]?.stringValue ?? "" }
        let order = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        var members = level.members
        if names.count == order.count, names.allSatisfy({ name in members.contains { $0.name == name } }) {
            members.sort { order[$0.name] ?? -1 < order[$1.name] ?? -1 }
        }
        return members.flatMap { member -> [(node: Int, place: String)] in
            let className: String
            switch member.content {
            case .layer(let node):
                className = kerasClass(scopes.model.nodes[node].layer)
                if level.isSequential && className == InputLayer.className { return [] }
            case .model(let inner): className = scopes.model.scopes[inner].isSequential ? "Sequential" : "Functional"
            }
            // Keras counts all layers of a class, also those without weights.
            let base = className.snakeCase, number = counts[base, default: 0]
            counts[base] = number + 1
            let place = "\(group)/" + (number == 0 ? base : "\(base)_\(number)")
            switch member.content {
            case .layer(let node): return [(node, place)]
            case .model(let inner):
                return places(
                    scopes, scope: inner, in: place + "/layers",
                    config: order[member.name].map { listed[$0] })
            }
        }
    }

    private static func kerasClass(_ layer: any Layer) -> String {
        (layer as? PassedOver)?.originalClass ?? type(of: layer).className
    }

    /// Where below its group a layer has how many of its weights: layers built around others leave them to these.
    private static func parts(of layer: any Layer, count: Int) -> [(path: String, count: Int)] {
        switch layer {
        case is any RecurrentLayer: return [("cell/", count)]
        case is MultiHeadAttention:
            return ["query_dense/", "key_dense/", "value_dense/", "output_dense/"].map { ($0, count / 4) }
        case let layer as TimeDistributed:
            return parts(of: layer.layer, count: count).map { ("layer/" + $0.path, $0.count) }
        case let layer as Bidirectional:
            return ["forward_layer/", "backward_layer/"].flatMap { side in
                parts(of: layer.layer, count: count / 2).map { (side + $0.path, $0.count) }
            }
        default: return [("", count)]
        }
    }

    /// Finds the weights. `group`: `layers`, or what the versions before 3 called it.
    static func locate(
        _ file: HDF5File, group: String, for model: Model, config: JSONValue? = nil
    ) throws -> [StoredWeights] {
        try places(KerasLevel.Scopes(of: model), scope: nil, in: group, config: config).compactMap { node, place in
            let count = model.nodes[node].parameters.count
            guard count > 0 else { return nil }
            let paths = try parts(of: model.nodes[node].layer, count: count).flatMap { part in
                var variables = "\(place)/\(part.path)vars"
                if try !file.exists(variables) { variables = "\(place)/_\(part.path)vars" }  // as Keras 2 has some
                guard try file.exists(variables) else { throw file.failure(variables, "missing: the layers differ") }
                return try (0..<file.links(in: variables).count).map { "\(variables)/\($0)" }
            }
            return StoredWeights(node: node, paths: paths)
        }
    }

    /// Writes all weights as Keras 3 does: as they are at one moment.
    static func write(_ model: Model, to file: HDF5Writer) throws {
        try model.weights.withUnsafeValues { try write($0, of: model, to: file) }
    }

    private static func write(_ values: UnsafePointer<Float>, of model: Model, to file: HDF5Writer) throws {
        try file.makeGroup("layers")
        for (node, place) in places(KerasLevel.Scopes(of: model), scope: nil, in: "layers") {
            try file.makeGroup("\(place)/vars")
            var indices = model.nodes[node].parameters[...]
            for part in parts(of: model.nodes[node].layer, count: indices.count) {
                try file.makeGroup("\(place)/\(part.path)vars")
                for number in 0..<part.count {
                    let entry = model.weights.entries[indices.removeFirst()]
                    try file.write(
                        values + entry.offset, shape: entry.specification.shape,
                        to: "\(place)/\(part.path)vars/\(number)")
                }
            }
        }
        try file.makeGroup("vars")
    }
}
