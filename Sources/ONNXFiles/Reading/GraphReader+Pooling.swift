import NeuralNet

extension GraphReader {
    func maximumPool(_ n: inout NodeReader) throws -> Feature {
        guard try n.int("storage_order", default: 0) == 0, n.node.outputs.count == 1 else {
            throw ONNXFailure("the places of its maxima are not supported")
        }
        let (input, window) = try pool(&n)
        guard window.dilations == (1, 1) else { throw ONNXFailure("dilations \(window.dilations) are not supported") }
        let (ready, padding) = try padded(input, window, named: n.name)
        // What ONNX lays around is smaller than everything.
        guard padding == .same || !window.isPadded || input.isNonNegative else {
            throw ONNXFailure(
                "pads \([window.top, window.left, window.bottom, window.right]) around numbers that may be negative are not supported"
            )
        }
        return try pooled(
            MaxPool2D(poolSize: window.kernel, strides: window.strides, padding: padding), ready, n)
    }

    func averagePool(_ n: inout NodeReader) throws -> Feature {
        let countsPadding = try n.int("count_include_pad", default: 0) != 0
        let (input, window) = try pool(&n)
        guard window.dilations == (1, 1) else { throw ONNXFailure("dilations \(window.dilations) are not supported") }
        if window.isPadded, countsPadding {
            let layer = ZeroPadding2D(top: window.top, bottom: window.bottom, left: window.left, right: window.right)
            let channels = (input.axes[2], input.onnxAxes[0])
            var ready = try image(layer, of: input, named: n.name + "_pad", channels: channels)
            ready.isNonNegative = input.isNonNegative
            return try pooled(AveragePool2D(poolSize: window.kernel, strides: window.strides), ready, n)
        }
        guard !window.isPadded || window.isSame(height: input.shape[0], width: input.shape[1]) else {
            throw ONNXFailure(
                "pads \([window.top, window.left, window.bottom, window.right]) that do not count are not supported")
        }
        return try pooled(
            AveragePool2D(
                poolSize: window.kernel, strides: window.strides, padding: window.isPadded ? .same : .valid), input, n)
    }

    private func pooled(_ layer: any Layer, _ input: Feature, _ n: NodeReader) throws -> Feature {
        var result = try image(layer, of: input, named: n.name, channels: (input.axes[2], input.onnxAxes[0]))
        result.isNonNegative = input.isNonNegative
        return result
    }

    private func pool(_ n: inout NodeReader) throws -> (Feature, Window) {
        let (input, _) = try image(try n.feature()), height = input.shape[0], width = input.shape[1]
        guard n.has("kernel_shape") else { throw ONNXFailure("kernel_shape is missing") }
        let kernel = try n.pair("kernel_shape", default: (1, 1))
        var window = try window(&n, kernel: kernel, height: height, width: width)
        guard try n.int("ceil_mode", default: 0) != 0 else { return (input, window) }
        let counts = try n.int("count_include_pad", default: 0) != 0
        let more = (
            rest(height, window.top, window.bottom, window.kernel.0, window.strides.0),
            rest(width, window.left, window.right, window.kernel.1, window.strides.1)
        )
        guard more == (0, 0) || !counts else { throw ONNXFailure("ceil_mode with count_include_pad is not supported") }
        window.bottom += more.0
        window.right += more.1
        return (input, window)
    }

    /// How far the last window of `ceil_mode` reaches beyond the padding. It must begin before the padding behind.
    private func rest(_ size: Int, _ before: Int, _ after: Int, _ kernel: Int, _ stride: Int) -> Int {
        var last = max(0, size + before + after - kernel + stride - 1) / stride
        if last * stride >= size + before { last -= 1 }
        return max(0, last * stride + kernel - (size + before + after))
    }

    /// Over all places of a picture; the axes stay, of size 1.
    func globalPool(_ n: inout NodeReader, _ layer: any Layer) throws -> Feature {
        let (input, _) = try image(try n.feature())
        var result = try feature(
            layer, of: input, named: n.name, axes: [input.axes[2]], onnxAxes: [input.onnxAxes[0], [], []])
        result.isNonNegative = input.isNonNegative
        return result
    }

    /// Over the axes that are named: those of a picture, or of a sequence.
    func reduction(_ n: inout NodeReader, _ layer: any Layer, axesAreInputsSince version: Int) throws -> Feature {
        let input = try n.feature(), rank = input.onnxAxes.count + 1
        let axes = try n.intsFrom("axes", orInput: 1, since: version)
        let keeps = try n.int("keepdims", default: 1) != 0
        guard try n.int("noop_with_empty_axes", default: 0) == 0 || axes?.isEmpty == false else {
            throw ONNXFailure("noop_with_empty_axes is not supported")
        }
        let reduced = Set((axes ?? Array(0..<rank)).map { $0 < 0 ? $0 + rank : $0 })
        guard reduced.allSatisfy({ (0..<rank).contains($0) }), !reduced.contains(0) else {
            throw ONNXFailure("over axes \(axes ?? []) of \(text(input)): the batch cannot be among them")
        }
        let kept = input.onnxAxes.indices.filter { !reduced.contains($0 + 1) }
        let (ready, _) = try lastAxis(input, kept)
        let rows = ready.order.dropLast(ready.axes.last?.count ?? 0)
        // A picture, or one that has all its rows in one.
        let pixels = ready.axes.count == 3 ? ready.axes : [Array(rows), [], ready.axes.last ?? []]
        let picture = try regrouped(ready, pixels)
        var result = try feature(
            layer, of: picture, named: n.name, axes: [picture.axes[2]],
            onnxAxes: keeps
                ? input.onnxAxes.indices.map { kept.contains($0) ? input.onnxAxes[$0] : [] }
                : kept.map { input.onnxAxes[$0] })
        result.isNonNegative = input.isNonNegative
        return result
    }
}
