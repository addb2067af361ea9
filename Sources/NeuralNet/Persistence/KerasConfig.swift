/// The pieces that Keras's layer configurations are made of.
enum KerasConfig {
    /// An activation as Keras's layers store it. Those with a parameter that Keras can't name are refused when
    /// saving, see `KerasWriter`.
    static func activation(_ activation: Activation) -> JSONValue { .string(activation.identifier) }

    static func initializer(_ initializer: Initializer) -> JSONValue {
        var config: [String: JSONValue] = [:]
        switch initializer {
        case .zeros, .ones: break
        default: config["seed"] = .null
        }
        return object(initializer.rawValue, module: "keras.initializers", config: config)
    }

    static func regularizer(l2: Float) -> JSONValue {
        l2 == 0 ? .null : object("L2", module: "keras.regularizers", config: ["l2": .double(Double(l2))])
    }

    static func object(_ className: String, module: String, config: [String: JSONValue]) -> JSONValue {
        [
            "module": .string(module), "class_name": .string(className), "config": .object(config),
            "registered_name": nil,
        ]
    }
}
