import NeuralNetCore

extension KerasLayers {
    static func recurrent(_ className: String, _ r: inout KerasConfigReader) throws -> (any Layer)? {
        switch className {
        case "SimpleRNN":
            try refuseState(&r)
            return SimpleRNN(
                try r.int("units"), function: try r.activation(), usesBias: try r.bool("use_bias", default: true),
                returnsSequences: try r.bool("return_sequences", default: false),
                goesBackwards: try r.bool("go_backwards", default: false),
                dropout: try r.float("dropout", default: 0),
                kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform),
                recurrentInitializer: try r.initializer("recurrent_initializer", default: .orthogonal))
        case "LSTM":
            try refuseState(&r)
            return LSTM(
                try r.int("units"), function: try r.activation(),
                recurrentFunction: try r.activation("recurrent_activation"),
                usesBias: try r.bool("use_bias", default: true),
                returnsSequences: try r.bool("return_sequences", default: false),
                goesBackwards: try r.bool("go_backwards", default: false),
                dropout: try r.float("dropout", default: 0),
                startsRemembering: try r.bool("unit_forget_bias", default: true),
                kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform),
                recurrentInitializer: try r.initializer("recurrent_initializer", default: .orthogonal))
        case "GRU":
            try refuseState(&r)
            return GRU(
                try r.int("units"), function: try r.activation(),
                recurrentFunction: try r.activation("recurrent_activation"),
                usesBias: try r.bool("use_bias", default: true),
                returnsSequences: try r.bool("return_sequences", default: false),
                goesBackwards: try r.bool("go_backwards", default: false),
                dropout: try r.float("dropout", default: 0), resetAfter: try r.bool("reset_after", default: false),
                kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform),
                recurrentInitializer: try r.initializer("recurrent_initializer", default: .orthogonal))
        case "MultiHeadAttention": return try attention(&r)
        case "Bidirectional": return try bidirectional(&r)
        case "TimeDistributed": return TimeDistributed(try inner(&r, "layer"))
        case "Embedding":
            guard try !r.bool("mask_zero", default: false) else {
                throw r.failure("mask_zero", "true is not supported")
            }
            return Embedding(
                try r.int("input_dim"), try r.int("output_dim"),
                embeddingsInitializer: try r.initializer("embeddings_initializer", default: .randomUniform))
        default: return nil
        }
    }

    /// What would make an output depend on other things than the input.
    private static func refuseState(_ r: inout KerasConfigReader) throws {
        for name in ["return_state", "stateful"] where try r.bool(name, default: false) {
            throw r.failure(name, "true is not supported")
        }
        guard try r.float("recurrent_dropout", default: 0) == 0 || r.isTrained else {
            throw r.failure("recurrent_dropout", "is not supported, only dropout")
        }
        guard try r.initializer("bias_initializer", default: .zeros) == .zeros || r.isTrained else {
            throw r.failure("bias_initializer", "only Zeros is supported")
        }
        for name in ["unroll", "zero_output_for_mask", "time_major"] { _ = try r.bool(name, default: false) }
        guard try !r.bool("time_major", default: false) else { throw r.failure("time_major", "true is not supported") }
    }

    private static func attention(_ r: inout KerasConfigReader) throws -> any Layer {
        for name in ["query_shape", "key_shape", "value_shape"] { _ = r.raw(name) }  // Keras 2's; inputs have shapes
        for name in ["use_gate", "flash_attention", "softmax_robust_masking"] where try r.bool(name, default: false) {
            throw r.failure(name, "true is not supported")
        }
        let axes = try r.axes("attention_axes", default: 1)
        guard axes == [1] else { throw r.failure("attention_axes", "\(axes) is not supported, only [1]") }
        let output = r.raw("output_shape").map(\.isNull) == false ? try r.single("output_shape") : nil
        let keys = try r.int("key_dim")
        guard try r.initializer("bias_initializer", default: .zeros) == .zeros || r.isTrained else {
            throw r.failure("bias_initializer", "only Zeros is supported")
        }
        return MultiHeadAttention(
            heads: try r.int("num_heads"), keyDimension: keys, valueDimension: try r.int("value_dim", default: keys),
            outputDimension: output, dropout: try r.float("dropout", default: 0),
            usesBias: try r.bool("use_bias", default: true),
            kernelInitializer: try r.initializer("kernel_initializer", default: .glorotUniform))
    }

    /// A layer within a layer.
    private static func inner(_ r: inout KerasConfigReader, _ name: String) throws -> any Layer {
        guard let value = r.raw(name), let className = value["class_name"]?.stringValue,
            let fields = value["config"]?.objectValue
        else { throw r.failure(name, "missing") }
        let reader = KerasConfigReader(
            path: r.path, layer: r.layer, isTrained: r.isTrained, fields: fields, kerasVersion: r.kerasVersion)
        return try make(className: className, reader: reader, name: fields["name"]?.stringValue ?? "")
    }

    private static func bidirectional(_ r: inout KerasConfigReader) throws -> any Layer {
        let mode = try r.string("merge_mode", default: "")
        guard mode == "concat" else { throw r.failure("merge_mode", "'\(mode)' is not supported, only concat") }
        let layer = try inner(&r, "layer")
        if let value = r.raw("backward_layer"), !value.isNull {
            // It must be the mirror image.
            let mirror = try inner(&r, "backward_layer")
            var expected = layer.config
            let direction = expected.removeValue(forKey: "go_backwards")
            let found = mirror.config
            guard expected == found.filter({ $0.key != "go_backwards" }), found["go_backwards"] != direction,
                type(of: mirror).className == type(of: layer).className
            else { throw r.failure("backward_layer", "another layer than the mirror image is not supported") }
        }
        return Bidirectional(layer)
    }
}
