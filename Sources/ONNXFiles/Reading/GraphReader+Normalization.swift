import NeuralNet

/// What is normalised by a sample's own numbers.
extension GraphReader {
    func layerNormalization(_ n: inout NodeReader) throws -> Feature {
        let epsilon = try n.float("epsilon", default: 1e-5), input = try n.feature(), rank = input.onnxAxes.count + 1
        guard try n.int("stash_type", default: 1) == 1, n.node.outputs.count == 1 else {
            throw ONNXFailure("stash_type and further outputs are not supported")
        }
        var axis = try n.int("axis", default: -1)
        if axis < 0 { axis += rank }
        guard (1..<max(rank, 1)).contains(axis) else { throw ONNXFailure("axis \(axis) of \(rank)") }
        let (ready, order) = try lastAxis(input, Array(axis - 1..<rank - 1))
        return try feature(
            LayerNormalization(epsilon: epsilon, center: n.hasInput(2)), of: ready,
            weights: try scaleAndShift(n, order), named: n.name)
    }

    /// A group for each channel.
    func instanceNormalization(_ n: inout NodeReader) throws -> Feature {
        let (ready, order) = try image(try n.feature())
        return try feature(
            GroupNormalization(groups: -1, epsilon: try n.float("epsilon", default: 1e-5)), of: ready,
            weights: try scaleAndShift(n, order), named: n.name)
    }

    func groupNormalization(_ n: inout NodeReader) throws -> Feature {
        guard n.operatorSet >= 21, try n.int("stash_type", default: 1) == 1 else {
            throw ONNXFailure("with scales per group, or a stash_type, is not supported")
        }
        let groups = try n.int("num_groups", default: 0), epsilon = try n.float("epsilon", default: 1e-5)
        guard groups > 0 else { throw ONNXFailure("num_groups is \(groups)") }
        let (ready, order) = try image(try n.feature(), inOrder: true)
        return try feature(
            GroupNormalization(groups: groups, epsilon: epsilon), of: ready, weights: try scaleAndShift(n, order),
            named: n.name)
    }

    private func scaleAndShift(_ n: NodeReader, _ order: AxisOrder) throws -> [String: [Float]] {
        func values(_ index: Int, _ name: String) throws -> [Float] {
            let values = try n.floats(index, name, count: order.count)
            return order.places.map { values[$0] }
        }
        var weights = ["gamma": try values(1, "its scale")]
        if n.hasInput(2) { weights["beta"] = try values(2, "its bias") }
        return weights
    }
}
