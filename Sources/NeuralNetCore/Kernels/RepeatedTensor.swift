/// A tensor that is repeated along axes that it lacks, against the rows of a larger one.
///
/// A row is as many of the last axes as the tensor either has or lacks as a whole, so that it gives each row a vector
/// or one number.
struct RepeatedTensor: Sendable {
    /// Floats per sample.
    let count: Int
    /// Where each row begins; empty if nothing is repeated.
    let offsets: [Int32]
    /// One number for the whole row.
    let isConstant: Bool

    /// The shape with the larger of the sizes on each axis, counted from the last; nil if sizes other than 1 differ.
    static func shape(of inputs: [Shape]) -> Shape? {
        var shape = Shape(repeating: 1, count: inputs.map { $0.count }.max() ?? 0)
        for input in inputs {
            for (axis, size) in zip(shape.indices.reversed(), input.reversed()) where size != 1 {
                guard shape[axis] == 1 || shape[axis] == size else { return nil }
                shape[axis] = size
            }
        }
        return shape
    }

    /// The inputs against common rows of the output: how many there are per sample, and their length.
    static func align(_ inputs: [Shape], to output: Shape) -> (rows: Int, columns: Int, tensors: [RepeatedTensor]) {
        let inputs = inputs.map { Shape(repeating: 1, count: output.count - $0.count) + $0 }
        // Which inputs have the axes of a row.
        var first = output.count
        var pattern: [Bool]?
        while first > 0 {
            let has = inputs.map { $0[first - 1] == output[first - 1] }
            if output[first - 1] > 1 {
                guard pattern == nil || pattern == has else { break }
                pattern = has
            }
            first -= 1
        }
        let outer = output[..<first], columns = output[first...].reduce(1, *)
        let tensors = inputs.map { input in
            let count = input.reduce(1, *)
            if input == output { return RepeatedTensor(count: count, offsets: [], isConstant: false) }
            var offsets: [Int32] = [0]
            for axis in outer.indices {
                let stride = input[axis] == 1 ? 0 : input[(axis + 1)...].reduce(1, *)
                offsets = offsets.flatMap { start in (0..<output[axis]).map { start + Int32($0 * stride) } }
            }
            return RepeatedTensor(
                count: count, offsets: offsets, isConstant: input[first...].reduce(1, *) < columns)
        }
        return (outer.reduce(1, *), columns, tensors)
    }

    /// Where the values for row `row` of all samples' rows begin, `rows` per sample of `columns` values.
    @inline(__always)
    func place(_ row: Int, rows: Int, columns: Int) -> Int {
        offsets.isEmpty ? row * columns : row / rows * count + Int(offsets[row % rows])
    }
}
