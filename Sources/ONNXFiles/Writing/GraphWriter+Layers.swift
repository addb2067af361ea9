import NeuralNet

/// Each layer as operators.
extension GraphWriter {
    mutating func write(_ layer: any Layer) throws {
        switch layer {
        case is InputLayer: passOn()  // of a model inside the model
        case is PassedOver, is StochasticDepth: passOn()
        case let layer as Conv2D: try write(layer)
        case let layer as DepthwiseConv2D: try write(layer)
        case let layer as SeparableConv2D: try write(layer)
        case let layer as Conv2DTranspose: try write(layer)
        case let layer as Dense: try write(layer)
        case let layer as BatchNormalization: try write(layer)
        case let layer as MaxPool2D:
            let window = window(layer.poolSize, layer.strides, (1, 1), layer.padding)
            try finish(add("MaxPool", [input(.first)], window), .first)
        case let layer as AveragePool2D:
            var window = window(layer.poolSize, layer.strides, (1, 1), layer.padding)
            window["count_include_pad"] = .int(0)
            try finish(add("AveragePool", [input(.first)], window), .first)
        case let layer as GlobalAveragePool2D: try writeGlobal("GlobalAveragePool", keeps: layer.keepsDimensions)
        case let layer as GlobalMaxPool2D: try writeGlobal("GlobalMaxPool", keeps: layer.keepsDimensions)
        case is Flatten: try finish(add("Flatten", [input(.last)], ["axis": .int(1)]), .last)
        case is Reshape:
            let shape = constant("shape", [node.outputShape.count + 1], .ints([-1] + node.outputShape))
            try finish(add("Reshape", [input(.last), shape]), .last)
        case let layer as Dropout:
            let form = cheapestForm
            try finish(add("Dropout", [input(form), number("ratio", layer.rate)]), form)
        case let layer as ActivationLayer:
            let form = cheapestForm, x = input(form)
            try finish(layer.function == .linear ? add("Identity", [x]) : applying(layer.function, to: x, form), form)
        case let layer as PReLU: try write(layer)
        case let layer as ZeroPadding2D:
            let pads = [0, 0, layer.top, layer.left, 0, 0, layer.bottom, layer.right]
            try finish(
                add("Pad", [input(.first), constant("pads", [8], .ints(pads))], ["mode": .text("constant")]), .first)
        case is Add: try writeMerge(node.inputs.count == 2 ? "Add" : "Sum")
        case is Subtract: try writeMerge("Sub")
        case is Average: try writeMerge("Mean")
        case is Maximum: try writeMerge("Max")
        case is Minimum: try writeMerge("Min")
        case is Multiply:
            let (names, form) = inputs()
            try finish(names.dropFirst().reduce(names[0]) { add("Mul", [$0, $1]) }, form)
        case let layer as Concatenate:
            let form = cheapestForm, rank = node.outputShape.count
            let place = layer.axis < 0 ? rank + layer.axis : layer.axis - 1
            let axis = form == .first ? [2, 3, 1][place] : place + 1
            try finish(add("Concat", node.inputs.indices.map { input($0, form) }, ["axis": .int(axis)]), form)
        case let layer as Rescaling: try write(layer)
        case let layer as LayerScale:
            let form = cheapestForm
            let zeros = [Float](repeating: 0, count: layer.projectionDimension)
            try finish(scaled(input(form), weight("gamma") ?? [], zeros, form), form)
        case let layer as Normalization: try write(layer)
        case let layer as LayerNormalization: try write(layer)
        case let layer as GroupNormalization: try write(layer)
        case let layer as Permute:
            try finish(add("Transpose", [input(.last)], ["perm": .ints([0] + layer.dims)]), .last)
        case let layer as Softmax:
            guard layer.axis.count == 1 else { throw unsupported("softmax along \(layer.axis)") }
            try finish(add("Softmax", [input(.last)], ["axis": .int(layer.axis[0])]), .last)
        case let layer as Cropping2D:
            let ends = [node.inputShapes[0][0] - layer.bottom, node.inputShapes[0][1] - layer.right]
            let parts = [("starts", [layer.top, layer.left]), ("ends", ends), ("axes", [2, 3])].map {
                constant($0, [2], .ints($1))
            }
            try finish(add("Slice", [input(.first)] + parts), .first)
        case let layer as UpSampling2D: try writeResize(layer.interpolation)
        case let layer as Resizing:
            guard layer.fit == .stretch, layer.interpolation == .bilinear else {
                throw unsupported("resizing with \(layer.interpolation) and \(layer.fit)")
            }
            try writeResize(layer.interpolation)
        default: throw unsupported(type(of: layer).className)
        }
    }

