extension Activation {
    /// Keras's names of the activations that have no setting, or Keras's usual one.
    private static let names: [(String, Activation)] = [
        ("linear", .linear), ("relu", .relu), ("relu6", .relu6), ("leaky_relu", .leakyRelu(negativeSlope: 0.2)),
        ("elu", .elu(alpha: 1)), ("sigmoid", .sigmoid), ("tanh", .tanh), ("silu", .swish), ("swish", .swish),
        ("gelu", .gelu(approximate: false)), ("softmax", .softmax), ("log_softmax", .logSoftmax), ("selu", .selu),
        ("celu", .celu(alpha: 1)), ("softplus", .softplus), ("softsign", .softsign), ("mish", .mish),
        ("exponential", .exponential), ("log_sigmoid", .logSigmoid), ("hard_sigmoid", .hardSigmoid(slope: 1 / 6)),
        ("hard_silu", .hardSwish), ("hard_swish", .hardSwish), ("hard_tanh", .hardTanh),
        ("tanh_shrink", .tanhShrink), ("soft_shrink", .softShrink), ("hard_shrink", .hardShrink),
        ("squareplus", .squareplus), ("sparse_plus", .sparsePlus), ("sparse_sigmoid", .sparseSigmoid),
    ]

    /// Keras's identifier, as in `"activation": "relu"`: of the function, whatever its settings.
    public var identifier: String {
        switch self {
        case .leakyRelu: return "leaky_relu"
        case .elu: return "elu"
        case .gelu: return "gelu"
        case .celu: return "celu"
        case .hardSigmoid: return "hard_sigmoid"
        case .rectifier: return "relu"
        default: return Activation.names.first { $0.1 == self }?.0 ?? "\(self)"
        }
    }

    /// The activation that Keras 3 means by a bare identifier, with Keras's usual settings.
    public init?(identifier: String) {
        guard let known = Activation.names.first(where: { $0.0 == identifier }) else { return nil }
        self = known.1
    }
}
