import NeuralNet

/// Computes at once what depends on no input: mostly shapes, and constants that exporters left as arithmetic.
extension GraphReader {
    /// All that nodes may make of constants in a small file.
    private static let mostFolded = 1 << 22

    /// The value of a node whose inputs are all constant, or which asks for a shape; nil for any other.
    func folded(_ n: inout NodeReader) throws -> Constant? {
        if n.node.type == "Shape", case .feature(let feature) = try n.input(0) {
            let sizes = [batchSize ?? Constant.batch] + feature.onnxShape
            let range = bounds(try n.int("start", default: 0), try n.int("end", default: sizes.count), sizes.count)
            return Constant(ints: Array(sizes[range]))
        }
        var inputs: [Constant] = []
        for index in 0..<n.inputCount where n.hasInput(index) {
            guard case .constant(let constant) = try n.input(index) else { return nil }
            inputs.append(constant)
        }
        guard !inputs.isEmpty || n.node.type == "Constant" else { return nil }
        let result = try checked(try compute(&n, inputs))
        foldedCount += result.count
        guard foldedCount <= max(weightLimit, GraphReader.mostFolded) else {
            throw ONNXFailure("computes too many constants")
        }
        return result
    }

    /// Empty ones are lists: with other sizes beside the zero, products of sizes would have no limit.
    func checked(_ constant: Constant) throws -> Constant {
        guard constant.shape.count <= 16, constant.count > 0 || constant.shape.count <= 1 else {
            throw ONNXFailure("a constant of shape \(constant.shape) is not supported")
        }
        return constant
    }

    private func compute(_ n: inout NodeReader, _ inputs: [Constant]) throws -> Constant {
        switch n.node.type {
        case "Constant": return try constant(&n)
        case "Identity": return inputs[0]
        case "Shape": return Constant(ints: inputs[0].shape)
        case "Cast":
            _ = (try n.int("saturate", default: 1), try n.text("round_mode", default: "up"))
            return try cast(inputs[0], to: ONNXType(rawValue: try n.int("to", default: 0)) ?? .undefined)
        case "ConstantOfShape":
            let shape = try ints(inputs[0])
            guard let count = shape.checkedCount, count <= GraphReader.mostFolded else {
                throw ONNXFailure("\(shape) is too large")
            }
            guard case .tensor(let tensor)? = n.raw("value") else {
                return Constant(shape: shape, values: .floats([Float](repeating: 0, count: count)))
            }
            switch try source.values(of: tensor) {
            case .floats(let values) where values.count == 1:
                return Constant(shape: shape, values: .floats([Float](repeating: values[0], count: count)))
            case .ints(let values) where values.count == 1:
                return Constant(shape: shape, values: .ints([Int](repeating: values[0], count: count)))
            default: throw ONNXFailure("value is not one number")
            }
        case "Reshape", "Squeeze", "Unsqueeze", "Flatten": return try regrouped(&n, inputs)
        case "Transpose":
            let shape = inputs[0].shape, order = try n.ints("perm") ?? Array(shape.indices.reversed())
            guard Set(order) == Set(shape.indices), order.count == shape.count else {
                throw ONNXFailure("perm is \(order)")
            }
            return inputs[0].turned(order)
        case "Gather": return try gathered(&n, inputs)
        case "Slice": return try sliced(&n, inputs)
        case "Concat": return try joined(inputs, axis: try n.int("axis", default: 0))
        case "Add", "Sub", "Mul", "Div": return try arithmetic(n.node.type, inputs)
        case "Neg", "Sqrt", "Reciprocal":
            let values = inputs[0].floats.map {
                n.node.type == "Neg" ? -$0 : n.node.type == "Sqrt" ? $0.squareRoot() : 1 / $0
            }
            if n.node.type == "Neg", let whole = inputs[0].ints {
                return Constant(shape: inputs[0].shape, values: .ints(whole.map { 0 &- $0 }))
            }
            return Constant(shape: inputs[0].shape, values: .floats(values))
        default: throw ONNXFailure("all its inputs are constant, which is not supported")
        }
    }

    private func constant(_ n: inout NodeReader) throws -> Constant {
        if case .tensor(let tensor)? = n.raw("value") {
            return Constant(shape: tensor.shape, values: try source.values(of: tensor))
        }
        if n.has("value_float") {
            return Constant(shape: [], values: .floats([try n.float("value_float", default: 0)]))
        }
        if n.has("value_int") { return Constant(shape: [], values: .ints([try n.int("value_int", default: 0)])) }
        if let ints = try n.ints("value_ints") { return Constant(ints: ints) }
        if case .floats(let floats)? = n.raw("value_floats") {
            return Constant(shape: [floats.count], values: .floats(floats))
        }
        throw ONNXFailure("this kind of constant is not supported")
    }

    func ints(_ constant: Constant) throws -> [Int] {
        guard let ints = constant.ints else { throw ONNXFailure("takes floats where whole numbers are needed") }
        return ints
    }

    private func cast(_ constant: Constant, to type: ONNXType) throws -> Constant {
        var result = constant
        switch (constant.values, type) {
        case (_, _) where type.isFloat:
            if constant.ints?.contains(Constant.batch) == true {
                throw ONNXFailure("computes with the size of the batch")
            }
            result.values = .floats(constant.floats)
        case (.ints(let values), .bool): result.values = .ints(values.map { $0 == 0 ? 0 : 1 })
        case (.ints, .int32), (.ints, .int64): break
        case (.floats(let values), .int32), (.floats(let values), .int64):
            guard values.allSatisfy({ abs($0) < 1e9 }) else { throw ONNXFailure("a number is too large") }
            result.values = .ints(values.map { Int($0) })
        default: throw ONNXFailure("to \(type) is not supported")
        }
        return result
    }
}
