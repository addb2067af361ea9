import NeuralNet

/// Normalization by fixed statistics and by a sample's own numbers; pictures in other sizes.
extension GraphWriter {
    mutating func write(_ layer: Normalization) throws {
        let channels = node.inputShapes[0].last ?? 1, last = node.inputShapes[0].count
        guard !layer.invert, layer.axis.isEmpty || layer.axis == [-1] || layer.axis == [last] else {
            throw unsupported("normalization along \(layer.axis)\(layer.invert ? ", inverted," : "")")
        }
        let mean = layer.statistics?.mean ?? weight("mean") ?? [0]
        let variance = layer.statistics?.variance ?? weight("variance") ?? [1]
        guard [1, channels].contains(mean.count), [1, channels].contains(variance.count) else {
            throw unsupported("normalization with \(mean.count) means")
        }
        // As in Keras, which divides by at least 1e-7.
        let factors = variance.map { 1 / max($0.squareRoot(), 1e-7) }
        let shifts = (0..<max(mean.count, factors.count)).map {
            -mean[mean.count == 1 ? 0 : $0] * factors[factors.count == 1 ? 0 : $0]
        }
        let form = cheapestForm
        try finish(scaled(input(form), factors, shifts, form), form)
    }

    mutating func write(_ layer: LayerNormalization) throws {
        let shape = node.inputShapes[0], places = layer.axis.map { $0 < 0 ? shape.count + $0 : $0 - 1 }.sorted()
        guard places == Array(shape.indices.suffix(places.count)) else { throw unsupported("axes \(layer.axis)") }
        operatorSet = max(operatorSet, 17)
        let sizes = places.map { shape[$0] }, count = sizes.reduce(1, *)
        let gamma = weight("gamma") ?? [Float](repeating: 1, count: count)
        let beta = weight("beta") ?? [Float](repeating: 0, count: count)
        let inputs = [input(.last), constant("gamma", sizes, .floats(gamma)), constant("beta", sizes, .floats(beta))]
        let attributes: [String: ONNXAttribute] = ["axis": .int(-places.count), "epsilon": .float(layer.epsilon)]
        try finish(add("LayerNormalization", inputs, attributes), .last)
    }

    mutating func write(_ layer: GroupNormalization) throws {
        let shape = node.inputShapes[0]
        guard shape.count == 3, layer.axis == -1 || layer.axis == 3 else { throw unsupported("axis \(layer.axis)") }
        let gamma = weight("gamma") ?? [Float](repeating: 1, count: shape[2])
        let beta = weight("beta") ?? [Float](repeating: 0, count: shape[2])
        let groups = layer.groups == -1 ? shape[2] : layer.groups
        let inputs = [
            input(.first), constant("gamma", [shape[2]], .floats(gamma)), constant("beta", [shape[2]], .floats(beta)),
        ]
        if groups == shape[2] {
            return try finish(add("InstanceNormalization", inputs, ["epsilon": .float(layer.epsilon)]), .first)
        }
        operatorSet = max(operatorSet, 21)
        let attributes: [String: ONNXAttribute] = ["epsilon": .float(layer.epsilon), "num_groups": .int(groups)]
        try finish(add("GroupNormalization", inputs, attributes), .first)
    }

    mutating func writeResize(_ interpolation: Interpolation) throws {
        let from = node.inputShapes[0], to = node.outputShape
        var inputs = [input(.first), ""], more: [String: ONNXAttribute] = [:]
        if to[0] % from[0] == 0, to[1] % from[1] == 0 {
            let scales = [1, 1, Float(to[0] / from[0]), Float(to[1] / from[1])]
            inputs.append(constant("scales", [4], .floats(scales)))
        } else {
            // Sizes, since scales would be rounded; only since version 18 without that of the batch.
            operatorSet = max(operatorSet, 18)
            inputs += ["", constant("sizes", [2], .ints([to[0], to[1]]))]
            more["axes"] = .ints([2, 3])
        }
        let attributes: [String: ONNXAttribute]
        switch interpolation {
        case .nearest:
            attributes = [
                "mode": .text("nearest"), "coordinate_transformation_mode": .text("asymmetric"),
                "nearest_mode": .text("floor"),
            ]
        case .bilinear:
            attributes = ["mode": .text("linear"), "coordinate_transformation_mode": .text("half_pixel")]
        case .bicubic: throw unsupported("bicubic resizing")
        }
        try finish(add("Resize", inputs, attributes.merging(more) { first, _ in first }), .first)
    }
}
