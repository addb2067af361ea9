import NeuralNetCore

/// Makes layers from Keras's configurations: the table of classes, by subject in the other files of this type.
enum KerasLayers {
    /// What makes the layer of a class, or nil if it is about others.
    typealias Family = @Sendable (_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)?

    private static let families: [Family] = [
        basic, convolution, pooling, normalization, activation, shaping, merging, recurrent,
    ]

    /// The layer of that class. Throws `NeuralNetError.file` naming the layer, and the field if it is one.
    static func make(className: String, reader: KerasConfigReader, name: String) throws -> any Layer {
        var r = reader
        for family in families {
            guard var layer = try family(className, &r) else { continue }
            layer.name = name
            try r.finish()
            return layer
        }
        throw NeuralNetError.file(
            path: r.path, place: "layer '\(r.layer)'", reason: "class \(className) is not supported")
    }

    private static func basic(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "Dense": return try dense(&r)
        case "Dropout": return Dropout(try r.float("rate"), noiseShape: try noiseShape(&r))
        case "SpatialDropout1D": return Dropout(try r.float("rate"), noiseShape: [nil, 1, nil])
        case "SpatialDropout2D": return Dropout(try r.float("rate"), noiseShape: [nil, 1, 1, nil])
        case "Rescaling": return Rescaling(try r.floats("scale"), offset: try r.floats("offset", default: [0]))
        default: return nil
        }
    }

    private static func dense(_ r: inout KerasConfigReader) throws -> any Layer {
        Dense(
            try r.int("units"), activation: try r.activation(), usesBias: try r.bool("use_bias", default: true),
            kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform),
            biasInitializer: try r.initializer("bias_initializer", default: .zeros),
            kernelL2: try r.l2("kernel_regularizer"))
    }

    private static func noiseShape(_ r: inout KerasConfigReader) throws -> [Int?] {
        guard let value = r.raw("noise_shape"), !value.isNull else { return [] }
        let sizes = value.arrayValue ?? []
        guard !sizes.isEmpty, sizes.allSatisfy({ $0.isNull || (1...65536).contains($0.intValue ?? 0) }) else {
            throw r.failure("noise_shape", "\(value.text()) is not a list of sizes")
        }
        return sizes.map(\.intValue)
    }
}
