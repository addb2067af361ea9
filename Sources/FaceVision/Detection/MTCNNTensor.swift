/// A weight tensor on its way from the file to a network that runs faster with other shapes.
package struct MTCNNTensor: Equatable {
    package var shape: [Int]
    package var values: [Float]

    package init(shape: [Int], values: [Float]) {
        self.shape = shape
        self.values = values
    }

    /// Zeros behind the values of each axis. Filters of zeros give zeros, and zeros for inputs ignore them, so a
    /// network computes the same with its channels filled up to a multiple of 16.
    package func padded(to newShape: [Int]) -> MTCNNTensor {
        precondition(newShape.count == shape.count && zip(newShape, shape).allSatisfy { $0 >= $1 })
        if newShape == shape { return self }
        let row = shape.last!, newRow = newShape.last!
        var result = [Float](repeating: 0, count: newShape.reduce(1, *))
        for start in 0..<values.count / row {
            var rest = start, place = 0, stride = 1
            for axis in shape.indices.dropLast().reversed() {
                place += rest % shape[axis] * stride
                rest /= shape[axis]
                stride *= newShape[axis]
            }
            result.replaceSubrange(
                place * newRow..<place * newRow + row, with: values[start * row..<(start + 1) * row])
        }
        return MTCNNTensor(shape: newShape, values: result)
    }

    /// Both along the last axis: two layers with the same input as one.
    package func joined(_ other: MTCNNTensor) -> MTCNNTensor {
        precondition(shape.dropLast() == other.shape.dropLast())
        let first = shape.last!, second = other.shape.last!
        var result: [Float] = []
        result.reserveCapacity(values.count + other.values.count)
        for row in 0..<values.count / first {
            result += values[row * first..<(row + 1) * first]
            result += other.values[row * second..<(row + 1) * second]
        }
        return MTCNNTensor(shape: shape.dropLast() + [first + second], values: result)
    }

    /// The kernel of a dense layer behind an image that was flattened column by column, for the same image flattened
    /// row by row. `size` is the image's height and width.
    package func flattenedByRows(size: Int, channels: Int) -> MTCNNTensor {
        precondition(shape.count == 2 && shape[0] == size * size * channels)
        let units = shape[1]
        var result: [Float] = []
        result.reserveCapacity(values.count)
        for y in 0..<size {
            for x in 0..<size {
                let start = (x * size + y) * channels * units
                result += values[start..<start + channels * units]
            }
        }
        return MTCNNTensor(shape: shape, values: result)
    }
}
