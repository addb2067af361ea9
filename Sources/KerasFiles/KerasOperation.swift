import JSON
import NeuralNetCore

/// Arithmetic and functions that Keras's files hold as if they were layers: Keras 3's operations (`x / 127.5`,
/// `keras.ops.relu6(x)`) and what Keras 2 calls `TFOpLambda` (`tf.math.truediv`). They become layers that compute the same.
struct KerasOperation {
    let layer: any Layer

    /// Nil if `item` is a layer. Throws what `failure` makes of the reason.
    init?(_ item: KerasGraph.Item, _ call: KerasCall, failure: (String) -> NeuralNetError) throws {
        let function: String
        var settings = item.config.objectValue ?? [:]
        if Self.isOperation(item, call) {
            function = item.className.snakeCase
        } else if item.className == "TFOpLambda", let name = item.config["function"]?.stringValue {
            function = String(name.split(separator: ".").last ?? "")
            settings = [:]
        } else {
            return nil
        }
        for (name, argument) in call.keywords {
            if case .constant(let value) = argument { settings[name] = value }
        }
        if item.className != "TFOpLambda", function.hasSuffix("softmax"), settings["axis"]?.isNull == true {
            throw failure("operation \(item.className): over all axes is not supported, only of the last one")
        }
        settings = settings.filter { !$0.value.isNull && !["name", "dtype", "trainable"].contains($0.key) }
        let label = item.className == "TFOpLambda" ? item.config["function"]!.stringValue! : item.className
        func refusal(_ reason: String) -> NeuralNetError { failure("operation \(label): \(reason)") }

        if let merging = Self.merging[function] {
            layer = try Self.arithmetic(merging, call, settings, refusal)
        } else if ["negative", "neg"].contains(function) {
            layer = Rescaling(-1)
        } else {
            guard !call.hasConstants else { throw refusal("called with a constant is not supported") }
            // What is left out is exact in TensorFlow, and an approximation in Keras.
            if item.className == "TFOpLambda", function == "gelu" {
                settings["approximate"] = settings["approximate"] ?? false
            }
            layer = try Self.function(function, settings, refusal)
        }
    }

    /// Whether an item is one of Keras 3's operations. In HDF5 files nothing says where its class is; there it lacks what
    /// every layer has.
    private static func isOperation(_ item: KerasGraph.Item, _ call: KerasCall) -> Bool {
        if item.module.hasPrefix("keras.src.ops") || item.module.hasPrefix("keras.ops") { return true }
        guard item.module.isEmpty, !call.references.contains(where: \.mayCountDefinition),
            item.config["name"] != nil, item.config["trainable"] == nil, item.config["dtype"] == nil
        else { return false }
        let name = item.className.snakeCase
        let isFunction = Activation(identifier: name) != nil && !["ELU", "Softmax"].contains(item.className)
        return call.hasConstants || isFunction || ["mean", "max", "negative", "true_divide", "divide"].contains(name)
            || item.config["newshape"] != nil
    }

    /// Layers that do the same with several tensors, by the names of functions.
    private static let merging = [
        "add": "Add", "add_v2": "Add", "subtract": "Subtract", "sub": "Subtract", "multiply": "Multiply",
        "mul": "Multiply", "true_divide": "Divide", "truediv": "Divide", "divide": "Divide", "maximum": "Maximum",
        "minimum": "Minimum",
    ]

    /// Two tensors, or a tensor and a constant on either side.
    private static func arithmetic(
        _ className: String, _ call: KerasCall, _ settings: [String: JSONValue], _ refusal: (String) -> NeuralNetError
    ) throws -> any Layer {
        let operands =
            call.arguments
            + call.keywords.filter { ["x", "y", "x1", "x2"].contains($0.key) }.sorted { $0.key < $1.key }.map(\.value)
        for name in settings.keys.sorted() where !["x", "y", "x1", "x2"].contains(name) {
            throw refusal("called with \(name)=\(settings[name]!.text()) is not supported")
        }
        guard operands.count == 2 else { throw refusal("\(operands.count) operands instead of 2") }
        switch (operands[0], operands[1]) {
        case (.tensor, .tensor):
            let reader = KerasConfigReader(path: "", layer: "", isTrained: true, fields: [:])
            guard className != "Divide",
                let layer = try? KerasLayers.make(className: className, reader: reader, name: "")
            else { throw refusal("of two tensors is not supported") }
            return layer
        case (.tensor, .constant(let value)):
            let numbers = try numbers(value, refusal)
            switch className {
            case "Add": return Rescaling([1], offset: numbers)
            case "Subtract": return Rescaling([1], offset: numbers.map { -$0 })
            case "Multiply": return Rescaling(numbers)
            case "Divide": return Rescaling(numbers.map { 1 / $0 })
            default: throw refusal("with a constant is not supported")
            }
        case (.constant(let value), .tensor):
            let numbers = try numbers(value, refusal)
            switch className {
            case "Add": return Rescaling([1], offset: numbers)
            case "Subtract": return Rescaling([-1], offset: numbers)
            case "Multiply": return Rescaling(numbers)
            default: throw refusal("of a constant by a tensor is not supported")
            }
        default: throw refusal("of two constants is not supported")
        }
    }

