import NeuralNet

/// Arithmetic between tensors, and with constants.
extension GraphReader {
    /// Those of ONNX's axes along which a constant differs, when it is spread over a tensor. Throws `ONNXFailure` if it
    /// does not fit, or would make the tensor larger.
    func varyingAxes(_ constant: Constant, over input: Feature) throws -> [Int] {
        let sizes = [1] + input.onnxShape, missing = sizes.count - constant.shape.count
        let fits = missing >= 0 && constant.shape.enumerated().allSatisfy { $1 == 1 || $1 == sizes[missing + $0] }
        guard fits, constant.count > 0 else {
            throw ONNXFailure("a constant of shape \(constant.shape) does not fit \(text(input))")
        }
        return constant.shape.indices.filter { constant.shape[$0] > 1 }.map { missing + $0 - 1 }
    }

    /// A constant as one number, or one for each index of the last axis of the tensor, which is arranged for that.
    private func spread(_ constant: Constant, over input: Feature) throws -> (feature: Feature, values: [Float]) {
        let varying = try varyingAxes(constant, over: input), values = constant.floats
        guard values.allSatisfy(\.isFinite) else { throw ONNXFailure("a constant is not a number, or infinite") }
        if varying.isEmpty { return (input, values) }
        let (ready, order) = try lastAxis(input, varying)
        return (ready, order.places.map { values[$0] })
    }

    /// `input scale + offset`, in the layer before where that can do it.
    func scaled(_ input: Feature, by scale: [Float], plus offset: [Float], named name: String) throws -> Feature {
        guard (scale + offset).allSatisfy(\.isFinite) else { throw ONNXFailure("a constant makes numbers infinite") }
        try countWeights(scale.count + offset.count)
        if scale == [1], let site = input.site, let biased = try withBias(offset, site, like: input) { return biased }
        var result: Feature
        if let site = input.site, let first = site.layer as? Rescaling {
            let both = Rescaling(
                combine(first.scale, scale, *), offset: combine(combine(first.offset, scale, *), offset, +))
            result = try replacing(site, by: both, like: input)
        } else {
            result = try feature(Rescaling(scale, offset: offset), of: input, named: name)
        }
        result.isNonNegative = input.isNonNegative && (scale + offset).allSatisfy { $0 >= 0 }
        return result
    }

    private func combine(_ a: [Float], _ b: [Float], _ operation: (Float, Float) -> Float) -> [Float] {
        (0..<max(a.count, b.count)).map { operation(a[a.count == 1 ? 0 : $0], b[b.count == 1 ? 0 : $0]) }
    }

    /// The layer of `site` with a bias that is larger by `offset`; nil if it has none.
    private func withBias(_ offset: [Float], _ site: Site, like input: Feature) throws -> Feature? {
        var layer = site.layer
        if var dense = layer as? Dense {
            dense.usesBias = true
            layer = dense
        } else if var convolution = layer as? Conv2D {
            convolution.usesBias = true
            layer = convolution
        } else if var convolution = layer as? DepthwiseConv2D {
            convolution.usesBias = true
            layer = convolution
        } else if var convolution = layer as? Conv2DTranspose {
            convolution.usesBias = true
            layer = convolution
        } else {
            return nil
        }
        var weights = site.weights
        let zeros = [Float](repeating: 0, count: input.shape.last ?? 1)
        weights["bias"] = combine(weights["bias"] ?? zeros, offset, +)
        return try replacing(site, by: layer, weights: weights, like: input)
    }

    func sum(_ n: inout NodeReader) throws -> Feature {
        let (features, constants) = try operands(n)
        var result = features.count == 1 ? features[0] : try merged(Add(), features, n.name)
        for constant in constants {
            let (ready, values) = try spread(constant, over: result)
            result = try scaled(ready, by: [1], plus: values, named: n.name)
        }
        return result
    }

    func product(_ n: inout NodeReader) throws -> Feature {
        let (features, constants) = try operands(n)
        if features.count == 2 {
            // x sigmoid(x), and the same with the hard sigmoid of MobileNetV3.
            for (x, y) in [(features[0], features[1]), (features[1], features[0])] {
                guard let site = y.site, site.input.isSame(as: x), y.onnxAxes == x.onnxAxes else { continue }
                switch (site.layer as? ActivationLayer)?.function {
                case .sigmoid: return try activated(x, .swish, named: n.name)
                case .hardSigmoid(slope: 1 / 6): return try activated(x, .hardSwish, named: n.name)
                default: break
                }
            }
            return try merged(Multiply(), features, n.name)
        }
        let (ready, values) = try spread(constants[0], over: features[0])
        return try scaled(ready, by: values, plus: [0], named: n.name)
    }

