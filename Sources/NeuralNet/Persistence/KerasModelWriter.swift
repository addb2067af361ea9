/// `model_config` and `training_config` as Keras 3 writes them.
enum KerasModelWriter {
    /// The model's description. Throws `NeuralNetError.file` for an activation that Keras cannot name.
    static func config(of model: Model, path: String) throws -> JSONValue {
        let layers = try model.kerasOrder.map { try item(model.nodes[$0], model, path) }
        if model.isSequential {
            let inputShape: [JSONValue] = [.null] + model.inputShapes[0].map(JSONValue.int)
            return [
                "class_name": "Sequential",
                "config": [
                    "name": .string(model.name), "trainable": true, "dtype": dtype, "layers": .array(layers),
                    "build_input_shape": .array(inputShape),
                ],
            ]
        }
        return [
            "class_name": "Functional",
            "config": [
                "name": .string(model.name), "trainable": true, "layers": .array(layers),
                "input_layers": .array(model.inputs.map { history($0, model) }),
                "output_layers": .array(model.outputs.map { history($0, model) }),
            ],
        ]
    }

    /// The description as a document of its own, as `model.to_json()` gives it: it also says where Keras finds the class.
    static func document(of model: Model) throws -> JSONValue {
        var fields = try config(of: model, path: model.name).objectValue ?? [:]
        fields["module"] = model.isSequential ? "keras" : "keras.src.models.functional"
        fields["registered_name"] = model.isSequential ? JSONValue.null : "Functional"
        return .object(fields)
    }

    private static let dtype: JSONValue = [
        "module": "keras", "class_name": "DTypePolicy", "config": ["name": "float32"], "registered_name": nil,
    ]

    private static func history(_ node: Int, _ model: Model) -> JSONValue {
        [.string(model.nodes[node].layer.name), 0, 0]
    }

    private static func item(_ node: Model.Node, _ model: Model, _ path: String) throws -> JSONValue {
        let layer = node.layer
        var (className, config) = try kerasForm(of: layer, path)
        config["name"] = .string(layer.name)
        if !(layer is InputLayer) {
            config["trainable"] = true
            config["dtype"] = dtype
        }
        var item: [String: JSONValue] = [
            "module": .string(KerasConfig.module(of: className)), "class_name": .string(className),
            "config": .object(config), "registered_name": KerasConfig.registeredName(of: className),
        ]
        guard !model.isSequential else { return .object(item) }
        item["name"] = .string(layer.name)
        let tensors = node.inputs.map { input -> JSONValue in
            let shape: [JSONValue] = [.null] + model.nodes[input].outputShape.map(JSONValue.int)
            return [
                "class_name": "__keras_tensor__",
                "config": [
                    "shape": .array(shape), "dtype": "float32", "keras_history": history(input, model),
                ],
            ]
        }
        let args: JSONValue = tensors.count > 1 ? [.array(tensors)] : .array(tensors)
        item["inbound_nodes"] = node.inputs.isEmpty ? [] : [["args": args, "kwargs": [:]]]
        return .object(item)
    }

    /// An activation with a parameter is a layer of its own in Keras.
    private static func kerasForm(of layer: any Layer, _ path: String) throws -> (String, [String: JSONValue]) {
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

    /// Loss, metrics and optimizer.
    static func config(of training: ModelFile.Training) -> JSONValue {
        [
            "loss": config(of: training.loss), "loss_weights": nil, "metrics": JSONValue(training.metrics),
            "weighted_metrics": nil, "run_eagerly": false, "steps_per_execution": 1, "jit_compile": false,
            "optimizer_config": [
                "class_name": .string(type(of: training.optimizer).className),
                "config": .object(optimizerConfig(training)),
            ],
        ]
    }

    private static func optimizerConfig(_ training: ModelFile.Training) -> [String: JSONValue] {
        let optimizer = training.optimizer
        var config = optimizer.config
        config["name"] = .string(type(of: optimizer).className.lowercased())
        config["weight_decay"] =
            optimizer.weightDecay == 0 && !(optimizer is AdamW)
            ? .null : .double(Double(optimizer.weightDecay))
        config["global_clipnorm"] = training.globalClipNorm.map { .double(Double($0)) } ?? .null
        // Keras 3 has no `decay` but a schedule that does the same.
        let decay = (optimizer as? Adam)?.decay ?? (optimizer as? SGD)?.decay ?? 0
        if decay != 0 {
            config["learning_rate"] = KerasConfig.object(
                "InverseTimeDecay", module: "keras.optimizers.schedules",
                config: [
                    "initial_learning_rate": .double(Double(optimizer.learningRate)), "decay_steps": 1,
                    "decay_rate": .double(Double(decay)), "staircase": false, "name": "inverse_time_decay",
                ])
        }
        return config
    }

    private static func config(of loss: Loss) -> JSONValue {
        switch loss {
        case .meanSquaredError: return "mean_squared_error"
        case .categoricalCrossentropy(labelSmoothing: 0): return "categorical_crossentropy"
        case .categoricalCrossentropy(let smoothing):
            return KerasConfig.object(
                "CategoricalCrossentropy", module: "keras.losses",
                config: [
                    "name": "categorical_crossentropy", "reduction": "sum_over_batch_size", "from_logits": false,
                    "label_smoothing": .double(Double(smoothing)), "axis": -1,
                ])
        }
    }
}
