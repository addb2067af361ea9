import NeuralNet

/// Each layer as operators.
extension GraphWriter {
    mutating func write(_ layer: any Layer) throws {
        switch layer {
        case let layer as Conv2D: write(layer)
        case let layer as DepthwiseConv2D: write(layer)
        case let layer as SeparableConv2D: write(layer)
        case let layer as Dense: write(layer)
        case let layer as BatchNormalization: write(layer)
        case let layer as MaxPool2D:
            let window = window(layer.poolSize, layer.strides, (1, 1), layer.padding)
            finish(add("MaxPool", [input(.first)], window), .first)
        case let layer as AveragePool2D:
            var window = window(layer.poolSize, layer.strides, (1, 1), layer.padding)
            window["count_include_pad"] = .int(0)
            finish(add("AveragePool", [input(.first)], window), .first)
        case let layer as GlobalAveragePool2D: writeGlobal("GlobalAveragePool", keeps: layer.keepsDimensions)
        case let layer as GlobalMaxPool2D: writeGlobal("GlobalMaxPool", keeps: layer.keepsDimensions)
        case is Flatten: finish(add("Flatten", [input(.last)], ["axis": .int(1)]), .last)
        case is Reshape:
            let shape = constant("shape", [node.outputShape.count + 1], .ints([-1] + node.outputShape))
            finish(add("Reshape", [input(.last), shape]), .last)
        case let layer as Dropout:
            let form = cheapestForm
            finish(add("Dropout", [input(form), number("ratio", layer.rate)]), form)
        case let layer as ActivationLayer:
            let form = cheapestForm, x = input(form)
            finish(layer.function == .linear ? add("Identity", [x]) : applying(layer.function, to: x, form), form)
        case let layer as PReLU: write(layer)
        case let layer as ZeroPadding2D:
            let pads = [0, 0, layer.top, layer.left, 0, 0, layer.bottom, layer.right]
            finish(
                add("Pad", [input(.first), constant("pads", [8], .ints(pads))], ["mode": .text("constant")]), .first)
        case is Add:
            let form = cheapestForm, all = node.inputs.indices.map { input($0, form) }
            finish(add(all.count == 2 ? "Add" : "Sum", all), form)
        case is Multiply:
            let form = cheapestForm
            var product = input(0, form)
            for place in node.inputs.indices.dropFirst() { product = add("Mul", [product, input(place, form)]) }
            finish(product, form)
        case let layer as Concatenate:
            let form = cheapestForm, rank = node.outputShape.count
            let place = layer.axis < 0 ? rank + layer.axis : layer.axis - 1
            let axis = form == .first ? [2, 3, 1][place] : place + 1
            finish(add("Concat", node.inputs.indices.map { input($0, form) }, ["axis": .int(axis)]), form)
        case let layer as Rescaling: write(layer)
        default: throw ONNXFailure("\(type(of: layer).className) has no operator here", at: "layer '\(layer.name)'")
        }
    }

    /// `strides`, `pads` and the like over the layer's input.
    private func window(
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

    private mutating func write(_ layer: Conv2D) {
        let channels = node.inputShapes[0][2], area = layer.kernelSize.0 * layer.kernelSize.1
        var attributes = window(layer.kernelSize, layer.strides, layer.dilationRate, layer.padding)
        attributes["dilations"] = .ints([layer.dilationRate.0, layer.dilationRate.1])
        let kernel = filtersFirst(weight("kernel") ?? [], area: area, filters: layer.filters)
        let y = convolution(
            input(.first), "kernel", shape: [layer.filters, channels, layer.kernelSize.0, layer.kernelSize.1],
            values: kernel, bias: weight("bias"), groups: 1, attributes)
        finish(y, .first)
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

    private mutating func write(_ layer: DepthwiseConv2D) {
        finish(depthwise(layer, kernel: "kernel", bias: weight("bias")), .first)
    }

    private mutating func write(_ layer: SeparableConv2D) {
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
        finish(y, .first)
    }

    private mutating func write(_ layer: Dense) {
        let features = node.inputShapes[0].last ?? 1
        let kernel = constant("kernel", [features, layer.units], .floats(weight("kernel") ?? []))
        let bias = weight("bias").map { constant("bias", [layer.units], .floats($0)) }
        if node.inputShapes[0].count == 1 {
            return finish(add("Gemm", [input(.last), kernel] + (bias.map { [$0] } ?? [])), .last)
        }
        let product = add("MatMul", [input(.last), kernel])
        finish(bias.map { add("Add", [product, $0], named: "\(layer.name)_bias") } ?? product, .last)
    }

    private mutating func write(_ layer: BatchNormalization) {
        let channels = node.inputShapes[0].last ?? 1
        let gamma = weight("gamma") ?? [Float](repeating: 1, count: channels)
        let beta = weight("beta") ?? [Float](repeating: 0, count: channels)
        let mean = weight("moving_mean") ?? [], variance = weight("moving_variance") ?? []
        if isPicture(index) || node.inputShapes[0].count == 1 {
            let form: Form = isPicture(index) ? .first : .last
            let parameters = [("gamma", gamma), ("beta", beta), ("mean", mean), ("variance", variance)].map {
                constant($0, [channels], .floats($1))
            }
            let attributes = ["epsilon": ONNXAttribute.float(layer.epsilon), "momentum": .float(layer.momentum)]
            return finish(add("BatchNormalization", [input(form)] + parameters, attributes), form)
        }
        // The operator takes the second axis only.
        let factors = (0..<channels).map { gamma[$0] / (variance[$0] + layer.epsilon).squareRoot() }
        let shifts = (0..<channels).map { beta[$0] - mean[$0] * factors[$0] }
        finish(scaled(input(.last), factors, shifts, .last), .last)
    }

    private mutating func write(_ layer: PReLU) {
        let form = cheapestForm, alpha = weight("alpha") ?? []
        var shape = node.inputShapes[0].indices.map { layer.sharedAxes.contains($0 + 1) ? 1 : node.inputShapes[0][$0] }
        var values = alpha
        if form == .first {
            values = Constant(shape: shape, values: .floats(alpha)).turned([2, 0, 1]).floats
            shape = [shape[2], shape[0], shape[1]]
        }
        finish(add("PRelu", [input(form), constant("alpha", shape, .floats(values))]), form)
    }

    private mutating func write(_ layer: Rescaling) {
        let form = cheapestForm
        finish(scaled(input(form), layer.scale, layer.offset, form), form)
    }

    /// `x scale + offset`, each one number or one per channel.
    private mutating func scaled(_ x: String, _ scale: [Float], _ offset: [Float], _ form: Form) -> String {
        func shape(_ values: [Float]) -> [Int] {
            values.count == 1 ? [] : form == .first ? [values.count, 1, 1] : [values.count]
        }
        let factor = constant("scale", shape(scale), .floats(scale))
        let product = add("Mul", [x, factor])
        guard offset.contains(where: { $0 != 0 }) else { return product }
        return add(
            "Add", [product, constant("offset", shape(offset), .floats(offset))], named: "\(node.layer.name)_offset")
    }

    private mutating func writeGlobal(_ type: String, keeps: Bool) {
        let pooled = add(type, [input(.first)])
        if keeps { return finish(pooled, .first) }
        finish(add("Flatten", [pooled], ["axis": .int(1)], named: "\(node.layer.name)_flatten"), .last)
    }
}
