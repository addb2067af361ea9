import JSON
import NeuralNetCore

extension KerasModelConfig {
    /// The shape of an input without the batch; nil if the configuration has none. Unknown sizes are taken from `given`,
    /// or from what the caller said.
    func inputShape(_ config: JSONValue, layer: String, given: Shape? = nil) throws -> Shape? {
        guard let value = config["batch_shape"] ?? config["batch_input_shape"], !value.isNull else { return given }
        return try shape(value, layer: layer, given: given)
    }

    private func shape(_ value: JSONValue, layer: String, given: Shape?) throws -> Shape {
        guard let sizes = value.arrayValue?.dropFirst(), !sizes.isEmpty,
            sizes.allSatisfy({ $0.isNull || (1...65536).contains($0.intValue ?? 0) })
        else {
            throw failure(layer: layer, "batch_shape: \(value.text()) is not a list of sizes")
        }
        var shape = sizes.map(\.intValue)
        if let given, given.count == shape.count { return zip(shape, given).map { $0 ?? $1 } }
        if let size = options.inputSize, shape.count == 3 {
            shape[0] = shape[0] ?? size.height
            shape[1] = shape[1] ?? size.width
        }
        guard !shape.contains(nil) else {
            throw NeuralNetError.unknownInputSize(path: options.path, layer: layer, shape: value.text())
        }
        return shape.map { $0! }
    }

    /// The shape that a chain says it takes: itself, its first layer, or the first layer of a model there.
    func inputShape(ofSequential config: JSONValue, arguments: [Shape]?) throws -> Shape? {
        let items = config.arrayValue ?? config["layers"]?.arrayValue ?? []
        let given = arguments?.first
        if let first = items.first, let inner = first["config"] {
            let name = inner["name"]?.stringValue ?? first["class_name"]?.stringValue ?? ""
            if let shape = try inputShape(inner, layer: name, given: given) { return shape }
            if given == nil, first["class_name"]?.stringValue == "Sequential",
                let shape = try inputShape(ofSequential: inner, arguments: nil)
            {
                return shape
            }
            if given == nil, let starts = inner["input_layers"],
                let name = try KerasCall.ends(starts, failure).first?.layer,
                let item = inner["layers"]?.arrayValue?.first(where: { $0["config"]?["name"]?.stringValue == name }),
                let shape = try inputShape(item["config"] ?? .null, layer: name)
            {
                return shape
            }
        }
        let name = config["name"]?.stringValue ?? "sequential"
        if config.arrayValue == nil, let shape = try inputShape(config, layer: name, given: given) { return shape }
        if let built = config["build_input_shape"], built.arrayValue != nil {
            return try self.shape(built, layer: name, given: given)
        }
        return given
    }
}
