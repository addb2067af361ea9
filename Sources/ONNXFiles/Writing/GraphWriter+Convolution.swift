import NeuralNet

extension GraphWriter {
    /// `strides`, `pads` and the like over the layer's input.
    func window(
        _ kernel: (Int, Int), _ strides: (Int, Int), _ dilations: (Int, Int), _ padding: Padding
    ) -> [String: ONNXAttribute] {
        var pads = [0, 0, 0, 0]
        if padding == .same {
            let rows = GraphReader.Window.same(node.inputShapes[0][0], kernel.0, strides.0, dilations.0)
            let columns = GraphReader.Window.same(node.inputShapes[0][1], kernel.1, strides.1, dilations.1)
            pads = [rows.before, columns.before, rows.after, columns.after]
        }
        return [
            "kernel_shape": .ints([kernel.0, kernel.1]), "strides": .ints([strides.0, strides.1]), "pads": .ints(pads),
        ]
    }

    /// `[height, width, channels, filters]` becomes `[filters, channels, height, width]`.
    private func filtersFirst(_ kernel: [Float], area: Int, filters: Int) -> [Float] {
        let channels = kernel.count / (area * filters)
        var result = [Float](repeating: 0, count: kernel.count)
        for tap in 0..<area {
            for channel in 0..<channels {
                let start = (tap * channels + channel) * filters
                for filter in 0..<filters {
                    result[(filter * channels + channel) * area + tap] = kernel[start + filter]
                }
            }
        }
        return result
    }

    private mutating func convolution(
        _ x: String, _ kernel: String, shape: [Int], values: [Float], bias: [Float]?, groups: Int,
        _ attributes: [String: ONNXAttribute], named name: String? = nil
    ) -> String {
        var inputs = [x, constant(kernel, shape, .floats(values))]
        if let bias { inputs.append(constant("bias", [bias.count], .floats(bias))) }
        var attributes = attributes
        attributes["group"] = .int(groups)
        return add("Conv", inputs, attributes, named: name)
    }

    mutating func write(_ layer: Conv2D) throws {
        let channels = node.inputShapes[0][2] / layer.groups, area = layer.kernelSize.0 * layer.kernelSize.1
        var attributes = window(layer.kernelSize, layer.strides, layer.dilationRate, layer.padding)
        attributes["dilations"] = .ints([layer.dilationRate.0, layer.dilationRate.1])
        let kernel = filtersFirst(weight("kernel") ?? [], area: area, filters: layer.filters)
        let y = convolution(
            input(.first), "kernel", shape: [layer.filters, channels, layer.kernelSize.0, layer.kernelSize.1],
            values: kernel, bias: weight("bias"), groups: layer.groups, attributes)
        try finish(y, .first)
    }

    private mutating func depthwise(
        _ layer: DepthwiseConv2D, kernel: String, bias: [Float]?, named name: String? = nil
    ) -> String {
        let outputs = node.inputShapes[0][2] * layer.depthMultiplier, area = layer.kernelSize.0 * layer.kernelSize.1
        var attributes = window(layer.kernelSize, layer.strides, layer.dilationRate, layer.padding)
        attributes["dilations"] = .ints([layer.dilationRate.0, layer.dilationRate.1])
        // Each output has a kernel of one channel.
        let values = filtersFirst(weight(kernel) ?? [], area: area, filters: outputs)
        return convolution(
            input(.first), kernel, shape: [outputs, 1, layer.kernelSize.0, layer.kernelSize.1], values: values,
            bias: bias,
            groups: node.inputShapes[0][2], attributes, named: name)
    }

    mutating func write(_ layer: DepthwiseConv2D) throws {
        try finish(depthwise(layer, kernel: "kernel", bias: weight("bias")), .first)
    }

    mutating func write(_ layer: SeparableConv2D) throws {
        let first = DepthwiseConv2D(
            kernelSize: layer.kernelSize, strides: layer.strides, padding: layer.padding,
            depthMultiplier: layer.depthMultiplier, dilationRate: layer.dilationRate, usesBias: false)
        let x = depthwise(first, kernel: "depthwise_kernel", bias: nil, named: "\(layer.name)_depthwise")
        let channels = node.inputShapes[0][2] * layer.depthMultiplier
        let kernel = filtersFirst(weight("pointwise_kernel") ?? [], area: 1, filters: layer.filters)
        let y = convolution(
            x, "pointwise_kernel", shape: [layer.filters, channels, 1, 1], values: kernel, bias: weight("bias"),
            groups: 1,
            ["kernel_shape": .ints([1, 1])])
        try finish(y, .first)
    }

    mutating func write(_ layer: Conv2DTranspose) throws {
        let channels = node.inputShapes[0][2], output = node.outputShape
        func axis(_ input: Int, _ output: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (Int, Int, Int) {
            // The whole is what every pixel reaches; what is missing is zeros behind it, what is too much is cut off.
            let whole = (input - 1) * stride + (kernel - 1) * dilation + 1
            let before = layer.padding == .same ? GraphReader.Window.same(output, kernel, stride, dilation).before : 0
            let extra = max(0, output - (whole - before))
            return (before, whole + extra - before - output, extra)
        }
        let (kernel, strides, dilations) = (layer.kernelSize, layer.strides, layer.dilationRate)
        let rows = axis(node.inputShapes[0][0], output[0], kernel.0, strides.0, dilations.0)
        let columns = axis(node.inputShapes[0][1], output[1], kernel.1, strides.1, dilations.1)
        // [height, width, filters, channels] becomes [channels, filters, height, width].
        let values = filtersFirst(weight("kernel") ?? [], area: kernel.0 * kernel.1, filters: channels)
        var inputs = [
            input(.first), constant("kernel", [channels, layer.filters, kernel.0, kernel.1], .floats(values)),
        ]
        if let bias = weight("bias") { inputs.append(constant("bias", [bias.count], .floats(bias))) }
        let attributes: [String: ONNXAttribute] = [
            "kernel_shape": .ints([kernel.0, kernel.1]), "strides": .ints([strides.0, strides.1]),
            "dilations": .ints([dilations.0, dilations.1]), "pads": .ints([rows.0, columns.0, rows.1, columns.1]),
            "output_padding": .ints([rows.2, columns.2]),
        ]
        try finish(add("ConvTranspose", inputs, attributes), .first)
    }
}
