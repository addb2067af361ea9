import JSON
import NeuralNetCore

/// `model_config` as Keras 3 writes it.
enum KerasModelWriter {
    /// The model's description. Throws `NeuralNetError.file` for an activation that Keras cannot name. `names` says
    /// where Keras finds each class, as it wants to know outside of HDF5.
    static func config(of model: Model, path: String) throws -> JSONValue {
        .object(try fields(KerasLevel.Scopes(of: model), scope: nil, path))
    }

    /// The description as a document of its own, as `model.to_json()` gives it: it also says where Keras finds the class.
    static func document(of model: Model, path: String? = nil) throws -> JSONValue {
        try config(of: model, path: path ?? model.name)
    }

    private static let dtype: JSONValue = [
        "module": "keras", "class_name": "DTypePolicy", "config": ["name": "float32"], "registered_name": nil,
    ]

    /// A model, the whole or one inside: class, configuration, and where Keras finds the class.
    private static func fields(_ scopes: KerasLevel.Scopes, scope: Int?, _ path: String) throws -> [String: JSONValue] {
        let level = KerasLevel(scopes, scope: scope), model = scopes.model
        let layers = try level.members.map { try item($0, level, scopes, path) }
        // A name with slashes is that of a model inside one that was cut.
        let name = scope.map { scopes.localName(.model(scope: $0), at: model.scopes[$0].parent) } ?? model.name
        var config: [String: JSONValue] = [
            "name": .string(name), "trainable": .bool(isTrainable(scopes, scope)), "layers": .array(layers),
        ]
        if level.isSequential {
            let inputShape = model.nodes[level.inputs[0].node].outputShape
            config["dtype"] = dtype
            config["build_input_shape"] = .array([.null] + inputShape.map(JSONValue.int))
            return [
                "module": "keras", "class_name": "Sequential", "config": .object(config), "registered_name": nil,
            ]
        }
        func end(_ reference: KerasLevel.Reference) -> JSONValue {
            // Here, unlike in a layer's arguments, Keras 3 counts the definition of a graph inside as its first call.
            var isGraph = false
            if case .model(let inner) = level.members[reference.member].content {
                isGraph = !model.scopes[inner].isSequential
            }
            return history(reference, level, first: isGraph ? 1 : 0)
        }
        // One is written bare: in a chain Keras calls a model with a tensor, not with a list of one.
        func list(_ references: [KerasLevel.Reference]) -> JSONValue {
            references.count == 1 ? end(references[0]) : .array(references.map(end))
        }
        config["input_layers"] = list(level.inputs)
        config["output_layers"] = list(level.outputs)
        return [
            "module": "keras.src.models.functional", "class_name": "Functional", "config": .object(config),
            "registered_name": "Functional",
        ]
    }

    /// A model inside is frozen if all its layers are.
    private static func isTrainable(_ scopes: KerasLevel.Scopes, _ scope: Int?) -> Bool {
        guard scope != nil else { return true }
        let nodes = KerasLevel.nodes(scopes, scope: scope).map { scopes.model.nodes[$0] }.filter {
            !($0.layer is InputLayer)
        }
        return nodes.isEmpty || nodes.contains(where: \.isTrainable)
    }

    private static func history(_ reference: KerasLevel.Reference, _ level: KerasLevel, first: Int) -> JSONValue {
        [.string(level.members[reference.member].name), .int(reference.call + first), .int(reference.output)]
    }

    private static func item(
        _ member: KerasLevel.Member, _ level: KerasLevel, _ scopes: KerasLevel.Scopes, _ path: String
    ) throws -> JSONValue {
        let model = scopes.model
        var item: [String: JSONValue]
        switch member.content {
        case .model(let scope):
            item = try fields(scopes, scope: scope, path)
            var config = item["config"]!.objectValue!
            config["name"] = .string(member.name)
            item["config"] = .object(config)
        case .layer(let index):
            let node = model.nodes[index]
            var (className, config) = try kerasForm(of: node.layer, path)
            config.merge(node.keptFields) { $1 }
            config["name"] = .string(member.name)
            if !(node.layer is InputLayer) {
                if (node.layer as? PassedOver)?.hasTrainable ?? true { config["trainable"] = .bool(node.isTrainable) }
                config["dtype"] = dtype
            }
            item = [
                "module": .string(KerasConfig.module(of: className)), "class_name": .string(className),
                "config": .object(config), "registered_name": KerasConfig.registeredName(of: className),
            ]
        }
        guard !level.isSequential else { return .object(item) }
        item["name"] = .string(member.name)
        // Attention takes its tensors one by one, others a list.
        var takesSingly = false
        if case .layer(let index) = member.content { takesSingly = model.nodes[index].layer is MultiHeadAttention }
        let calls = member.calls.filter { !$0.inputs.isEmpty }.map { call -> JSONValue in
            let tensors = call.inputs.map { input -> JSONValue in
                let shape: [JSONValue] = [.null] + model.nodes[input.node].outputShape.map(JSONValue.int)
                return [
                    "class_name": "__keras_tensor__",
                    "config": [
                        "shape": .array(shape), "dtype": "float32", "keras_history": history(input, level, first: 0),
                    ],
                ]
            }
            let isList = tensors.count > 1 && !takesSingly
            return ["args": isList ? [.array(tensors)] : .array(tensors), "kwargs": [:]]
        }
        item["inbound_nodes"] = .array(calls)
        return .object(item)
    }

    /// An activation with a parameter is a layer of its own in Keras.
    private static func kerasForm(of layer: any Layer, _ path: String) throws -> (String, [String: JSONValue]) {
        if let passedOver = layer as? PassedOver { return (passedOver.originalClass, passedOver.config) }
        if let activation = (layer as? ActivationLayer)?.function, let form = KerasConfig.layer(for: activation) {
            return form
        }
        var activations = [(layer as? ActivationLayer)?.function ?? layer.activation]
        let wrapped = (layer as? TimeDistributed)?.layer ?? (layer as? Bidirectional)?.layer
        if let core = ((wrapped ?? layer) as? any RecurrentLayer)?.core {
            activations += [core.function, core.recurrentFunction]
        }
        if let wrapped = wrapped as? ActivationLayer { activations.append(wrapped.function) }
        for activation in activations
        where Activation(identifier: activation.identifier) != activation && KerasConfig.layer(for: activation) == nil {
            throw NeuralNetError.file(
                path: path, place: "layer '\(layer.name)'",
                reason: "activation: Keras 3 has no \(activation)")
        }
        return (type(of: layer).className, layer.config)
    }
}
