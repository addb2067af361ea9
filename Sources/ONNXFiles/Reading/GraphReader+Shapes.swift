import NeuralNet

/// What only changes shapes, or nothing at all.
extension GraphReader {
    /// The same numbers in the same order of ONNX's with axes of other sizes.
    private func reshaped(_ feature: Feature, _ sizes: [Int]) throws -> Feature {
        var result = feature, axes: [[Factor]] = []
        var left = Array(feature.onnxAxes.joined().reversed())
        for size in sizes {
            var axis: [Factor] = [], rest = size
            while rest > 1, let factor = left.popLast() {
                if rest % factor.size == 0 {
                    axis.append(factor)
                    rest /= factor.size
                } else if factor.size % rest == 0 {
                    let parts = newFactors(rest) + newFactors(factor.size / rest)
                    result.axes = result.axes.map { $0.flatMap { $0 == factor ? parts : [$0] } }
                    axis.append(parts[0])
                    left.append(parts[1])
                    rest = 1
                } else {
                    return try cutAnew(feature, sizes)
                }
            }
            axes.append(axis)
        }
        result.onnxAxes = axes
        return result
    }

    /// For sizes that have no common factors with those before, such as 4x3 and 6x2.
    private func cutAnew(_ feature: Feature, _ sizes: [Int]) throws -> Feature {
        let ready = try arranged(feature, Array(feature.onnxAxes.indices))
        var result = ready
        result.onnxAxes = sizes.map(newFactors)
        result.axes = result.onnxAxes
        result.site = nil
        result.tensor = try add(Reshape(sizes), to: [ready], named: "reshape")
        return result
    }

    func reshape(_ n: inout NodeReader) throws -> Feature {
        let input = try n.feature(), takesZero = try n.int("allowzero", default: 0) != 0
        guard let target = try n.ints(1, "its shape"), let batch = target.first else {
            throw ONNXFailure("its shape is missing")
        }
        let sizes = input.onnxShape, total = sizes.reduce(1, *)
        var wanted = Array(target.dropFirst())
        for (index, size) in wanted.enumerated() where size == 0 && !takesZero && index < sizes.count {
            wanted[index] = sizes[index]
        }
        func failure() -> ONNXFailure {
            let asked = target.map { $0 == Constant.batch ? "batch" : "\($0)" }.joined(separator: ", ")
            return ONNXFailure("\(text(input)) cannot become [\(asked)] with the batch as the first axis")
        }
        guard wanted.count <= 16, wanted.allSatisfy({ $0 == -1 || (1...Shape.largestCount).contains($0) }),
            wanted.filter({ $0 == -1 }).count <= 1, let known = wanted.filter({ $0 != -1 }).checkedCount
        else { throw failure() }
        if let open = wanted.firstIndex(of: -1) { wanted[open] = total / known }
        let keepsBatch =
            (batch == 0 && !takesZero) || batch == Constant.batch || batch == batchSize
            || (batch == -1 && !target.dropFirst().contains(-1))
        guard keepsBatch, wanted.checkedCount == total else { throw failure() }
        let result = try reshaped(input, wanted)
        return wanted.count == 1 ? try flat(result, named: n.name) : result
    }

    /// One axis in this library too, so that a Flatten stays where it is.
    private func flat(_ feature: Feature, named name: String) throws -> Feature {
        guard feature.axes.count > 1 else { return feature }
        return try regrouped(feature, [feature.order], named: name)
    }

    func flatten(_ n: inout NodeReader) throws -> Feature {
        let input = try n.feature(), rank = input.onnxAxes.count + 1
        let axis = try n.int("axis", default: 1)
        guard axis == 1 || axis + rank == 1 || (axis == rank && rank == 1) else {
            throw ONNXFailure("axis \(axis): only axis 1 is supported")
        }
        return try flat(try reshaped(input, [input.onnxShape.reduce(1, *)]), named: n.name)
    }

    func squeeze(_ n: inout NodeReader) throws -> Feature {
        let input = try n.feature(), rank = input.onnxAxes.count + 1
        var result = input
        guard let axes = try n.intsFrom("axes", orInput: 1, since: 13) else {
            guard batchSize == nil || batchSize ?? 1 > 1 else { throw ONNXFailure("would take the batch away") }
            result.onnxAxes = input.onnxAxes.filter { !$0.isEmpty }
            return result
        }
        let places = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
        guard places.allSatisfy({ (1..<rank).contains($0) && input.onnxAxes[$0 - 1].isEmpty }) else {
            throw ONNXFailure("axes \(axes) of \(text(input)) are not all of size 1 and behind the batch")
        }
        result.onnxAxes = input.onnxAxes.indices.filter { !places.contains($0 + 1) }.map { input.onnxAxes[$0] }
        return result
    }

