import JSON

/// The pieces that Keras's layer configurations are made of.
package enum KerasConfig {
    /// An activation as Keras's layers store it: its name, or a layer in the place of one with settings. Those that
    /// Keras has not are refused when saving, see `KerasModelWriter`.
    package static func activation(_ activation: Activation) -> JSONValue {
        if Activation(identifier: activation.identifier) != activation, let layer = layer(for: activation) {
            return object(layer.className, module: "keras.layers", config: layer.config)
        }
        return .string(activation.identifier)
    }

    /// The layer that an activation with settings is in Keras.
    package static func layer(for activation: Activation) -> (className: String, config: [String: JSONValue])? {
        switch activation {
        case .leakyRelu(let slope): return ("LeakyReLU", ["negative_slope": .double(Double(slope))])
        case .elu(let alpha): return ("ELU", ["alpha": .double(Double(alpha))])
        case .rectifier(let maximum, let slope, let threshold):
            return (
                "ReLU",
                [
                    "max_value": maximum.isFinite ? .double(Double(maximum)) : .null,
                    "negative_slope": .double(Double(slope)), "threshold": .double(Double(threshold)),
                ]
            )
        default: return nil
        }
    }

    package static func initializer(_ initializer: Initializer) -> JSONValue {
        var config: [String: JSONValue] = [:]
        switch initializer {
        case .zeros, .ones: break
        default: config["seed"] = .null
        }
        return object(initializer.rawValue, module: "keras.initializers", config: config)
    }

    package static func regularizer(l2: Float) -> JSONValue {
        l2 == 0 ? .null : object("L2", module: "keras.regularizers", config: ["l2": .double(Double(l2))])
    }

    package static func object(_ className: String, module: String, config: [String: JSONValue]) -> JSONValue {
        [
            "module": .string(module), "class_name": .string(className), "config": .object(config),
            "registered_name": nil,
        ]
    }
}
