/// Makes a model from `model_config` as written by Keras 2.0 to 3.
package struct KerasModelConfig {
    /// A model of more layers is refused: sorting them takes time that grows with the square.
    private static let mostLayers = 5000

    private let path: String
    private let weightLimit: Int
    private let isTrained: Bool
    private let kerasVersion: Int?

    /// The model with fresh weights, at most `weightLimit` of them; `isTrained` if trained ones will follow. Throws
    /// `NeuralNetError.file` naming what is not understood.
    package static func model(
        from text: String, path: String, isTrained: Bool = false, weightLimit: Int = 1 << 28
    ) throws -> Model {
        let root: JSONValue
        do {
            root = try JSONValue(parsing: text)
        } catch {
            throw NeuralNetError.file(path: path, place: "model_config", reason: "not JSON")
        }
        return try KerasModelConfig(
            path: path, weightLimit: weightLimit, isTrained: isTrained, kerasVersion: KerasVersion.major(of: root)
        ).model(root)
    }

    /// Throws `NeuralNetError.file` for a layer that is not to be trained: here all layers are.
    static func requireTrainable(_ text: String, path: String) throws {
        let root = try? JSONValue(parsing: text)
        let config = root?["config"]
        let layers = config?["layers"]?.arrayValue ?? config?.arrayValue ?? []
        for item in [root].compactMap({ $0 }) + layers where item["config"]?["trainable"]?.boolValue == false {
            let name = item["config"]?["name"]?.stringValue ?? item["class_name"]?.stringValue ?? ""
            throw NeuralNetError.file(
                path: path, place: "layer '\(name)'",
                reason: "trainable: false is not supported, all layers are trained")
        }
    }

    private init(path: String, weightLimit: Int, isTrained: Bool, kerasVersion: Int?) {
        self.kerasVersion = kerasVersion
        self.path = path
        self.isTrained = isTrained
        self.weightLimit = weightLimit
    }

    private func failure(_ reason: String) -> NeuralNetError {
        .file(path: path, place: "model_config", reason: reason)
    }

    private func model(_ root: JSONValue) throws -> Model {
        guard let className = root["class_name"]?.stringValue, let config = root["config"] else {
            throw failure("class_name or config is missing")
        }
        let layers = config.arrayValue?.count ?? config["layers"]?.arrayValue?.count ?? 0
        guard layers <= Self.mostLayers else { throw failure("\(layers) layers are more than \(Self.mostLayers)") }
        switch className {
        case "Sequential": return try sequential(config)
        case "Model", "Functional": return try functional(config)
        default: throw failure("class \(className) is neither Sequential nor Functional")
        }
    }

    private func shape(_ config: JSONValue, layer: String) throws -> Shape? {
        guard let value = config["batch_shape"] ?? config["batch_input_shape"], !value.isNull else { return nil }
        guard let sizes = value.arrayValue?.dropFirst(), !sizes.isEmpty,
            sizes.allSatisfy({ (1...65536).contains($0.intValue ?? 0) })
        else {
            throw NeuralNetError.file(
                path: path, place: "layer '\(layer)'",
                reason: "batch_shape: \(value.text()) must have a fixed size on every axis but the batch")
        }
        return sizes.map { $0.intValue! }
    }

    private struct Item {
        var name: String
        var className: String
        var config: JSONValue
        var sources: [String]
    }

    private func layer(_ item: JSONValue) throws -> Item {
        guard let className = item["class_name"]?.stringValue, let config = item["config"],
            let fields = config.objectValue
        else { throw failure("a layer without class_name or config") }
        let name = item["name"]?.stringValue ?? fields["name"]?.stringValue ?? ""
        return Item(name: name, className: className, config: config, sources: try inbound(item))
    }

    private func make(_ item: Item) throws -> any Layer {
        let reader = KerasConfigReader(
            path: path, layer: item.name.isEmpty ? item.className : item.name, isTrained: isTrained,
            fields: item.config.objectValue ?? [:], kerasVersion: kerasVersion)
        return try KerasLayers.make(className: item.className, reader: reader, name: item.name)
    }

    private func sequential(_ config: JSONValue) throws -> Model {
        // Keras 2.0 and 2.1 wrote the bare list of layers.
        guard let items = config.arrayValue ?? config["layers"]?.arrayValue, !items.isEmpty else {
            throw failure("no layers")
        }
        var input = try shape(config.arrayValue == nil ? config : .null, layer: "sequential")
        if input == nil, let built = config["build_input_shape"]?.arrayValue {
            input = built.dropFirst().compactMap(\.intValue)
        }
        var layers: [any Layer] = []
        var inputName = ""
        for (index, item) in items.enumerated() {
            let item = try layer(item)
            if index == 0, let first = try shape(item.config, layer: item.name) { input = first }
            if item.className == "InputLayer" {
                inputName = item.name
                continue
            }
            layers.append(try make(item))
        }
        guard let input, !input.isEmpty else { throw failure("no input shape") }
        let name = config["name"]?.stringValue ?? "sequential"
        return try build {
            let first = Input(input, name: inputName)
            return try Model(
                inputs: [first], outputs: [layers.reduce(first) { $1($0) }], name: name, isSequential: true,
                weightLimit: weightLimit)
        }
    }

    private func functional(_ config: JSONValue) throws -> Model {
        guard let items = config["layers"]?.arrayValue, let ends = config["output_layers"],
            let starts = config["input_layers"]
        else { throw failure("layers, input_layers or output_layers is missing") }
        var tensors: [String: SymbolicTensor] = [:]
        // Layers may be listed before those they use: go round until nothing is left.
        var waiting = try items.map(layer)
        while !waiting.isEmpty {
            var later: [Item] = []
            for item in waiting {
                guard tensors[item.name] == nil else { throw failure("two layers are named '\(item.name)'") }
                if item.className == "InputLayer" {
                    guard let shape = try shape(item.config, layer: item.name) else {
                        throw failure("layer '\(item.name)' has no shape")
                    }
                    tensors[item.name] = Input(shape, name: item.name)
                } else {
                    let found = item.sources.compactMap { tensors[$0] }
                    if found.count == item.sources.count {
                        tensors[item.name] = SymbolicTensor(layer: try make(item), inputs: found)
                    } else {
                        later.append(item)
                    }
                }
            }
            guard later.count < waiting.count else {
                throw failure("layer '\(later[0].name)' uses layers that do not exist")
            }
            waiting = later
        }
        let inputs = try find(starts, in: tensors), outputs = try find(ends, in: tensors)
        return try build {
            try Model(
                inputs: inputs, outputs: outputs, name: config["name"]?.stringValue ?? "functional",
                weightLimit: weightLimit)
        }
    }

    private func find(_ value: JSONValue, in tensors: [String: SymbolicTensor]) throws -> [SymbolicTensor] {
        try names(value).map { name in
            guard let tensor = tensors[name] else { throw failure("no layer '\(name)'") }
            return tensor
        }
    }

    /// `[["a", 0, 0], ...]`, or just `["a", 0, 0]` as Keras 3 writes one.
    private func names(_ value: JSONValue) throws -> [String] {
        guard let items = value.arrayValue, !items.isEmpty else {
            throw failure("input_layers or output_layers is \(value.text())")
        }
        let lists = items[0].stringValue == nil ? items : [value]
        return try lists.map {
            guard let name = $0.arrayValue?.first?.stringValue else { throw failure("\($0.text()) names no layer") }
            return name
        }
    }

    /// The layers that feed a layer. Keras 2: `[[["a", 0, 0, {}], ...]]`; Keras 3: tensors inside `args`.
    private func inbound(_ item: JSONValue) throws -> [String] {
        let name = item["name"]?.stringValue ?? ""
        func failure(_ reason: String) -> NeuralNetError {
            .file(path: path, place: "layer '\(name)'", reason: "inbound_nodes: \(reason)")
        }
        guard let nodes = item["inbound_nodes"]?.arrayValue, !nodes.isEmpty else { return [] }
        guard nodes.count == 1 else { throw failure("used more than once; shared layers are not supported") }
        var links: [JSONValue] = []
        if let args = nodes[0]["args"] {
            guard collect(args, &links) else { throw failure("\(args.text()) is not supported, only tensors") }
            try checkKeywords(nodes[0]["kwargs"], failure)
        } else if let list = nodes[0].arrayValue {
            // `["a", 0, 0, {}]` for one without the list around it.
            links = list.first?.stringValue == nil ? list : [.array(list)]
            for link in links { try checkKeywords(link.arrayValue?.dropFirst(3).first, failure) }
        } else {
            throw failure("\(nodes[0].text()) is not understood")
        }
        return try links.map { link in
            guard let parts = link.arrayValue, let source = parts.first?.stringValue else {
                throw failure("\(link.text()) names no layer")
            }
            guard parts.dropFirst().prefix(2).allSatisfy({ $0.intValue == 0 }) else {
                throw failure("\(link.text()): layers with several calls or outputs are not supported")
            }
            return source
        }
    }

    /// Arguments of a call besides the tensors: what they change is not known here, unless they are at rest.
    private func checkKeywords(_ value: JSONValue?, _ failure: (String) -> NeuralNetError) throws {
        for (name, argument) in value?.objectValue ?? [:] where !argument.isNull {
            guard name == "training", argument.boolValue == false else {
                throw failure("call with \(name)=\(argument.text()) is not supported")
            }
        }
    }

    /// Gathers the `keras_history` of all tensors; false if there is anything else.
    private func collect(_ value: JSONValue, _ found: inout [JSONValue]) -> Bool {
        if let history = value["config"]?["keras_history"] {
            found.append(history)
            return true
        }
        return value.arrayValue?.allSatisfy { collect($0, &found) } ?? false
    }

    /// Makes the model. Layers that do not fit together are the file's fault.
    private func build(_ make: () throws -> Model) throws -> Model {
        do {
            return try make()
        } catch let error as NeuralNetError {
            if case .file = error { throw error }
            throw NeuralNetError.file(path: path, place: "model_config", reason: error.description)
        }
    }
}