    func difference(_ n: inout NodeReader) throws -> Feature {
        let first = try n.input(0), second = try n.input(1)
        switch (first, second) {
        case (.feature(let a), .constant(let b)):
            let (ready, values) = try spread(b, over: a)
            return try scaled(ready, by: [1], plus: values.map { -$0 }, named: n.name)
        case (.constant(let a), .feature(let b)):
            let (ready, values) = try spread(a, over: b)
            return try scaled(ready, by: [-1], plus: values, named: n.name)
        case (.feature(let a), .feature(let b)):
            return try merged(Subtract(), [a, b], n.name)
        default: throw ONNXFailure("both inputs are constant, which is not supported")
        }
    }

    func quotient(_ n: inout NodeReader) throws -> Feature {
        let (ready, values) = try spread(try n.constant(1, "the divisor"), over: try n.feature())
        return try scaled(ready, by: values.map { 1 / $0 }, plus: [0], named: n.name)
    }

    /// A small whole power, as a product.
    func power(_ n: inout NodeReader) throws -> Feature {
        let x = try n.feature().withoutSite, exponent = try n.number(1, "its exponent") ?? 0
        guard (2...4).contains(exponent), exponent == exponent.rounded() else {
            throw ONNXFailure("to the power of \(exponent); only 2, 3 and 4 are supported")
        }
        var result = try merged(Multiply(), [Feature](repeating: x, count: Int(exponent)), n.name)
        result.isNonNegative = x.isNonNegative || exponent != 3
        return result
    }

    private func operands(_ n: NodeReader) throws -> (features: [Feature], constants: [Constant]) {
        var features: [Feature] = [], constants: [Constant] = []
        for index in 0..<n.inputCount {
            switch try n.input(index) {
            case .feature(let feature): features.append(feature)
            case .constant(let constant): constants.append(constant)
            case .piece: throw NodeReader.piece
            }
        }
        guard !features.isEmpty else { throw ONNXFailure("all inputs are constant, which is not supported") }
        guard n.node.type == "Sum" || n.inputCount == 2 else {
            throw ONNXFailure("has \(n.inputCount) inputs instead of 2")
        }
        return (features, constants)
    }

    func merged(_ layer: any Layer, _ features: [Feature], _ name: String) throws -> Feature {
        if features.count == 1, !(layer is Subtract) { return features[0] }
        var result: Feature
        if let same = try inSamePlaces(features) {
            result = same[0]
            result.tensor = try add(layer, to: same, named: name)
        } else {
            let (arranged, order) = try alike(features)
            let axes = features[0].onnxAxes.indices.map { axis in
                features.map { $0.onnxAxes[axis] }.max { $0.size < $1.size } ?? []
            }
            result = Feature(
                tensor: try add(layer, to: arranged, named: name), axes: order.map { axes[$0] }, onnxAxes: axes)
        }
        result.site = nil
        result.isNonNegative = !(layer is Subtract) && features.allSatisfy(\.isNonNegative)
        return result
    }

    func concatenation(_ n: inout NodeReader) throws -> Feature {
        let features = try n.features(), first = features[0]
        let rank = first.onnxAxes.count + 1
        guard n.has("axis") else { throw ONNXFailure("axis is missing") }
        var axis = try n.int("axis", default: 1)
        if axis < 0 { axis += rank }
        guard (1..<max(rank, 2)).contains(axis) else {
            throw ONNXFailure("axis \(axis): only axes behind the batch are supported")
        }
        guard features.count > 1 else { return first }
        let (arranged, order) = try alike(features)
        let place = order.firstIndex(of: axis - 1) ?? 0
        let tensor = try add(Concatenate(axis: place + 1), to: arranged, named: n.name)
        var axes = arranged[0].onnxAxes
        axes[axis - 1] = newFactors(features.reduce(0) { $0 + $1.onnxShape[axis - 1] })
        return Feature(
            tensor: tensor, axes: order.map { axes[$0] }, onnxAxes: axes,
            isNonNegative: features.allSatisfy(\.isNonNegative))
    }
}
