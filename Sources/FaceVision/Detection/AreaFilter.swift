/// One axis of shrinking a picture so that each new pixel is the mean of the area it covers.
///
/// The arithmetic, in single precision, is that of TensorFlow's `ResizeMethod.AREA`: where pixels are cut, and what
/// growing does, is the same.
package struct AreaFilter {
    /// The first old pixel of each new one, with its weights at `offsets[i] ..< offsets[i + 1]`.
    package private(set) var starts: [Int] = []
    package private(set) var offsets: [Int] = [0]
    package private(set) var weights: [Float] = []

    /// From `size` pixels to `newSize`. The weights of one new pixel sum to 1.
    package init(from size: Int, to newSize: Int) {
        let scale = Float(size) / Float(newSize)
        for index in 0..<newSize {
            let begin = Float(index) * scale, end = Float(index + 1) * scale
            let first = Int(begin.rounded(.down)), last = Int(end.rounded(.up))
            // Rounding may put the end a hair beyond the picture.
            starts.append(min(first, size - 1))
            for pixel in first..<max(last, first + 1) {
                let left = Float(pixel), right = Float(pixel + 1)
                let covered =
                    left < begin ? (right > end ? scale : right - begin) : (right > end ? end - left : 1)
                if pixel < size {
                    weights.append(covered / scale)
                } else {
                    weights[weights.count - 1] += covered / scale
                }
            }
            offsets.append(weights.count)
        }
    }

    /// The old pixels that the new ones of `range` need.
    func sources(_ range: Range<Int>) -> Range<Int> {
        let last = range.upperBound - 1
        return starts[range.lowerBound]..<starts[last] + offsets[last + 1] - offsets[last]
    }
}

/// Shrinks parts of an RGB picture to what the networks take: samples from -1 to 1.
package struct AreaScaler {
    let vertical: AreaFilter
    let horizontal: AreaFilter

    package init(vertical: AreaFilter, horizontal: AreaFilter) {
        self.vertical = vertical
        self.horizontal = horizontal
    }

    /// 0...255 to what the networks were trained on.
    @inline(__always) static func normalized(_ sample: Float) -> Float { (sample - 127.5) / 128 }

    /// Floats of scratch for any part of a picture with rows of `width` pixels.
    package static func scratchCount(width: Int) -> Int { width * 3 }

    /// Writes the new pixels `rows` x `columns` to `target`. `pixels` is the first sample of the old picture, whose
    /// rows are `rowLength` samples apart.
    package func scale(
        _ pixels: UnsafePointer<UInt8>, rowLength: Int, rows: Range<Int>, columns: Range<Int>,
        scratch: UnsafeMutablePointer<Float>, to target: UnsafeMutablePointer<Float>
    ) {
        let sources = horizontal.sources(columns)
        for (line, row) in rows.enumerated() {
            let first = pixels + vertical.starts[row] * rowLength + sources.lowerBound * 3
            let weights = vertical.weights[vertical.offsets[row]..<vertical.offsets[row + 1]]
            AreaScaler.mix(first, rowLength: rowLength, count: sources.count * 3, weights, to: scratch)
            shrink(scratch, origin: sources.lowerBound, columns: columns, to: target + line * columns.count * 3)
        }
    }

    /// The weighted sum of rows of bytes.
    private static func mix(
        _ rows: UnsafePointer<UInt8>, rowLength: Int, count: Int, _ weights: ArraySlice<Float>,
        to sums: UnsafeMutablePointer<Float>
    ) {
        var row = rows
        var isFirst = true
        for weight in weights {
            if isFirst {
                for i in 0..<count { sums[i] = weight * Float(row[i]) }
            } else {
                for i in 0..<count { sums[i] += weight * Float(row[i]) }
            }
            isFirst = false
            row += rowLength
        }
    }

    /// One row of sums along its length.
    private func shrink(
        _ sums: UnsafePointer<Float>, origin: Int, columns: Range<Int>, to target: UnsafeMutablePointer<Float>
    ) {
        horizontal.weights.withUnsafeBufferPointer { weights in
            var out = target
            for column in columns {
                var source = sums + (horizontal.starts[column] - origin) * 3
                var red: Float = 0, green: Float = 0, blue: Float = 0
                for place in horizontal.offsets[column]..<horizontal.offsets[column + 1] {
                    red += weights[place] * source[0]
                    green += weights[place] * source[1]
                    blue += weights[place] * source[2]
                    source += 3
                }
                out[0] = AreaScaler.normalized(red)
                out[1] = AreaScaler.normalized(green)
                out[2] = AreaScaler.normalized(blue)
                out += 3
            }
        }
    }
}
