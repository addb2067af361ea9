import NeuralNet

extension GraphWriter {
    /// The function applied, with the operators that make it up.
    mutating func applying(_ function: Activation, to x: String, _ form: Form) -> String {
        let name = node.layer is ActivationLayer ? node.layer.name : "\(node.layer.name)_\(function.identifier)"
        switch function {
        case .linear: return x
        case .relu: return add("Relu", [x], named: name)
        case .relu6: return add("Clip", [x, number("min", 0), number("max", 6)], named: name)
        case .leakyRelu(let slope): return add("LeakyRelu", [x], ["alpha": .float(slope)], named: name)
        case .elu(let alpha): return add("Elu", [x], ["alpha": .float(alpha)], named: name)
        case .sigmoid: return add("Sigmoid", [x], named: name)
        case .tanh: return add("Tanh", [x], named: name)
        case .swish: return add("Mul", [x, add("Sigmoid", [x], named: "\(name)_sigmoid")], named: name)
        case .gelu(let approximate):
            operatorSet = 20
            return add("Gelu", [x], ["approximate": .text(approximate ? "tanh" : "none")], named: name)
        case .softmax: return add("Softmax", [x], ["axis": .int(form == .first ? 1 : -1)], named: name)
        case .logSoftmax: return add("LogSoftmax", [x], ["axis": .int(form == .first ? 1 : -1)], named: name)
        case .selu: return add("Selu", [x], named: name)
        case .celu(let alpha): return add("Celu", [x], ["alpha": .float(alpha)], named: name)
        case .softplus: return add("Softplus", [x], named: name)
        case .softsign: return add("Softsign", [x], named: name)
        case .exponential: return add("Exp", [x], named: name)
        case .mish:
            let softplus = add("Softplus", [x], named: "\(name)_softplus")
            return add("Mul", [x, add("Tanh", [softplus], named: "\(name)_tanh")], named: name)
        case .logSigmoid:
            let softplus = add("Softplus", [add("Neg", [x], named: "\(name)_minus")], named: "\(name)_softplus")
            return add("Neg", [softplus], named: name)
        case .hardSigmoid(let slope):
            return add("HardSigmoid", [x], ["alpha": .float(slope), "beta": .float(0.5)], named: name)
        case .hardSwish:
            let gate = add("HardSigmoid", [x], ["alpha": .float(1 / 6), "beta": .float(0.5)], named: "\(name)_gate")
            return add("Mul", [x, gate], named: name)
        case .hardTanh: return add("Clip", [x, number("min", -1), number("max", 1)], named: name)
        case .tanhShrink: return add("Sub", [x, add("Tanh", [x], named: "\(name)_tanh")], named: name)
        case .softShrink: return add("Shrink", [x], ["lambd": .float(0.5), "bias": .float(0.5)], named: name)
        case .hardShrink: return add("Shrink", [x], ["lambd": .float(0.5), "bias": .float(0)], named: name)
        case .squareplus:
            let square = add("Mul", [x, x], named: "\(name)_square")
            let root = add("Sqrt", [add("Add", [square, number("four", 4)], named: "\(name)_sum")], named: "\(name)_root")
            return add("Mul", [add("Add", [x, root], named: "\(name)_twice"), number("half", 0.5)], named: name)
        case .sparsePlus:
            // ((clip(x, -1, 1) + 1) / 2)^2 + relu(x - 1)
            let clipped = add("Clip", [x, number("min", -1), number("max", 1)], named: "\(name)_clip")
            let raised = add("Add", [clipped, number("one", 1)], named: "\(name)_raised")
            let half = add("Mul", [raised, number("half", 0.5)], named: "\(name)_half")
            let above = add("Relu", [add("Sub", [x, number("one", 1)], named: "\(name)_less")], named: "\(name)_above")
            return add("Add", [add("Mul", [half, half], named: "\(name)_square"), above], named: name)
        case .sparseSigmoid:
            return add("HardSigmoid", [x], ["alpha": .float(0.5), "beta": .float(0.5)], named: name)
        case .rectifier(let maximum, let slope, let threshold):
            let least = number("threshold", threshold)
            let isBelow = add("Less", [x, least], named: "\(name)_is_below")
            let below = add("Mul", [add("Sub", [x, least], named: "\(name)_less"), number("slope", slope)], named: "\(name)_below")
            let above = maximum.isFinite ? add("Min", [x, number("maximum", maximum)], named: "\(name)_above") : x
            return add("Where", [isBelow, below, above], named: name)
        }
    }
}
