import NeuralNet

/// Windows that slide over pictures.
extension GraphReader {
    /// How a window of ONNX's treats the border.
    struct Window {
        var kernel: (Int, Int)
        var strides: (Int, Int)
        var dilations: (Int, Int)
        /// Rows and columns around the picture.
        var top = 0, left = 0, bottom = 0, right = 0

        var isPadded: Bool { (top, left, bottom, right) != (0, 0, 0, 0) }

        /// Whether the border is that of this library's `same` padding for a picture.
        func isSame(height: Int, width: Int) -> Bool {
            let vertical = Window.same(height, kernel.0, strides.0, dilations.0)
            let horizontal = Window.same(width, kernel.1, strides.1, dilations.1)
            return (top, bottom) == vertical && (left, right) == horizontal
        }

        /// TensorFlow's `same` padding of one axis: what is odd comes after.
        static func same(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (before: Int, after: Int) {
            let outputs = (size + stride - 1) / stride
            let total = max(0, (outputs - 1) * stride + (kernel - 1) * dilation + 1 - size)
            return (total / 2, total - total / 2)
        }
    }

    /// Reads the attributes of a window over a picture of that size.
    func window(_ n: inout NodeReader, kernel: (Int, Int), height: Int, width: Int) throws -> Window {
        var window = Window(
            kernel: kernel, strides: try n.pair("strides", default: (1, 1)),
            dilations: try n.pair("dilations", default: (1, 1)))
        let vertical = Window.same(height, kernel.0, window.strides.0, window.dilations.0)
        let horizontal = Window.same(width, kernel.1, window.strides.1, window.dilations.1)
        let pads = try n.ints("pads") ?? [0, 0, 0, 0]
        switch try n.text("auto_pad", default: "NOTSET") {
        case "NOTSET", "":
            guard pads.count == 4, pads.allSatisfy({ (0...65536).contains($0) }) else {
                throw ONNXFailure("pads is \(pads), not four sizes: only pictures are supported")
            }
            (window.top, window.left, window.bottom, window.right) = (pads[0], pads[1], pads[2], pads[3])
        case "VALID": break
        case "SAME_UPPER":
            (window.top, window.bottom) = vertical
            (window.left, window.right) = horizontal
        case "SAME_LOWER":
            (window.bottom, window.top) = vertical
            (window.right, window.left) = horizontal
        case let other: throw ONNXFailure("auto_pad is '\(other)'")
        }
        return window
    }

    /// The input and the padding with which a layer does what the window says; zeros are laid around if need be.
    func padded(_ input: Feature, _ window: Window, named name: String) throws -> (Feature, Padding) {
        if !window.isPadded { return (input, .valid) }
        if window.isSame(height: input.shape[0], width: input.shape[1]) { return (input, .same) }
        let layer = ZeroPadding2D(top: window.top, bottom: window.bottom, left: window.left, right: window.right)
        var result = try image(layer, of: input, named: name + "_pad", channels: (input.axes[2], input.onnxAxes[0]))
        result.site = nil
        result.isNonNegative = input.isNonNegative
        return (result, .valid)
    }

    /// A layer from picture to picture, whose channels are the given factors in this library and in ONNX.
    func image(
        _ layer: any Layer, of input: Feature, weights: [String: [Float]] = [:], named name: String,
        channels: (ours: [Factor], onnx: [Factor])
    ) throws -> Feature {
        let shape = try layer.outputShape([input.shape])
        let height = newFactors(shape[0]), width = newFactors(shape[1])
        return try feature(
            layer, of: input, weights: weights, named: name, axes: [height, width, channels.ours],
            onnxAxes: [channels.onnx, height, width])
    }

    func convolution(_ n: inout NodeReader) throws -> Feature {
        let groups = try n.int("group", default: 1)
        let (start, _) = try image(try n.feature())
        // Groups are of neighbours; alone, each channel takes its weights with it.
        let (input, order) = try image(start, inOrder: groups > 1 && groups != start.axes[2].size)
        let kernel = try n.constant(1, "its kernel"), channels = order.count
        guard kernel.shape.count == 4, kernel.count > 0 else {
            throw ONNXFailure("its kernel has shape \(kernel.shape), not [filters, channels, height, width]")
        }
        let filters = kernel.shape[0], taps = (kernel.shape[2], kernel.shape[3])
        guard try n.pair("kernel_shape", default: taps) == taps else {
            throw ONNXFailure("kernel_shape is not that of its kernel, \(kernel.shape)")
        }
        guard groups > 0, kernel.shape[1] * groups == channels, filters % groups == 0 else {
            throw ONNXFailure(
                "its kernel of shape \(kernel.shape) in \(groups) groups does not fit \(channels) channels")
        }
        let places = order.places
        let bias = n.hasInput(2) ? try n.floats(2, "its bias", count: filters) : nil
        let window = try window(&n, kernel: taps, height: input.shape[0], width: input.shape[1])
        let (ready, padding) = try padded(input, window, named: n.name)
        if groups == channels, groups > 1 {
            return try depthwise(n, ready, kernel, bias, window, padding, places)
        }
        // [filters, channels, height, width] becomes [height, width, channels, filters], where channels are a group's.
        let from = kernel.floats, area = taps.0 * taps.1, depth = channels / groups
        var to = [Float](repeating: 0, count: from.count)
        for tap in 0..<area {
            for channel in 0..<depth {
                let start = (tap * depth + channel) * filters, place = groups == 1 ? places[channel] : channel
                for filter in 0..<filters { to[start + filter] = from[(filter * depth + place) * area + tap] }
            }
        }
        let layer = Conv2D(
            filters, kernelSize: taps, strides: window.strides, padding: padding, dilationRate: window.dilations,
            groups: groups, usesBias: bias != nil)
        let axis = newFactors(filters)
        return try image(
            layer, of: ready, weights: named(kernel: to, bias: bias), named: n.name, channels: (axis, axis))
    }

    private func depthwise(
        _ n: NodeReader, _ input: Feature, _ kernel: Constant, _ bias: [Float]?, _ window: Window,
        _ padding: Padding, _ places: [Int]
    ) throws -> Feature {
        let channels = places.count, multiplier = kernel.shape[0] / channels, area = window.kernel.0 * window.kernel.1
        // [channels * multiplier, 1, height, width] becomes [height, width, channels, multiplier].
        let from = kernel.floats
        var to: [Float] = []
        to.reserveCapacity(from.count)
        for tap in 0..<area {
            for place in places {
                for k in 0..<multiplier { to.append(from[(place * multiplier + k) * area + tap]) }
            }
        }
        let ordered = bias.map { bias in
            places.flatMap { place in (0..<multiplier).map { bias[place * multiplier + $0] } }
        }
        let layer = DepthwiseConv2D(
            kernelSize: window.kernel, strides: window.strides, padding: padding, depthMultiplier: multiplier,
            dilationRate: window.dilations, usesBias: bias != nil)
        let more = newFactors(multiplier)
        return try image(
            layer, of: input, weights: named(kernel: to, bias: ordered), named: n.name,
            channels: (input.axes[2] + more, input.onnxAxes[0] + more))
    }

    func named(kernel: [Float], bias: [Float]?) -> [String: [Float]] {
        bias.map { ["kernel": kernel, "bias": $0] } ?? ["kernel": kernel]
    }
}
