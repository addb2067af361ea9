extension ConvolutionGeometry {
    /// Whether the window slides over the image as the numbers say: nothing that passes reads outside of image and zeros.
    var isPossible: Bool {
        let numbers = [
            height, width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight,
            dilationWidth,
            outputHeight, outputWidth,
        ]
        guard numbers.allSatisfy({ $0 > 0 && $0 <= 1 << 20 }),
            [padTop, padLeft, padBottom, padRight].allSatisfy({ $0 >= 0 && $0 <= 1 << 20 })
        else { return false }
        func fits(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ out: Int, _ pad: Int) -> Bool {
            Int64(out - 1) * Int64(stride) + Int64(kernel - 1) * Int64(dilation) < Int64(size + pad)
        }
        return fits(height, kernelHeight, strideHeight, dilationHeight, outputHeight, padTop + padBottom)
            && fits(width, kernelWidth, strideWidth, dilationWidth, outputWidth, padLeft + padRight)
            && [height, width, channels].checkedCount != nil && [outputHeight, outputWidth].checkedCount != nil
            && [kernelHeight, kernelWidth, channels].checkedCount != nil
            && [height + padTop + padBottom, width + padLeft + padRight, channels].checkedCount != nil
    }
}

extension PlanOperation {
    private static func fit(_ sizes: Int...) -> Bool { sizes.allSatisfy { $0 > 0 } && sizes.checkedCount != nil }

    /// Whether its sizes make sense together and their products stay within `Shape.largestCount`.
    var isPossible: Bool {
        switch self {
        case .convolution(let g, let filters, let groups, _, let relu):
            return g.isPossible && Self.fit(g.taps, g.channels, filters) && Self.fit(g.outputPixels, filters)
                && groups > 0 && g.channels % groups == 0 && filters % groups == 0 && (groups == 1 || !relu)
        case .depthwise(let g, let multiplier, _, _):
            return g.isPossible && Self.fit(g.taps, g.channels, multiplier)
                && Self.fit(g.outputPixels, g.channels, multiplier)
        case .dense(let features, let units, let rows, _, _):
            return Self.fit(features, units) && Self.fit(features, rows) && Self.fit(units, rows)
        case .scaleShift(let rows, let channels, _): return Self.fit(rows, channels)
        case .prelu(let rows, let columns), .activation(_, let rows, let columns): return Self.fit(rows, columns)
        // A pool without a place inside the image would have no value.
        case .maximumPool(let g), .averagePool(let g):
            return g.isPossible && g.dilationHeight == 1 && g.dilationWidth == 1 && g.padTop < g.kernelHeight
                && g.padLeft < g.kernelWidth && g.padBottom < g.kernelHeight && g.padRight < g.kernelWidth
                && Self.fit(g.outputPixels, g.channels)
        case .globalMaximum(let pixels, let channels): return Self.fit(pixels, channels)
        case .add(let count, _): return Self.fit(count)
        case .merge(_, let inputs, let output):
            return inputs.count >= 2 && inputs.allSatisfy(Self.isShape) && Self.isShape(output)
                && inputs.allSatisfy { $0.count <= output.count } && RepeatedTensor.shape(of: inputs) == output
        case .concatenate(let rows, let columns):
            return columns.count >= 2 && columns.allSatisfy { Self.fit(rows, $0) }
                && columns.reduce(Int64(0)) { $0 + Int64($1) } <= Int64(Shape.largestCount)
                && Self.fit(rows, columns.reduce(0, +))
        case .zeroPadding(let input, let output, let top, let left):
            return Self.isImage(input) && Self.isImage(output) && top >= 0 && left >= 0 && input[2] == output[2]
                && top <= output[0] - input[0] && left <= output[1] - input[1]
        case .resampling(let input, let output, _):
            return Self.isImage(input) && Self.isImage(output) && input[2] == output[2]
        case .transpose(let shape, let order):
            return Self.isShape(shape) && order.sorted() == Array(shape.indices)
        }
    }

    private static func isShape(_ shape: Shape) -> Bool {
        !shape.isEmpty && shape.count <= 8 && shape.allSatisfy { $0 > 0 } && shape.checkedCount != nil
    }

    private static func isImage(_ shape: Shape) -> Bool { shape.count == 3 && isShape(shape) }
}
