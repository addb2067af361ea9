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
        case "Clip": function = try clip(&n)
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

    private func clip(_ n: inout NodeReader) throws -> Activation {
        let low: Float?, high: Float?
        if n.operatorSet < 11 {
            low = n.has("min") ? try n.float("min", default: 0) : nil
            high = n.has("max") ? try n.float("max", default: 0) : nil
        } else {
            (low, high) = (try n.number(1, "min"), try n.number(2, "max"))
        }
        switch (low, high) {
        case (0, 6): return .relu6
        case (0, nil), (0, .greatestFiniteMagnitude), (0, .infinity): return .relu
        default:
            throw ONNXFailure(
                "from \(low.map { "\($0)" } ?? "-inf") to \(high.map { "\($0)" } ?? "inf"); only 0 to 6 and 0 to inf are supported"
            )
        }
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
