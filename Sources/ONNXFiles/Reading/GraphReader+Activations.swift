import NeuralNet

/// Functions of single numbers, and softmax.
extension GraphReader {
    /// The functions that are layers here; nil for other operators.
    func activation(_ n: inout NodeReader) throws -> Feature? {
        let function: Activation
        switch n.node.type {
        case "Relu": function = .relu
        case "LeakyRelu": function = .leakyRelu(negativeSlope: try n.float("alpha", default: 0.01))
        case "Elu": function = .elu(alpha: try n.float("alpha", default: 1))
        case "Celu": function = .celu(alpha: try n.float("alpha", default: 1))
        case "Softplus": function = .softplus
        case "Softsign": function = .softsign
        case "Mish": function = .mish
        case "Exp": function = .exponential
        case "HardSwish": function = .hardSwish
        case "ThresholdedRelu":
            function = .rectifier(maximum: .infinity, negativeSlope: 0, threshold: try n.float("alpha", default: 1))
        case "Shrink":
            let lambda = try n.float("lambd", default: 0.5), bias = try n.float("bias", default: 0)
            guard lambda == 0.5, bias == 0 || bias == 0.5 else {
                throw ONNXFailure("with lambd \(lambda) and bias \(bias) is not supported")
            }
            function = bias == 0 ? .hardShrink : .softShrink
        case "Sigmoid": function = .sigmoid
        case "Tanh": function = .tanh
        case "Gelu":
            let kind = try n.text("approximate", default: "none")
            guard kind == "none" || kind == "tanh" else { throw ONNXFailure("approximate is '\(kind)'") }
            function = .gelu(approximate: kind == "tanh")
        case "Swish":
            guard try n.float("alpha", default: 1) == 1 else { throw ONNXFailure("alpha is not 1") }
            function = .swish
        case "Clip": return try clip(&n)
        case "HardSigmoid":
            let alpha = try n.float("alpha", default: 0.2), beta = try n.float("beta", default: 0.5)
            guard beta != 0.5 || alpha <= 0 else {
                function = .hardSigmoid(slope: alpha)
                break
            }
            return try between(try n.feature(), 0, 1, slope: alpha, offset: beta, named: n.name)
        case "Selu":
            let alpha = try n.float("alpha", default: 1.6732632), gamma = try n.float("gamma", default: 1.050701)
            guard abs(alpha - 1.6732632) > 1e-5 || abs(gamma - 1.050701) > 1e-5 else {
                function = .selu
                break
            }
            let curve = try activated(try n.feature(), .elu(alpha: alpha), named: n.name)
            return try scaled(curve, by: [gamma], plus: [0], named: n.name + "_scale")
        case "Softmax": return try softmax(&n, .softmax)
        case "LogSoftmax": return try softmax(&n, .logSoftmax)
        default: return nil
        }
        return try activated(try n.feature(), function, named: n.name)
    }

    func activated(_ input: Feature, _ function: Activation, named name: String) throws -> Feature {
        var result = try feature(ActivationLayer(function), of: input, named: name)
        switch function {
        case .relu, .relu6, .sigmoid, .softmax, .softplus, .exponential, .hardSigmoid: result.isNonNegative = true
        case .rectifier(_, 0, let threshold): result.isNonNegative = threshold >= 0
        default: break
        }
        return result
    }

    /// Between two numbers; where no layer has them, ReLU6 of numbers brought to 0 to 6.
    private func clip(_ n: inout NodeReader) throws -> Feature {
        let low: Float?, high: Float?
        if n.operatorSet < 11 {
            low = n.has("min") ? try n.float("min", default: 0) : nil
            high = n.has("max") ? try n.float("max", default: 0) : nil
        } else {
            (low, high) = (try n.number(1, "min"), try n.number(2, "max"))
        }
        let input = try n.feature(), bottom = low ?? -.infinity, top = high ?? .infinity
        switch (bottom, top) {
        case (0, 6): return try activated(input, .relu6, named: n.name)
        case (-1, 1): return try activated(input, .hardTanh, named: n.name)
        case (0, .greatestFiniteMagnitude...): return try activated(input, .relu, named: n.name)
        case (0, let top) where top > 0:
            let function = Activation.rectifier(maximum: top, negativeSlope: 0, threshold: 0)
            return try activated(input, function, named: n.name)
        default: break
        }
        let width = top - bottom
        guard width.isFinite, width > 0 else {
            throw ONNXFailure("from \(bottom) to \(top); only from 0, or between two numbers, is supported")
        }
        return try between(input, bottom, top, slope: 1, offset: 0, named: n.name)
    }

    /// `min(max(slope x + offset, bottom), top)`.
    private func between(
        _ input: Feature, _ bottom: Float, _ top: Float, slope: Float, offset: Float, named name: String
    ) throws -> Feature {
        let factor = 6 / (top - bottom), scale = slope * factor, shift = (offset - bottom) * factor
        let isPlain = scale == 1 && shift == 0
        let ready = isPlain ? input : try scaled(input.withoutSite, by: [scale], plus: [shift], named: name + "_scale")
        let cut = try activated(ready, .relu6, named: name)
        if factor == 1, bottom == 0 { return cut }
        return try scaled(cut, by: [1 / factor], plus: [bottom], named: name + "_range")
    }

    /// Before version 13 of the operators, softmax took all axes from `axis` on together.
    private func softmax(_ n: inout NodeReader, _ function: Activation) throws -> Feature {
        let input = try n.feature(), rank = input.onnxAxes.count + 1, isOld = n.operatorSet < 13
        var axis = try n.int("axis", default: isOld ? 1 : -1)
        if axis < 0 { axis += rank }
        guard (1..<rank).contains(axis) else { throw ONNXFailure("axis \(axis) of \(rank)") }
        let (ready, _) = try lastAxis(input, isOld ? Array(axis - 1..<rank - 1) : [axis - 1])
        return try activated(ready, function, named: n.name)
    }
}