    private mutating func write(_ layer: Dense) throws {
        let features = node.inputShapes[0].last ?? 1
        let kernel = constant("kernel", [features, layer.units], .floats(weight("kernel") ?? []))
        let bias = weight("bias").map { constant("bias", [layer.units], .floats($0)) }
        if node.inputShapes[0].count == 1 {
            return try finish(add("Gemm", [input(.last), kernel] + (bias.map { [$0] } ?? [])), .last)
        }
        let product = add("MatMul", [input(.last), kernel])
        try finish(bias.map { add("Add", [product, $0], named: "\(layer.name)_bias") } ?? product, .last)
    }

    private mutating func write(_ layer: BatchNormalization) throws {
        guard layer.axis == -1 || layer.axis == node.outputShape.count else { throw unsupported("axis \(layer.axis)") }
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
            return try finish(add("BatchNormalization", [input(form)] + parameters, attributes), form)
        }
        // The operator takes the second axis only.
        let factors = (0..<channels).map { gamma[$0] / (variance[$0] + layer.epsilon).squareRoot() }
        let shifts = (0..<channels).map { beta[$0] - mean[$0] * factors[$0] }
        try finish(scaled(input(.last), factors, shifts, .last), .last)
    }

    private mutating func write(_ layer: PReLU) throws {
        let form = cheapestForm, alpha = weight("alpha") ?? []
        var shape = node.inputShapes[0].indices.map { layer.sharedAxes.contains($0 + 1) ? 1 : node.inputShapes[0][$0] }
        var values = alpha
        if form == .first {
            values = Constant(shape: shape, values: .floats(alpha)).turned([2, 0, 1]).floats
            shape = [shape[2], shape[0], shape[1]]
        }
        try finish(add("PRelu", [input(form), constant("alpha", shape, .floats(values))]), form)
    }

    private mutating func write(_ layer: Rescaling) throws {
        let form = cheapestForm
        try finish(scaled(input(form), layer.scale, layer.offset, form), form)
    }

    /// `x scale + offset`, each one number or one per channel.
    mutating func scaled(_ x: String, _ scale: [Float], _ offset: [Float], _ form: Form) -> String {
        func shape(_ values: [Float]) -> [Int] {
            values.count == 1 ? [] : form == .first ? [values.count, 1, 1] : [values.count]
        }
        let factor = constant("scale", shape(scale), .floats(scale))
        let product = add("Mul", [x, factor])
        guard offset.contains(where: { $0 != 0 }) else { return product }
        return add(
            "Add", [product, constant("offset", shape(offset), .floats(offset))], named: "\(node.layer.name)_offset")
    }

    private mutating func writeGlobal(_ type: String, keeps: Bool) throws {
        let pooled = add(type, [input(.first)])
        if keeps { return try finish(pooled, .first) }
        try finish(add("Flatten", [pooled], ["axis": .int(1)], named: "\(node.layer.name)_flatten"), .last)
    }

    private mutating func writeMerge(_ type: String) throws {
        let (names, form) = inputs()
        try finish(add(type, names), form)
    }

    func unsupported(_ what: String) -> ONNXFailure {
        ONNXFailure("\(what) has no operator here", at: "layer '\(node.layer.name)'")
    }
}
