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
        if let value = try piece(n) { return value }
        if let activation = try activation(&n) { return .feature(activation) }
        switch n.node.type {
        case "Conv": return .feature(try convolution(&n))
        case "ConvTranspose": return .feature(try transposedConvolution(&n))
        case "Gemm": return .feature(try gemm(&n))
        case "MatMul": return .feature(try matrixProduct(&n))
        case "BatchNormalization": return .feature(try batchNormalization(&n))
        case "LayerNormalization": return .feature(try layerNormalization(&n))
        case "InstanceNormalization": return .feature(try instanceNormalization(&n))
        case "GroupNormalization": return .feature(try groupNormalization(&n))
        case "Resize", "Upsample": return .feature(try resize(&n))
        case "Slice": return .feature(try slice(&n))
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
        case "Max": return .feature(try merged(Maximum(), try n.features(), n.name))
        case "Min": return .feature(try merged(Minimum(), try n.features(), n.name))
        case "Mean": return .feature(try merged(Average(), try n.features(), n.name))
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
}
