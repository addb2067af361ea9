import NeuralNetCore

extension KerasLayers {
    static func activation(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "Activation": return ActivationLayer(try r.activation())
        case "Softmax":
            if r.raw("axis")?.isNull == true { throw r.failure("axis", "null is not supported, only axes") }
            let axes = try r.axes("axis")
            return axes == [-1] ? ActivationLayer(.softmax) : Softmax(axes: axes)
        case "PReLU":
            return PReLU(
                sharedAxes: try r.ints("shared_axes") ?? [],
                alphaInitializer: try r.initializer("alpha_initializer", default: .zeros))
        default: return try function(className, &r).map { ActivationLayer($0) }
        }
    }

    /// What a layer computes that is nothing but an activation; nil for other classes.
    static func function(_ className: String, _ r: inout KerasConfigReader) throws -> Activation? {
        switch className {
        case "ReLU": return try relu(&r)
        case "ThresholdedReLU":
            let theta = try r.float("theta", default: 1)
            guard theta >= 0 else { throw r.failure("theta", "\(theta) is below 0") }
            return .rectifier(maximum: .infinity, negativeSlope: 0, threshold: theta)
        case "LeakyReLU":
            let old = try r.float("alpha", default: 0.3)  // Keras 2's name
            return .leakyRelu(negativeSlope: try r.float("negative_slope", default: old))
        case "ELU": return .elu(alpha: try r.float("alpha", default: 1))
        default: return nil
        }
    }

    private static func relu(_ r: inout KerasConfigReader) throws -> Activation {
        let slope = try r.float("negative_slope", default: 0), threshold = try r.float("threshold", default: 0)
        let maximum = try r.float("max_value", default: .infinity)
        for (name, value) in [("negative_slope", slope), ("threshold", threshold), ("max_value", maximum)] {
            guard value >= 0 else { throw r.failure(name, "\(value) is below 0") }
        }
        switch (maximum, slope, threshold) {
        case (.infinity, 0, 0): return .relu
        case (.infinity, _, 0): return .leakyRelu(negativeSlope: slope)
        case (6, 0, 0): return .relu6
        default: return .rectifier(maximum: maximum, negativeSlope: slope, threshold: threshold)
        }
    }
}

extension KerasConfigReader {
    /// An activation: a bare name, Keras 3's object for a function, or a layer in the place of one.
    mutating func activation(_ name: String = "activation") throws -> Activation {
        guard let value = raw(name), !value.isNull else { return .linear }
        if let className = value["class_name"]?.stringValue, let fields = value["config"]?.objectValue {
            var inner = KerasConfigReader(
                path: path, layer: layer, isTrained: isTrained, fields: fields, kerasVersion: kerasVersion)
            if let function = try KerasLayers.function(className, &inner) {
                try inner.finish()
                return function
            }
        }
        let identifier = value.stringValue ?? value["config"]?.stringValue ?? value["class_name"]?.stringValue
        guard let identifier, let activation = Activation(identifier: identifier) else {
            throw failure(name, "\(value.text()) is not a known activation")
        }
        guard identifier == "hard_sigmoid" else { return activation }
        switch kerasVersion {
        case 3?: return .hardSigmoid(slope: 1 / 6)
        case let older? where older < 3: return .hardSigmoid(slope: 0.2)
        default:
            throw failure(
                name, "hard_sigmoid is not the same in Keras 2 and 3, and nothing says which of them wrote this")
        }
    }

    /// One axis or a list of them.
    mutating func axes(_ name: String, default fallback: Int = -1) throws -> [Int] {
        guard let value = raw(name), !value.isNull else { return [fallback] }
        if value.arrayValue != nil { return try ints(name) ?? [fallback] }
        return [try int(name)]
    }
}
