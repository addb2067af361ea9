import NeuralNet

extension GraphReader {
    /// A transposed convolution: the whole output of the layer, and what ONNX pads is cut off from it.
    func transposedConvolution(_ n: inout NodeReader) throws -> Feature {
        let (input, order) = try image(try n.feature())
        let kernel = try n.constant(1, "its kernel"), channels = order.count
        guard kernel.shape.count == 4, kernel.count > 0, kernel.shape[0] == channels else {
            throw ONNXFailure("its kernel of shape \(kernel.shape) does not fit \(channels) channels")
        }
        guard try n.int("group", default: 1) == 1 else { throw ONNXFailure("groups of channels are not supported") }
        let filters = kernel.shape[1], taps = (kernel.shape[2], kernel.shape[3])
        guard try n.pair("kernel_shape", default: taps) == taps else {
            throw ONNXFailure("kernel_shape is not that of its kernel, \(kernel.shape)")
        }
        let bias = n.hasInput(2) ? try n.floats(2, "its bias", count: filters) : nil
        let strides = try n.pair("strides", default: (1, 1)), dilations = try n.pair("dilations", default: (1, 1))
        let extra = try n.pair("output_padding", default: (0, 0), least: 0), pads = try n.ints("pads") ?? [0, 0, 0, 0]
        guard ["NOTSET", "VALID", ""].contains(try n.text("auto_pad", default: "NOTSET")) else {
            throw ONNXFailure("auto_pad is not supported here")
        }
        guard pads.count == 4, pads.allSatisfy({ (0...65536).contains($0) }) else {
            throw ONNXFailure("pads is \(pads)")
        }
        // [channels, filters, height, width] becomes [height, width, filters, channels].
        let from = kernel.floats, area = taps.0 * taps.1, places = order.places
        var to: [Float] = []
        to.reserveCapacity(from.count)
        for tap in 0..<area {
            for filter in 0..<filters {
                for place in places { to.append(from[(place * filters + filter) * area + tap]) }
            }
        }
        let fills = (taps.0 - 1) * dilations.0 + 1 >= strides.0 && (taps.1 - 1) * dilations.1 + 1 >= strides.1
        let layer = Conv2DTranspose(
            filters, kernelSize: taps, strides: strides, outputPadding: extra == (0, 0) && fills ? nil : extra,
            dilationRate: dilations, usesBias: bias != nil)
        let axis = newFactors(filters)
        let whole = try image(
            layer, of: input, weights: named(kernel: to, bias: bias), named: n.name, channels: (axis, axis))
        return try cropped(whole, pads, named: n.name + "_crop")
    }

    /// Without `pads` rows and columns: top, left, bottom, right.
    func cropped(_ input: Feature, _ pads: [Int], named name: String) throws -> Feature {
        guard pads.contains(where: { $0 > 0 }) else { return input }
        let layer = Cropping2D(top: pads[0], bottom: pads[2], left: pads[1], right: pads[3])
        var result = try image(layer, of: input, named: name, channels: (input.axes[2], input.onnxAxes[0]))
        result.isNonNegative = input.isNonNegative
        return result
    }

    /// A part of a picture without a border.
    func slice(_ n: inout NodeReader) throws -> Feature {
        let input = try n.feature(), rank = input.onnxAxes.count + 1, isOld = n.operatorSet < 10
        guard let starts = isOld ? try n.ints("starts") : try n.ints(1, "starts"),
            let ends = isOld ? try n.ints("ends") : try n.ints(2, "ends")
        else { throw ONNXFailure("starts or ends are missing") }
        let axes = (isOld ? try n.ints("axes") : try n.ints(3, "axes")) ?? Array(starts.indices)
        let steps = isOld ? nil : try n.ints(4, "steps")
        guard starts.count == ends.count, axes.count == starts.count, steps?.allSatisfy({ $0 == 1 }) ?? true else {
            throw ONNXFailure("only steps of 1 are supported")
        }
        var cuts = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
        for (index, axis) in axes.enumerated() {
            let place = axis < 0 ? axis + rank : axis
            guard (0..<rank).contains(place) else { throw ONNXFailure("axis \(axis) of \(rank)") }
            if place == 0 {
                guard starts[index] == 0, ends[index] >= batchSize ?? Int(Int32.max) else {
                    throw ONNXFailure("of the batch is not supported")
                }
                continue
            }
            let size = input.onnxShape[place - 1], range = bounds(starts[index], ends[index], size)
            cuts[place] = (range.lowerBound, size - range.upperBound)
        }
        guard cuts.contains(where: { $0 != (0, 0) }) else { return input }
        let (arranged, order) = try alike([input])
        guard rank == 4, cuts[order[2] + 1] == (0, 0) else {
            throw ONNXFailure("only height and width of pictures can be cut")
        }
        let rows = cuts[order[0] + 1], columns = cuts[order[1] + 1]
        let layer = Cropping2D(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
        return try resizing(arranged[0], order, layer, named: n.name)
    }
}
