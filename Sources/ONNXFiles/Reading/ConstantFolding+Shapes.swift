import NeuralNet

/// Constants cut, put together and computed with.
extension GraphReader {
    /// The part of an axis that `Shape` means.
    func bounds(_ start: Int, _ end: Int, _ count: Int) -> Range<Int> {
        func place(_ index: Int) -> Int { min(max(index < 0 ? index + count : index, 0), count) }
        return place(start)..<max(place(start), place(end))
    }

    /// The same numbers with other axes.
    func regrouped(_ n: inout NodeReader, _ inputs: [Constant]) throws -> Constant {
        var result = inputs[0]
        let rank = result.shape.count
        switch n.node.type {
        case "Reshape":
            let takesZero = try n.int("allowzero", default: 0) != 0
            guard inputs.count == 2 else { throw ONNXFailure("its shape is missing") }
            var shape = try ints(inputs[1])
            for (index, size) in shape.enumerated() where size == 0 && !takesZero && index < rank {
                shape[index] = result.shape[index]
            }
            if let open = shape.firstIndex(of: -1) {
                shape[open] = 1
                guard let known = shape.checkedCount, known > 0 else { throw ONNXFailure("its shape is \(shape)") }
                shape[open] = result.count / known
            }
            result.shape = shape
        case "Flatten":
            let axis = try n.int("axis", default: 1), place = axis < 0 ? axis + rank : axis
            guard (0...rank).contains(place) else { throw ONNXFailure("axis \(axis) of \(rank)") }
            result.shape = [result.shape[..<place].reduce(1, *), result.shape[place...].reduce(1, *)]
        default:
            let axes = n.operatorSet < 13 ? try n.ints("axes") : inputs.count > 1 ? try ints(inputs[1]) : nil
            let isSqueeze = n.node.type == "Squeeze", all = isSqueeze ? rank : rank + (axes?.count ?? 0)
            let places = Set(
                (axes ?? result.shape.indices.filter { result.shape[$0] == 1 }).map { $0 < 0 ? $0 + all : $0 })
            guard places.allSatisfy({ (0..<max(all, 0)).contains($0) }), all <= 16 else {
                throw ONNXFailure("axes \(axes ?? [])")
            }
            if isSqueeze {
                result.shape = result.shape.indices.filter { !places.contains($0) }.map { result.shape[$0] }
            } else {
                var left = result.shape[...]
                result.shape = (0..<all).map { places.contains($0) ? 1 : left.popFirst() ?? 1 }
            }
        }
        guard result.shape.checkedCount == result.count else {
            throw ONNXFailure("a constant of shape \(inputs[0].shape) cannot become \(result.shape)")
        }
        return result
    }

    /// Along an axis, by one index or a list.
    func gathered(_ n: inout NodeReader, _ inputs: [Constant]) throws -> Constant {
        let axis = try place(of: try n.int("axis", default: 0), in: inputs[0].shape.count)
        guard inputs.count == 2 else { throw ONNXFailure("has \(inputs.count) inputs instead of 2") }
        let places = try ints(inputs[1])
        var result = try inputs[0].picking(places, along: axis)
        result.shape = inputs[0].shape[..<axis] + inputs[1].shape + inputs[0].shape[(axis + 1)...]
        return result
    }

    func sliced(_ n: inout NodeReader, _ inputs: [Constant]) throws -> Constant {
        func list(_ name: String, _ index: Int) throws -> [Int]? {
            if n.operatorSet < 10 { return try n.ints(name) }
            return index < inputs.count ? try ints(inputs[index]) : nil
        }
        let starts = try list("starts", 1) ?? [], ends = try list("ends", 2) ?? []
        let axes = try list("axes", 3) ?? Array(starts.indices)
        let steps = n.operatorSet < 10 ? nil : try list("steps", 4)
        guard starts.count == ends.count, axes.count == starts.count, steps?.count ?? axes.count == axes.count else {
            throw ONNXFailure("its starts, ends, axes and steps differ in number")
        }
        var result = inputs[0]
        for (index, axis) in axes.enumerated() {
            let axis = try place(of: axis, in: result.shape.count), count = result.shape[axis]
            let step = steps?[index] ?? 1
            guard step != 0, step.magnitude <= 1 << 20 else { throw ONNXFailure("a step of \(step)") }
            // Backwards from the last, or forwards from the first, within what is there.
            func within(_ number: Int) -> Int {
                let number = number < 0 && number >= -count ? number + count : number
                return step > 0 ? min(max(number, 0), count) : min(max(number, -1), count - 1)
            }
            result = try result.picking(
                Array(stride(from: within(starts[index]), to: within(ends[index]), by: step)), along: axis)
        }
        return result
    }

    private func place(of axis: Int, in rank: Int) throws -> Int {
        guard (-rank..<rank).contains(axis) else { throw ONNXFailure("axis \(axis) of \(rank)") }
        return axis < 0 ? axis + rank : axis
    }

