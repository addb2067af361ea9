import JSON

/// Each place of one sequence looks for what concerns it in another: `softmax(Q K^T / sqrt(keyDimension)) V` for
/// several heads, then a mixture of the heads.
///
/// - Inputs: query `[places, features]`, value `[steps, features']`, and key `[steps, features'']`, which is the value
///   unless given; output: `[places, outputDimension]`.
/// - Parameters: `query_kernel` `[features, heads, keyDimension]`, `query_bias` `[heads, keyDimension]`, the same for
///   key and value, `attention_output_kernel` `[heads, valueDimension, outputDimension]`, `attention_output_bias`
///   `[outputDimension]`.
/// - Cost: four matrix products, and `2 places steps heads (keyDimension + valueDimension)` operations.
/// - A. Vaswani et al., "Attention is All you Need", 2017.
public struct MultiHeadAttention: Layer {
    public static let className = "MultiHeadAttention"
    public var name: String
    /// How many look at once.
    public var heads: Int
    /// Values per head of queries and keys.
    public var keyDimension: Int
    /// Values per head of what is looked up.
    public var valueDimension: Int
    /// nil for that of the query.
    public var outputDimension: Int?
    /// Fraction of the attention that falls while training.
    public var dropout: Float
    /// Whether there are the four biases.
    public var usesBias: Bool
    /// The first values of the four kernels.
    public var kernelInitializer: Initializer

    public init(
        heads: Int, keyDimension: Int, valueDimension: Int? = nil, outputDimension: Int? = nil, dropout: Float = 0,
        usesBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, name: String = ""
    ) {
        self.heads = heads
        self.keyDimension = keyDimension
        self.valueDimension = valueDimension ?? keyDimension
        self.outputDimension = outputDimension
        self.dropout = dropout
        self.usesBias = usesBias
        self.kernelInitializer = kernelInitializer
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        try require(heads > 0, "heads", "positive", heads)
        try require(keyDimension > 0, "keyDimension", "positive", keyDimension)
        try require(valueDimension > 0, "valueDimension", "positive", valueDimension)
        try require(outputDimension ?? 1 > 0, "outputDimension", "positive", outputDimension ?? 0)
        try require(dropout >= 0 && dropout < 1, "dropout", "in 0 ..< 1", dropout)
        guard (2...3).contains(inputs.count), inputs.allSatisfy({ $0.count == 2 }), inputs.last![0] == inputs[1][0]
        else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "query, value and perhaps key, each [steps, features]", received: inputs)
        }
        let scores = [heads, inputs[0][0], inputs[1][0]]
        guard scores.checkedCount != nil else { throw NeuralNetError.tooLarge(label, scores) }
        return [inputs[0][0], outputDimension ?? inputs[0][1]]
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        func projection(_ name: String, _ shape: Shape, bias: Shape) -> [ParameterSpecification] {
            // Keras counts the first axis as that of a window.
            let kernel = ParameterSpecification(
                name: name + "_kernel", shape: shape, initializer: kernelInitializer, fanIn: shape[0] * shape[1],
                fanOut: shape[0] * shape[2])
            guard usesBias else { return [kernel] }
            return [kernel, ParameterSpecification(name: name + "_bias", shape: bias, initializer: .zeros)]
        }
        let output = outputDimension ?? inputs[0][1]
        return projection("query", [inputs[0][1], heads, keyDimension], bias: [heads, keyDimension])
            + projection("key", [inputs.last![1], heads, keyDimension], bias: [heads, keyDimension])
            + projection("value", [inputs[1][1], heads, valueDimension], bias: [heads, valueDimension])
            + projection("attention_output", [heads, valueDimension, output], bias: [output])
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        AttentionKernel(
            layer: self, query: context.inputShapes[0], value: context.inputShapes[1], key: context.inputShapes.last!,
            output: context.outputShape[1], maximumBatch: context.maximumBatch, threads: context.threads,
            isTraining: context.isTraining)
    }

    public var config: [String: JSONValue] {
        [
            "num_heads": .int(heads), "key_dim": .int(keyDimension), "value_dim": .int(valueDimension),
            "dropout": .double(Double(dropout)), "use_bias": .bool(usesBias),
            "output_shape": outputDimension.map { [.int($0)] } ?? .null, "attention_axes": [1],
            "kernel_initializer": KerasConfig.initializer(kernelInitializer),
            "bias_initializer": KerasConfig.initializer(.zeros), "kernel_regularizer": nil, "bias_regularizer": nil,
            "activity_regularizer": nil, "kernel_constraint": nil, "bias_constraint": nil, "seed": nil,
        ]
    }
}
