import NeuralNetCore

extension KerasLayers {
    static func pooling(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "MaxPooling2D", "MaxPool2D":
            let size = try r.pair("pool_size", default: (2, 2))
            return MaxPool2D(poolSize: size, strides: try r.pair("strides", default: size), padding: try r.padding())
        case "AveragePooling2D", "AvgPool2D":
            let size = try r.pair("pool_size", default: (2, 2))
            return AveragePool2D(
                poolSize: size, strides: try r.pair("strides", default: size), padding: try r.padding())
        case "GlobalAveragePooling2D", "GlobalAvgPool2D":
            return GlobalAveragePool2D(keepsDimensions: try r.bool("keepdims", default: false))
        case "GlobalMaxPooling2D", "GlobalMaxPool2D":
            return GlobalMaxPool2D(keepsDimensions: try r.bool("keepdims", default: false))
        case "MaxPooling1D", "MaxPool1D":
            let size = try r.single("pool_size", default: 2)
            return MaxPool1D(size, strides: try r.single("strides", default: size), padding: try r.padding())
        case "AveragePooling1D", "AvgPool1D":
            let size = try r.single("pool_size", default: 2)
            return AveragePool1D(size, strides: try r.single("strides", default: size), padding: try r.padding())
        case "GlobalAveragePooling1D", "GlobalAvgPool1D":
            return GlobalAveragePool1D(keepsDimensions: try r.bool("keepdims", default: false))
        case "GlobalMaxPooling1D", "GlobalMaxPool1D":
            return GlobalMaxPool1D(keepsDimensions: try r.bool("keepdims", default: false))
        default: return nil
        }
    }
}