    func joined(_ inputs: [Constant], axis: Int) throws -> Constant {
        let axis = try place(of: axis, in: inputs[0].shape.count)
        func others(_ constant: Constant) -> [Int] {
            constant.shape.indices.map { $0 == axis ? 0 : constant.shape[$0] }
        }
        guard inputs.allSatisfy({ $0.shape.count == inputs[0].shape.count && others($0) == others(inputs[0]) }) else {
            throw ONNXFailure("of constants of shapes \(inputs.map { "\($0.shape)" }.joined(separator: " and "))")
        }
        var shape = inputs[0].shape
        shape[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
        func rows<T>(_ all: [[T]]) -> [T] {
            let rows = shape[..<axis].reduce(1, *)
            return (0..<rows).flatMap { row in
                all.flatMap { values in values[values.count / rows * row..<values.count / rows * (row + 1)] }
            }
        }
        let whole = inputs.compactMap(\.ints)
        if whole.count == inputs.count { return Constant(shape: shape, values: .ints(rows(whole))) }
        return Constant(shape: shape, values: .floats(rows(inputs.map(\.floats))))
    }

    /// Number by number; one of the shapes must be that of the result.
    func arithmetic(_ type: String, _ inputs: [Constant]) throws -> Constant {
        guard inputs.count == 2 else { throw ONNXFailure("has \(inputs.count) inputs instead of 2") }
        let (a, b) = (inputs[0], inputs[1])
        let shape = a.count >= b.count ? a.shape : b.shape
        guard let first = a.places(over: shape), let second = b.places(over: shape) else {
            throw ONNXFailure("of constants of shapes \(a.shape) and \(b.shape) is not supported")
        }
        if let x = a.ints, let y = b.ints {
            let values = try zip(first, second).map { try GraphReader.whole(type, x[$0], y[$1]) }
            return Constant(shape: shape, values: .ints(values))
        }
        let x = a.floats, y = b.floats
        let values = zip(first, second).map { i, j -> Float in
            switch type {
            case "Add": return x[i] + y[j]
            case "Sub": return x[i] - y[j]
            case "Mul": return x[i] * y[j]
            default: return x[i] / y[j]
            }
        }
        return Constant(shape: shape, values: .floats(values))
    }

    /// The size of the batch goes through only what leaves it as it is.
    private static func whole(_ type: String, _ x: Int, _ y: Int) throws -> Int {
        if x == Constant.batch || y == Constant.batch {
            switch (type, x, y) {
            case ("Mul", 1, _), ("Add", 0, _): return y
            case ("Mul", _, 1), ("Div", _, 1), ("Add", _, 0), ("Sub", _, 0): return x
            default: throw ONNXFailure("computes with the size of the batch")
            }
        }
        let limit = 1 << 30
        guard (-limit...limit).contains(x), (-limit...limit).contains(y) else {
            throw ONNXFailure("a number is too large")
        }
        switch type {
        case "Add": return x + y
        case "Sub": return x - y
        case "Mul": return x * y
        default:
            guard y != 0 else { throw ONNXFailure("divides by zero") }
            return x / y
        }
    }
}

extension Constant {
    /// The numbers at these places.
    func picking(_ places: [Int], shape: [Int]) -> Constant {
        switch values {
        case .floats(let values): return Constant(shape: shape, values: .floats(places.map { values[$0] }))
        case .ints(let values): return Constant(shape: shape, values: .ints(places.map { values[$0] }))
        }
    }

    /// What is at these places of an axis, counted from its end if negative. Throws `ONNXFailure` for other places.
    func picking(_ places: [Int], along axis: Int) throws -> Constant {
        let size = shape[axis], rows = shape[..<axis].reduce(1, *), inner = shape[(axis + 1)...].reduce(1, *)
        guard places.allSatisfy({ (-size..<size).contains($0) }) else { throw ONNXFailure("takes what is not there") }
        var result = shape
        result[axis] = places.count
        guard let count = result.checkedCount, count <= 1 << 22 else {
            throw ONNXFailure("computes too many constants")
        }
        let indices = (0..<rows).flatMap { row in
            places.flatMap { place -> Range<Int> in
                let start = (row * size + (place < 0 ? place + size : place)) * inner
                return start..<start + inner
            }
        }
        return picking(indices, shape: result)
    }

    /// With its axes in another order.
    func turned(_ order: [Int]) -> Constant {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return picking(
            Constant.places(order.map { shape[$0] }, order.map { strides[$0] }), shape: order.map { shape[$0] })
    }

    /// For each number of a tensor of that shape the place of the one here that is spread over it; nil if none.
    func places(over target: [Int]) -> [Int]? {
        let missing = target.count - shape.count
        guard missing >= 0 else { return nil }
        var strides = [Int](repeating: 0, count: target.count), stride = 1
        for axis in shape.indices.reversed() {
            guard shape[axis] == 1 || shape[axis] == target[missing + axis] else { return nil }
            strides[missing + axis] = shape[axis] == 1 ? 0 : stride
            stride *= shape[axis]
        }
        return Constant.places(target, strides)
    }

    private static func places(_ sizes: [Int], _ strides: [Int]) -> [Int] {
        var result = [0]
        for (size, stride) in zip(sizes, strides) {
            result = result.flatMap { start in (0..<size).map { start + $0 * stride } }
        }
        return result
    }
}