    /// One number, or one per channel: also as Keras 3 writes arrays, `{"class_name": "__numpy__", ...}`.
    private static func numbers(_ value: JSONValue, _ refusal: (String) -> NeuralNetError) throws -> [Float] {
        var value = value["config"]?["value"] ?? value
        while let items = value.arrayValue, items.count == 1, items[0].arrayValue != nil { value = items[0] }
        let items = value.arrayValue ?? [value]
        let numbers = items.compactMap(\.doubleValue).map { Float($0) }
        guard !items.isEmpty, numbers.count == items.count, numbers.allSatisfy(\.isFinite) else {
            throw refusal("\(value.text()) is not a number, nor one per channel")
        }
        return numbers
    }

    private static func function(
        _ name: String, _ settings: [String: JSONValue], _ refusal: (String) -> NeuralNetError
    ) throws -> any Layer {
        var rest = settings
        var layer: (any Layer)?
        switch name {
        case "mean", "reduce_mean", "max", "reduce_max", "amax":
            let axes = (rest.removeValue(forKey: "axis"))?.arrayValue?.compactMap(\.intValue)
            let keeps = rest.removeValue(forKey: "keepdims")?.boolValue ?? false
            guard axes == [1, 2] || axes == [-3, -2] else { throw refusal("only over height and width is supported") }
            layer =
                name.contains("mean")
                ? GlobalAveragePool2D(keepsDimensions: keeps) : GlobalMaxPool2D(keepsDimensions: keeps)
        case "reshape":
            let shape = rest.removeValue(forKey: "newshape") ?? rest.removeValue(forKey: "shape")
            let sizes = shape?.arrayValue?.compactMap(\.intValue) ?? []
            guard sizes.count > 1, sizes.count == shape?.arrayValue?.count, sizes[0] == -1 else {
                throw refusal("to \(shape?.text() ?? "nothing") is not supported")
            }
            layer = Reshape(Array(sizes.dropFirst()))
        case "concatenate", "concat":
            layer = Concatenate(axis: rest.removeValue(forKey: "axis")?.intValue ?? -1)
        case "gelu":
            layer = ActivationLayer(.gelu(approximate: rest.removeValue(forKey: "approximate")?.boolValue ?? true))
        case "leaky_relu":
            let slope = rest.removeValue(forKey: "negative_slope") ?? rest.removeValue(forKey: "alpha") ?? 0.2
            layer = slope.doubleValue.map { ActivationLayer(.leakyRelu(negativeSlope: Float($0))) }
        case "elu", "celu":
            let alpha = Float((rest.removeValue(forKey: "alpha") ?? 1).doubleValue ?? .nan)
            guard alpha.isFinite, alpha > 0 else { throw refusal("with such an alpha is not supported") }
            layer = ActivationLayer(name == "elu" ? .elu(alpha: alpha) : .celu(alpha: alpha))
        case "softmax", "log_softmax":
            guard rest.removeValue(forKey: "axis")?.intValue ?? -1 == -1 else { throw refusal("only of the last axis") }
            fallthrough
        default:
            layer = Activation(identifier: name).map { ActivationLayer($0) }
        }
        guard let layer else { throw refusal("is not supported") }
        if let name = rest.keys.min() {
            throw refusal("called with \(name)=\(rest[name]!.text()) is not supported")
        }
        return layer
    }

    /// Whether a layer computes something else in training.
    private static func differsInTraining(_ item: KerasGraph.Item) -> Bool {
        item.isModel || differsInTraining(item.className, item.config)
    }

    private static func differsInTraining(_ className: String, _ config: JSONValue) -> Bool {
        className == "BatchNormalization" || className.hasPrefix("Random")
            || ["Dropout", "Noise"].contains { className.contains($0) }
            || ["dropout", "recurrent_dropout"].contains { config[$0]?.doubleValue ?? 0 > 0 }
            || ["layer", "backward_layer"].contains { name in
                config[name]?["class_name"]?.stringValue.map { differsInTraining($0, config[name]?["config"] ?? .null) }
                    ?? false
            }
    }

    /// Throws for what a layer is called with besides tensors, unless it changes nothing at prediction.
    static func checkKeywords(
        _ call: KerasCall, _ item: KerasGraph.Item, _ failure: (String) -> NeuralNetError
    ) throws {
        for argument in call.arguments {
            if case .constant(let value) = argument {
                throw failure("inbound_nodes: \(value.text()) is not supported, only tensors")
            }
        }
        for (name, argument) in call.keywords.sorted(by: { $0.key < $1.key }) {
            switch argument {
            case .tensor where KerasCall.tensorKeywords.contains(name): continue
            case .tensor: throw failure("inbound_nodes: call with a tensor as \(name) is not supported")
            case .constant(let value):
                // Keras 3 notes the default of `training`, and passes it over when it predicts. Keras 2 abides by it.
                let isKeras2 = call.references.contains(where: \.mayCountDefinition)
                if name == "training", let flag = value.boolValue, !flag || !isKeras2 || !differsInTraining(item) {
                    continue
                }
                throw failure("inbound_nodes: call with \(name)=\(value.text()) is not supported")
            }
        }
    }
}
