import NeuralNet

/// Which operators there are.
extension GraphReader {
    /// What a node computes. Throws `ONNXFailure` and `NeuralNetError`.
    func value(of node: ONNXNode) throws -> GraphValue {
        var n = NodeReader(node, self)
        let value = try folded(&n).map { .constant($0) } ?? feature(&n)
        try n.finish()
        return value
    }

    private func feature(_ n: inout NodeReader) throws -> GraphValue {
        if let piece = try gelu(n) { return piece }
        if let activation = try activation(&n) { return .feature(activation) }
        switch n.node.type {
        case "Conv": return .feature(try convolution(&n))
        case "Gemm": return .feature(try gemm(&n))
        case "MatMul": return .feature(try matrixProduct(&n))
        case "BatchNormalization": return .feature(try batchNormalization(&n))
        case "MaxPool": return .feature(try maximumPool(&n))
        case "AveragePool": return .feature(try averagePool(&n))
        case "GlobalAveragePool": return .feature(try globalPool(&n, GlobalAveragePool2D()))
        case "GlobalMaxPool": return .feature(try globalPool(&n, GlobalMaxPool2D()))
        case "ReduceMean": return .feature(try reduction(&n, GlobalAveragePool2D(), axesAreInputsSince: 18))
        case "ReduceMax": return .feature(try reduction(&n, GlobalMaxPool2D(), axesAreInputsSince: 18))
        case "Pad": return .feature(try padding(&n))
        case "Flatten": return .feature(try flatten(&n))
        case "Reshape": return .feature(try reshape(&n))
        case "Squeeze": return .feature(try squeeze(&n))
        case "Unsqueeze": return .feature(try unsqueeze(&n))
        case "Transpose": return .feature(try transpose(&n))
        case "Identity": return try n.input(0)
        case "Cast": return .feature(try cast(&n))
        case "Dropout": return .feature(try dropout(&n))
        case "Add", "Sum": return .feature(try sum(&n))
        case "Sub": return .feature(try difference(&n))
        case "Mul": return .feature(try product(&n))
        case "Div": return .feature(try quotient(&n))
        case "Neg": return .feature(try scaled(try n.feature(), by: [-1], plus: [0], named: n.name))
        case "Pow": return .feature(try power(&n))
        case "Concat": return .feature(try concatenation(&n))
        case "PRelu": return .feature(try learntRelu(&n))
        default: throw ONNXFailure("this operator is not supported")
        }
    }

    /// The functions that are layers here; nil for other operators.
    private func activation(_ n: inout NodeReader) throws -> Feature? {
        let function: Activation
        switch n.node.type {
        case "Relu": function = .relu
        case "LeakyRelu": function = .leakyRelu(negativeSlope: try n.float("alpha", default: 0.01))
        case "Elu": function = .elu(alpha: try n.float("alpha", default: 1))
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
            return try hardSigmoid(try n.feature(), alpha, beta, named: n.name)
        case "HardSwish":
            let x = try n.feature().withoutSite
            return try merged(Multiply(), [x, try hardSigmoid(x, 1 / 6, 0.5, named: n.name + "_gate")], n.name)
        case "Selu":
            let alpha = try n.float("alpha", default: 1.6732632), gamma = try n.float("gamma", default: 1.050701)
            let curve = try activated(try n.feature(), .elu(alpha: alpha), named: n.name)
            return try scaled(curve, by: [gamma], plus: [0], named: n.name + "_scale")
        case "Softmax": return try softmax(&n)
        default: return nil
        }
        return try activated(try n.feature(), function, named: n.name)
    }

    func activated(_ input: Feature, _ function: Activation, named name: String) throws -> Feature {
        var result = try feature(ActivationLayer(function), of: input, named: name)
        result.isNonNegative = [.relu, .relu6, .sigmoid, .softmax].contains(function)
        return result
    }

    /// Between two numbers: ReLU6 of the numbers brought to 0 to 6.
    private func clip(_ n: inout NodeReader) throws -> Feature {
        let low: Float?, high: Float?
        if n.operatorSet < 11 {
            low = n.has("min") ? try n.float("min", default: 0) : nil
            high = n.has("max") ? try n.float("max", default: 0) : nil
        } else {
            (low, high) = (try n.number(1, "min"), try n.number(2, "max"))
        }
        let input = try n.feature(), bottom = low ?? -.infinity, top = high ?? .infinity
        if bottom == 0, top >= .greatestFiniteMagnitude { return try activated(input, .relu, named: n.name) }
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

    private func hardSigmoid(_ input: Feature, _ alpha: Float, _ beta: Float, named name: String) throws -> Feature {
        try between(input, 0, 1, slope: alpha, offset: beta, named: name)
    }

    /// Before version 13 of the operators, softmax took all axes from `axis` on together.
    private func softmax(_ n: inout NodeReader) throws -> Feature {
        let input = try n.feature(), rank = input.onnxAxes.count + 1, isOld = n.operatorSet < 13
        var axis = try n.int("axis", default: isOld ? 1 : -1)
        if axis < 0 { axis += rank }
        guard (1..<rank).contains(axis) else { throw ONNXFailure("axis \(axis) of \(rank)") }
        let (ready, _) = try lastAxis(input, isOld ? Array(axis - 1..<rank - 1) : [axis - 1])
        return try activated(ready, .softmax, named: n.name)
    }
}
