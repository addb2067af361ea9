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
        let (name, settings) = description(initializer)
        var config = settings
        if case .constant = initializer {} else { config["seed"] = .null }
        return object(name, module: "keras.initializers", config: config)
    }

    private static func description(_ initializer: Initializer) -> (String, [String: JSONValue]) {
        // Shortest as Float: 0.05 and not 0.05000000074505806.
        func number(_ value: Float) -> JSONValue { .double(Double("\(value)") ?? Double(value)) }
        switch initializer {
        case .zeros: return ("Zeros", [:])
        case .ones: return ("Ones", [:])
        case .glorotUniform: return ("GlorotUniform", [:])
        case .glorotNormal: return ("GlorotNormal", [:])
        case .heUniform: return ("HeUniform", [:])
        case .heNormal: return ("HeNormal", [:])
        case .lecunUniform: return ("LecunUniform", [:])
        case .lecunNormal: return ("LecunNormal", [:])
        case .constant(let value): return ("Constant", ["value": number(value)])
        case .uniform(let lowest, let highest):
            return ("RandomUniform", ["minval": number(lowest), "maxval": number(highest)])
        case .normal(let mean, let deviation):
            return ("RandomNormal", ["mean": .double(mean), "stddev": .double(deviation)])
        case .truncated(let mean, let deviation):
            return ("TruncatedNormal", ["mean": number(mean), "stddev": number(deviation)])
        case .varianceScaling(let scale, let mode, let distribution):
            return (
                "VarianceScaling",
                [
                    "scale": number(scale), "mode": .string(mode.rawValue),
                    "distribution": .string(distribution.rawValue),
                ]
            )
        case .orthogonal(let gain): return ("Orthogonal", ["gain": number(gain)])
        }
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