    func unsqueeze(_ n: inout NodeReader) throws -> Feature {
        let input = try n.feature()
        guard let axes = try n.intsFrom("axes", orInput: 1, since: 13), axes.count <= 8 else {
            throw ONNXFailure("axes are missing")
        }
        let rank = input.onnxAxes.count + 1 + axes.count
        guard rank <= 16 else { throw ONNXFailure("\(rank) axes are too many") }
        let places = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
        guard places.count == axes.count, places.allSatisfy({ (1..<rank).contains($0) }) else {
            throw ONNXFailure("axes \(axes) of \(rank): only axes behind the batch are supported")
        }
        var result = input, left = input.onnxAxes[...]
        result.onnxAxes = (1..<rank).map { places.contains($0) ? [] : left.popFirst() ?? [] }
        return result
    }

    func transpose(_ n: inout NodeReader) throws -> Feature {
        let input = try n.feature(), rank = input.onnxAxes.count + 1
        let order = try n.ints("perm") ?? Array((0..<rank).reversed())
        guard order.count == rank, Set(order) == Set(0..<rank), order[0] == 0 else {
            throw ONNXFailure("perm \(order) of \(rank) axes: the batch must stay the first")
        }
        var result = input
        result.onnxAxes = order.dropFirst().map { input.onnxAxes[$0 - 1] }
        return result
    }

    func cast(_ n: inout NodeReader) throws -> Feature {
        _ = (try n.int("saturate", default: 1), try n.text("round_mode", default: "up"))
        let type = ONNXType(rawValue: try n.int("to", default: 0)) ?? .undefined
        guard type.isFloat else { throw ONNXFailure("to \(type): only floats are supported") }
        return try n.feature()
    }

    func dropout(_ n: inout NodeReader) throws -> Feature {
        _ = try n.int("seed", default: 0)
        let input = try n.feature()
        let rate = n.operatorSet < 12 ? try n.float("ratio", default: 0.5) : try n.number(1, "ratio") ?? 0.5
        if n.hasInput(2), try n.floats(2, "training_mode", count: 1) != [0] {
            throw ONNXFailure("training_mode is not supported")
        }
        var result = try feature(Dropout(rate), of: input, named: n.name)
        result.isNonNegative = input.isNonNegative
        return result
    }

    /// Zeros around a picture.
    func padding(_ n: inout NodeReader) throws -> Feature {
        guard try n.text("mode", default: "constant") == "constant" else {
            throw ONNXFailure("only zeros are supported")
        }
        let input = try n.feature(), rank = input.onnxAxes.count + 1
        guard let listed = try n.intsFrom("pads", orInput: 1, since: 11) else { throw ONNXFailure("pads are missing") }
        let value = n.operatorSet < 11 ? try n.float("value", default: 0) : try n.number(2, "its value") ?? 0
        let axes = try n.ints(3, "axes") ?? Array(0..<rank)
        guard listed.count == 2 * axes.count, listed.allSatisfy({ (0...65536).contains($0) }) else {
            throw ONNXFailure("pads \(listed) of \(rank) axes are not supported")
        }
        guard listed.contains(where: { $0 > 0 }) else { return input }
        guard value == 0 else { throw ONNXFailure("pads with \(value); only zeros are supported") }
        var pads = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
        for (place, axis) in axes.enumerated() {
            let axis = axis < 0 ? axis + rank : axis
            guard (0..<rank).contains(axis) else { throw ONNXFailure("axis \(axis) of \(rank)") }
            pads[axis] = (listed[place], listed[place + axes.count])
        }
        let (arranged, order) = try alike([input])
        guard rank == 4, pads[0] == (0, 0), pads[order[2] + 1] == (0, 0) else {
            throw ONNXFailure("pads \(listed): only height and width of pictures can be padded")
        }
        let rows = pads[order[0] + 1], columns = pads[order[1] + 1]
        let layer = ZeroPadding2D(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
        return try resizing(arranged[0], order, layer, named: n.name)
    }

    /// A layer that changes height and width of a picture, which are the first two of ONNX's axes in `order`.
    func resizing(_ input: Feature, _ order: [Int], _ layer: any Layer, named name: String) throws -> Feature {
        let shape = try layer.outputShape([input.shape])
        var axes = input.onnxAxes
        axes[order[0]] = newFactors(shape[0])
        axes[order[1]] = newFactors(shape[1])
        var result = try feature(layer, of: input, named: name, axes: order.map { axes[$0] }, onnxAxes: axes)
        result.isNonNegative = input.isNonNegative
        return result
    }
}
