import JSON
import NeuralNetCore

extension KerasLayers {
    static func normalization(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "BatchNormalization": return try batchNormalization(&r)
        case "LayerNormalization":
            try requireUsualInitializers(&r)
            guard try !r.bool("rms_scaling", default: false) else {
                throw r.failure("rms_scaling", "true is not supported")
            }
            return LayerNormalization(
                axis: try r.axes("axis"), epsilon: try r.float("epsilon", default: 1e-3),
                center: try r.bool("center", default: true), scale: try r.bool("scale", default: true))
        case "RMSNormalization":
            return RMSNormalization(axis: try r.axes("axis"), epsilon: try r.float("epsilon", default: 1e-6))
        case "GroupNormalization":
            try requireUsualInitializers(&r)
            return GroupNormalization(
                groups: try r.int("groups", default: 32), axis: try r.int("axis", default: -1),
                epsilon: try r.float("epsilon", default: 1e-3), center: try r.bool("center", default: true),
                scale: try r.bool("scale", default: true))
        case "UnitNormalization": return UnitNormalization(axis: try r.axes("axis"))
        case "Normalization": return try statistics(&r)
        case "LayerScale":
            return LayerScale(try r.int("projection_dim"), initialValue: try r.float("init_values"))
        case "StochasticDepth": return StochasticDepth(try r.float("drop_path_rate"))
        default: return nil
        }
    }

    private static func batchNormalization(_ r: inout KerasConfigReader) throws -> any Layer {
        try requireUsualInitializers(&r)
        let axis = try r.axes("axis")
        guard axis.count == 1 else { throw r.failure("axis", "\(axis) is not supported, only one axis") }
        return BatchNormalization(
            momentum: try r.float("momentum", default: 0.99), epsilon: try r.float("epsilon", default: 1e-3),
            center: try r.bool("center", default: true), scale: try r.bool("scale", default: true), axis: axis[0])
    }

    /// How weights began does not matter to trained ones.
    private static func requireUsualInitializers(_ r: inout KerasConfigReader) throws {
        for (name, expected) in [
            ("beta_initializer", Initializer.zeros), ("gamma_initializer", .ones),
            ("moving_mean_initializer", .zeros), ("moving_variance_initializer", .ones),
        ] {
            guard try r.initializer(name, default: expected) == expected || r.isTrained else {
                throw r.failure(name, "only \(expected == .ones ? "Ones" : "Zeros") is supported")
            }
        }
    }

    /// `Normalization`: an axis that is null means one mean for all, which a missing one does not.
    private static func statistics(_ r: inout KerasConfigReader) throws -> any Layer {
        let axis = r.raw("axis").map(\.isNull) == true ? [] : try r.axes("axis")
        let mean = try nested(&r, "mean"), variance = try nested(&r, "variance")
        guard (mean == nil) == (variance == nil) else {
            throw r.failure(mean == nil ? "mean" : "variance", "missing beside the other of the two")
        }
        return Normalization(
            axis: axis, statistics: mean.map { ($0, variance!) }, invert: try r.bool("invert", default: false))
    }

    /// Numbers in lists of any depth, one after another; nil if there are none.
    private static func nested(_ r: inout KerasConfigReader, _ name: String) throws -> [Float]? {
        guard var value = r.raw(name), !value.isNull else { return nil }
        value = value["config"]?["value"] ?? value
        var numbers: [Float] = []
        func collect(_ value: JSONValue) -> Bool {
            if let items = value.arrayValue { return items.allSatisfy(collect) }
            guard let number = value.doubleValue else { return false }
            numbers.append(Float(number))
            return true
        }
        guard collect(value), !numbers.isEmpty else {
            throw r.failure(name, "\(value.text()) is not a list of numbers")
        }
        return numbers
    }
}
