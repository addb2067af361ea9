import NeuralNet

/// Functions written as several nodes that are taken together, since no layer computes one of them alone.
extension GraphReader {
    /// What the node is a part of; nil for all other nodes.
    func piece(_ n: NodeReader) throws -> GraphValue? {
        let type = n.node.type
        if type == "Erf" {
            let input = try n.feature()
            guard let site = input.site, let scaling = site.layer as? Rescaling, scaling.offset == [0],
                scaling.scale.count == 1, input.onnxAxes == site.input.onnxAxes,
                abs(scaling.scale[0] - Float(0.5).squareRoot()) < 1e-6
            else { throw ONNXFailure("only as a part of GELU is supported") }
            return .piece(.erf, of: site.input)
        }
        if type == "Greater" {
            guard let limit = try n.number(1, "what it compares with") else { throw ONNXFailure("input 2 is missing") }
            return .piece(.above(limit), of: try n.feature())
        }
        if type == "Where" { return .feature(try choice(n)) }
        guard type == "Add" || type == "Mul", n.inputCount == 2 else { return nil }
        let inputs = (try n.input(0), try n.input(1))
        switch (type, inputs.0, inputs.1) {
        case ("Add", .piece(.erf, let x), .constant(let one)), ("Add", .constant(let one), .piece(.erf, let x)):
            if one.floats == [1] { return .piece(.onePlusErf, of: x) }
        case ("Mul", .piece(.onePlusErf, let x), .feature(let other)),
            ("Mul", .feature(let other), .piece(.onePlusErf, let x)):
            if other.isSame(as: x) { return .piece(.twiceGELU, of: x) }
            if isHalf(other, of: x) { return .feature(try activated(x, .gelu(approximate: false), named: n.name)) }
        case ("Mul", .piece(.twiceGELU, let x), .constant(let half)),
            ("Mul", .constant(let half), .piece(.twiceGELU, let x)):
            if half.floats == [0.5] { return .feature(try activated(x, .gelu(approximate: false), named: n.name)) }
        case ("Mul", .piece(.onePlusErf, let x), .constant(let half)),
            ("Mul", .constant(let half), .piece(.onePlusErf, let x)):
            if half.floats == [0.5] { return .piece(.halfOnePlusErf, of: x) }
        case ("Mul", .piece(.halfOnePlusErf, let x), .feature(let other)),
            ("Mul", .feature(let other), .piece(.halfOnePlusErf, let x)):
            if other.isSame(as: x) {
                return .feature(try activated(x, .gelu(approximate: false), named: n.name))
            }
        default: return nil
        }
        throw ONNXFailure("a piece of GELU where it does not belong")
    }

    /// A softplus that is `x` where that is large, as PyTorch writes it.
    private func choice(_ n: NodeReader) throws -> Feature {
        guard case .piece(.above(let limit), let x) = try n.input(0) else { throw NodeReader.piece }
        let above = try n.feature(1), below = try n.feature(2)
        if limit >= 16, above.isSame(as: x), below.onnxAxes == x.onnxAxes, let site = below.site,
            (site.layer as? ActivationLayer)?.function == .softplus, site.input.isSame(as: x)
        {
            return try activated(x, .softplus, named: n.name)
        }
        throw ONNXFailure("this choice is not supported")
    }

    private func isHalf(_ feature: Feature, of x: Feature) -> Bool {
        guard let site = feature.site, let scaling = site.layer as? Rescaling else { return false }
        return site.input.isSame(as: x) && feature.onnxAxes == x.onnxAxes && scaling.scale == [0.5]
            && scaling.offset == [0]
    }
}
