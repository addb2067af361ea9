import JSON
import NeuralNetCore

/// Makes a model from `model_config` as written by Keras 2.0 to 3: chains and graphs of layers, with models inside.
package struct KerasModelConfig {
    /// A model of more layers is refused: sorting them takes time that grows with the square.
    private static let mostLayers = 5000

    /// What is not in the file itself.
    struct Options {
        var path: String
        /// Whether trained weights will follow.
        var isTrained = false
        var weightLimit = 1 << 28
        /// Height and width of inputs for which the file has none.
        var inputSize: (height: Int, width: Int)?
        var layers = LayerRegistry()
        /// 2 or 3; nil if it is not known.
        var kerasVersion: Int?
    }

    let options: Options
    let notes: KerasNotes

    /// The model with fresh weights, at most `weightLimit` of them; `isTrained` if trained ones will follow. Throws
    /// `NeuralNetError.file` naming what is not understood.
    package static func model(
        from text: String, path: String, isTrained: Bool = false, weightLimit: Int = 1 << 28
    ) throws -> Model {
        let options = Options(path: path, isTrained: isTrained, weightLimit: weightLimit)
        return try model(from: text, options).model
    }

    /// The model, and what of its description means nothing here.
    static func model(from text: String, _ options: Options) throws -> (model: Model, warnings: [String]) {
        let root: JSONValue
        do {
            root = try JSONValue(parsing: text)
        } catch {
            throw NeuralNetError.file(path: options.path, place: "model_config", reason: "not JSON")
        }
        var options = options
        options.kerasVersion = options.kerasVersion ?? KerasVersion.major(of: root)
        let reader = KerasModelConfig(options: options, notes: KerasNotes())
        return (try reader.model(root, arguments: nil, isTrainable: true), reader.notes.warnings)
    }

    func failure(_ reason: String) -> NeuralNetError {
        .file(path: options.path, place: "model_config", reason: reason)
    }

    func failure(layer: String, _ reason: String) -> NeuralNetError {
        .file(path: options.path, place: "layer '\(layer)'", reason: reason)
    }

    /// `arguments`: the shapes that a model inside a model is called with; it is then only made to be called.
    func model(_ root: JSONValue, arguments: [Shape]?, isTrainable: Bool) throws -> Model {
        guard let className = root["class_name"]?.stringValue, let config = root["config"] else {
            throw failure("class_name or config is missing")
        }
        let trains = isTrainable && config["trainable"]?.boolValue != false
        do {
            switch className {
            case "Sequential": return try sequential(config, arguments, trains)
            case "Model", "Functional": return try functional(config, arguments, trains)
            default: throw failure("class \(className) is neither Sequential nor Functional")
            }
        } catch let error as NeuralNetError {
            if case .file = error { throw error }
            if case .unknownInputSize = error { throw error }
            throw failure(error.description)  // layers that do not fit together are the file's fault
        }
    }

    private func finished(
        _ config: JSONValue, _ inputs: [KerasTensor], _ outputs: [KerasTensor], isSequential: Bool, isTemplate: Bool
    ) throws -> Model {
        try Model(
            inputs: inputs.map(\.tensor), outputs: outputs.map { try $0.arranged(channelsFirst: false).tensor },
            name: config["name"]?.stringValue ?? (isSequential ? "sequential" : "functional"),
            isSequential: isSequential, weightLimit: options.weightLimit, isTemplate: isTemplate)
    }

    // MARK: chains

    private func sequential(_ config: JSONValue, _ arguments: [Shape]?, _ trains: Bool) throws -> Model {
        // Keras 2.0 and 2.1 wrote the bare list of layers.
        guard let items = config.arrayValue ?? config["layers"]?.arrayValue, !items.isEmpty else {
            throw failure("no layers")
        }
        try notes.count(items.count, most: Self.mostLayers, failure)
        let named = try items.map { try item($0, trains) }
        let name = named[0].className == "InputLayer" ? named[0].name : ""
        guard let shape = try inputShape(ofSequential: config, arguments: arguments) else {
            throw failure("no input shape")
        }
        let isFirst = arguments == nil && shape.count == 3
        let wants = isFirst && named.first { $0.className != "InputLayer" }.map(KerasLayout.wantsChannelsFirst) == true
        let input = try input(shape, name, isChannelsFirst: wants)
        var current = input
        for item in named where item.className != "InputLayer" {
            if item.isModel {
                let inner = try template(item, [current.arranged(channelsFirst: false).shape])
                guard inner.outputs.count == 1 else { throw failure(layer: item.name, "has several outputs") }
                current = try call(inner, item, [current])[0]
            } else {
                let layout = KerasLayout(of: item, inputs: [current])
                current = try call(try layer(item, layout), layout, [current])
            }
        }
        return try finished(config, [input], [current], isSequential: true, isTemplate: arguments != nil)
    }

    /// An input; of a whole model that is an image with the channels first it has the order of axes that is usual here.
    private func input(_ shape: Shape, _ name: String, isChannelsFirst: Bool) throws -> KerasTensor {
        let shape = isChannelsFirst ? [shape[1], shape[2], shape[0]] : shape
        return KerasTensor(tensor: Input(shape, name: name), shape: shape, isChannelsFirst: isChannelsFirst)
    }

    private func call(_ layer: SharedLayer, _ layout: KerasLayout, _ inputs: [KerasTensor]) throws -> KerasTensor {
        let inputs = try inputs.map { try $0.arranged(channelsFirst: layout.takesChannelsFirst) }
        return KerasTensor(
            tensor: layer(inputs.map(\.tensor)), shape: try layer.layer.outputShape(inputs.map(\.shape)),
            isChannelsFirst: layout.makesChannelsFirst)
    }

    private func call(_ model: Model, _ item: KerasGraph.Item, _ inputs: [KerasTensor]) throws -> [KerasTensor] {
        try notes.count(model.nodes.count, most: Self.mostLayers, failure)
        let inputs = try inputs.map { try $0.arranged(channelsFirst: false) }
        return zip(try model(inputs.map(\.tensor), name: item.name), model.outputShapes).map {
            KerasTensor(tensor: $0, shape: $1)
        }
    }

    // MARK: graphs

    private func functional(_ config: JSONValue, _ arguments: [Shape]?, _ trains: Bool) throws -> Model {
        guard let list = config["layers"]?.arrayValue, let ends = config["output_layers"],
            let starts = config["input_layers"]
        else { throw failure("layers, input_layers or output_layers is missing") }
        try notes.count(list.count, most: Self.mostLayers, failure)
        let items = try list.map { try item($0, trains) }
        let outputs = try KerasCall.ends(ends, failure), inputs = try KerasCall.ends(starts, failure)
        guard arguments == nil || arguments!.count == inputs.count else {
            throw failure("a model with \(inputs.count) inputs is called with \(arguments!.count)")
        }
        var graph = try KerasGraph(items, ends: outputs + inputs, failure)
        let channelsFirst = Set(
            arguments != nil
                ? []
                : items.filter(KerasLayout.wantsChannelsFirst).flatMap { $0.calls.flatMap(\.references) }.map(\.layer))
        // Layers may be listed before those they use: go round until nothing is left.
        var waiting = items
        while !waiting.isEmpty {
            var later: [KerasGraph.Item] = []
            var goesOn = false
            for item in waiting {
                if item.className == "InputLayer" {
                    let place = inputs.firstIndex { $0.layer == item.name }
                    let given = place.flatMap { arguments?[$0] }
                    guard let shape = try inputShape(item.config, layer: item.name, given: given) else {
                        throw failure("layer '\(item.name)' has no shape")
                    }
                    let first = channelsFirst.contains(item.name) && shape.count == 3
                    graph.set(.input, of: item.name)
                    graph.add([try input(shape, item.name, isChannelsFirst: first)], to: item.name)
                    goesOn = true
                    continue
                }
                var rest = item
                while let call = rest.calls.first, try make(call, of: item, &graph) {
                    rest.calls.removeFirst()
                    goesOn = true
                }
                if !rest.calls.isEmpty { later.append(rest) }
            }
            guard goesOn else { throw failure("layer '\(later[0].name)' uses layers that do not exist") }
            waiting = later
        }
        return try finished(
            config, try inputs.map { try find($0, graph) }, try outputs.map { try find($0, graph) },
            isSequential: false, isTemplate: arguments != nil)
    }

    private func find(_ reference: KerasCall.Reference, _ graph: KerasGraph) throws -> KerasTensor {
        guard let tensor = try known(reference, graph) else {
            throw failure("layer '\(reference.layer)' has no call \(reference.call)")
        }
        return tensor
    }

    private func known(_ reference: KerasCall.Reference, _ graph: KerasGraph) throws -> KerasTensor? {
        do {
            return try graph.tensor(reference)
        } catch {
            throw failure(error.reason)
        }
    }

    /// Makes one call of a layer; false if something it needs is not there yet.
    private func make(_ call: KerasCall, of item: KerasGraph.Item, _ graph: inout KerasGraph) throws -> Bool {
        var sources: [KerasTensor] = []
        for reference in call.references {
            guard let tensor = try known(reference, graph) else { return false }
            sources.append(tensor)
        }
        func failure(_ reason: String) -> NeuralNetError { self.failure(layer: item.name, reason) }
        if item.isModel {
            try KerasOperation.checkKeywords(call, item, failure)
            let shapes = try sources.map { try $0.arranged(channelsFirst: false).shape }
            var inner: Model
            if case .model(let known) = graph.content(of: item.name) {
                inner = known.inputShapes == shapes ? known : try known.sharingWeights(inputShapes: shapes)
            } else {
                inner = try template(item, shapes)
                graph.set(.model(inner), of: item.name)
            }
            graph.add(try self.call(inner, item, sources), to: item.name)
            return true
        }
        var layout = KerasLayout(of: item, inputs: sources)
        let shared: SharedLayer
        if case .layer(let known, let itsLayout) = graph.content(of: item.name) {
            (shared, layout) = (known, itsLayout)
        } else if !options.layers.knows(item.className),
            let operation = try KerasOperation(item, call, failure: failure)
        {
            var layer = operation.layer
            layer.name = item.name
            shared = SharedLayer(layer)
            (layout.takesChannelsFirst, layout.makesChannelsFirst) = (false, false)
        } else {
            try KerasOperation.checkKeywords(call, item, failure)
            shared = try layer(item, layout)
            graph.set(.layer(shared, layout), of: item.name)
        }
        graph.add([try self.call(shared, layout, sources)], to: item.name)
        return true
    }
}
