import NeuralNet

/// A GELU written with `Erf`: nodes are taken together, since no layer computes `erf` alone.
extension GraphReader {
    /// What the node is of a GELU; nil if nothing.
    func gelu(_ n: NodeReader) throws -> GraphValue? {
        let type = n.node.type
        if type == "Erf" {
            let input = try n.feature()
            guard let site = input.site, let scaling = site.layer as? Rescaling, scaling.offset == [0],
                scaling.scale.count == 1, abs(scaling.scale[0] - Float(0.5).squareRoot()) < 1e-6
            else { throw ONNXFailure("only as a part of GELU is supported") }
            return .gelu(.erf, of: site.input)
        }
        guard type == "Add" || type == "Mul", n.inputCount == 2 else { return nil }
        let inputs = (try n.input(0), try n.input(1))
        switch (type, inputs.0, inputs.1) {
        case ("Add", .gelu(.erf, let x), .constant(let one)), ("Add", .constant(let one), .gelu(.erf, let x)):
            if one.floats == [1] { return .gelu(.onePlusErf, of: x) }
        case ("Mul", .gelu(.onePlusErf, let x), .feature(let other)),
            ("Mul", .feature(let other), .gelu(.onePlusErf, let x)):
            if other.tensor === x.tensor { return .gelu(.twice, of: x) }
            if isHalf(other, of: x) { return .feature(try activated(x, .gelu(approximate: false), named: n.name)) }
        case ("Mul", .gelu(.twice, let x), .constant(let half)), ("Mul", .constant(let half), .gelu(.twice, let x)):
            if half.floats == [0.5] { return .feature(try activated(x, .gelu(approximate: false), named: n.name)) }
        case ("Mul", .gelu(.onePlusErf, let x), .constant(let half)),
            ("Mul", .constant(let half), .gelu(.onePlusErf, let x)):
            if half.floats == [0.5] { return .gelu(.halfOnePlusErf, of: x) }
        case ("Mul", .gelu(.halfOnePlusErf, let x), .feature(let other)),
            ("Mul", .feature(let other), .gelu(.halfOnePlusErf, let x)):
            if other.tensor === x.tensor {
                return .feature(try activated(x, .gelu(approximate: false), named: n.name))
            }
        default: return nil
        }
        throw ONNXFailure("a piece of GELU where it does not belong")
    }

    private func isHalf(_ feature: Feature, of x: Feature) -> Bool {
        guard let site = feature.site, let scaling = site.layer as? Rescaling else { return false }
        return site.input.tensor === x.tensor && scaling.scale == [0.5] && scaling.offset == [0]
    }
}
