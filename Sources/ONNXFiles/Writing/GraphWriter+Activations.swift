import NeuralNet

extension GraphWriter {
    /// The function applied to `x`, with the operators that make it up. Throws `ONNXFailure` if there are none.
    mutating func applying(_ function: Activation, to x: String, _ form: Form) throws -> String {
        let name = node.layer is ActivationLayer ? node.layer.name : "\(node.layer.name)_\(function.identifier)"
        switch function {
        case .linear: return x
        case .relu: return add("Relu", [x], named: name)
        case .relu6: return add("Clip", [x, number("min", 0), number("max", 6)], named: name)
        case .hardTanh: return add("Clip", [x, number("min", -1), number("max", 1)], named: name)
        case .leakyRelu(let slope): return add("LeakyRelu", [x], ["alpha": .float(slope)], named: name)
        case .elu(let alpha): return add("Elu", [x], ["alpha": .float(alpha)], named: name)
        case .celu(let alpha): return add("Celu", [x], ["alpha": .float(alpha)], named: name)
        case .selu: return add("Selu", [x], named: name)
        case .sigmoid: return add("Sigmoid", [x], named: name)
        case .tanh: return add("Tanh", [x], named: name)
        case .softplus: return add("Softplus", [x], named: name)
        case .softsign: return add("Softsign", [x], named: name)
        case .exponential: return add("Exp", [x], named: name)
        case .hardSigmoid(let slope):
            return add("HardSigmoid", [x], ["alpha": .float(slope), "beta": .float(0.5)], named: name)
        case .softShrink: return add("Shrink", [x], ["lambd": .float(0.5), "bias": .float(0.5)], named: name)
        case .hardShrink: return add("Shrink", [x], ["lambd": .float(0.5), "bias": .float(0)], named: name)
        case .swish: return add("Mul", [x, add("Sigmoid", [x], named: "\(name)_sigmoid")], named: name)
        case .hardSwish:
            let gate = ["alpha": ONNXAttribute.float(1 / 6), "beta": .float(0.5)]
            return add("Mul", [x, add("HardSigmoid", [x], gate, named: "\(name)_gate")], named: name)
        case .mish:
            let curve = add("Tanh", [add("Softplus", [x], named: "\(name)_softplus")], named: "\(name)_tanh")
            return add("Mul", [x, curve], named: name)
        case .logSigmoid:
            let negative = add("Neg", [x], named: "\(name)_negative")
            return add("Neg", [add("Softplus", [negative], named: "\(name)_softplus")], named: name)
        case .tanhShrink: return add("Sub", [x, add("Tanh", [x], named: "\(name)_tanh")], named: name)
        case .sparseSigmoid:
            let half = add("Mul", [x, number("half", 0.5)], named: "\(name)_half")
            let shifted = add("Add", [half, number("shift", 0.5)], named: "\(name)_shift")
            return add("Clip", [shifted, number("min", 0), number("max", 1)], named: name)
        case .rectifier(let maximum, 0, 0) where maximum > 0 && maximum < .infinity:
            return add("Clip", [x, number("min", 0), number("max", maximum)], named: name)
        case .rectifier(.infinity, 0, let threshold):
            return add("ThresholdedRelu", [x], ["alpha": .float(threshold)], named: name)
        case .rectifier(.infinity, let slope, 0): return add("LeakyRelu", [x], ["alpha": .float(slope)], named: name)
        case .gelu(let approximate):
            operatorSet = max(operatorSet, 20)
            return add("Gelu", [x], ["approximate": .text(approximate ? "tanh" : "none")], named: name)
        case .softmax: return add("Softmax", [x], ["axis": .int(form == .first ? 1 : -1)], named: name)
        case .logSoftmax: return add("LogSoftmax", [x], ["axis": .int(form == .first ? 1 : -1)], named: name)
        case .rectifier, .squareplus, .sparsePlus:
            throw ONNXFailure("activation \(function) has no operator here", at: "layer '\(node.layer.name)'")
        }
    }
}
