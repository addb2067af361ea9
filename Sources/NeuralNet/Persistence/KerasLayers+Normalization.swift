extension KerasLayers {
    static func normalization(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "BatchNormalization": return try batchNormalization(&r)
        default: return nil
        }
    }

    private static func batchNormalization(_ r: inout KerasConfigReader) throws -> any Layer {
        _ = r.raw("axis")  // checked when the shapes are known
        for (name, expected) in [
            ("beta_initializer", Initializer.zeros), ("gamma_initializer", .ones),
            ("moving_mean_initializer", .zeros), ("moving_variance_initializer", .ones),
        ] {
            guard try r.initializer(name, default: expected) == expected else {
                throw r.failure(name, "only \(expected.rawValue) is supported")
            }
        }
        return BatchNormalization(
            momentum: try r.float("momentum", default: 0.99), epsilon: try r.float("epsilon", default: 1e-3),
            center: try r.bool("center", default: true), scale: try r.bool("scale", default: true))
    }
}
