import NeuralNet

/// Products with matrices, and what is learnt for each channel.
extension GraphReader {
    func gemm(_ n: inout NodeReader) throws -> Feature {
        let input = try n.feature(), weights = try n.constant(1, "its matrix")
        guard input.onnxAxes.count == 1 else {
            throw ONNXFailure("its input has shape \(text(input)), not [batch, features]")
        }
        guard try n.int("transA", default: 0) == 0 else { throw ONNXFailure("transA is not supported") }
        let isTurned = try n.int("transB", default: 0) != 0
        let alpha = try n.float("alpha", default: 1), beta = try n.float("beta", default: 1)
        let units = weights.shape.count == 2 ? weights.shape[isTurned ? 0 : 1] : 0
        var bias: [Float]?
        if n.hasInput(2) {
            let constant = try n.constant(2, "its bias")
            guard constant.count == units || constant.count == 1, constant.shape.last ?? 1 == constant.count else {
                throw ONNXFailure("its bias has shape \(constant.shape), not [\(units)]")
            }
            let values = constant.floats.map { $0 * beta }
            bias = values.count == units ? values : [Float](repeating: values[0], count: units)
        }
        return try dense(n, input, weights, isTurned: isTurned, alpha: alpha, bias: bias)
    }

    func matrixProduct(_ n: inout NodeReader) throws -> Feature {
        try dense(n, try n.feature(), try n.constant(1, "its matrix"), isTurned: false, alpha: 1, bias: nil)
    }

    private func dense(
        _ n: NodeReader, _ input: Feature, _ matrix: Constant, isTurned: Bool, alpha: Float, bias: [Float]?
    ) throws -> Feature {
        guard !input.onnxAxes.isEmpty else { throw ONNXFailure("its input has shape \(text(input))") }
        let (ready, order) = try lastAxis(input, [input.onnxAxes.count - 1]), features = order.count
        guard matrix.shape.count == 2, matrix.count > 0, matrix.shape[isTurned ? 1 : 0] == features else {
            throw ONNXFailure("its matrix of shape \(matrix.shape) does not fit \(features) features")
        }
        let units = matrix.shape[isTurned ? 0 : 1], from = matrix.floats
        var kernel: [Float] = []
        kernel.reserveCapacity(from.count)
        for place in order.places {
            for unit in 0..<units {
                kernel.append(alpha * (isTurned ? from[unit * features + place] : from[place * units + unit]))
            }
        }
        let axis = newFactors(units)
        return try feature(
            Dense(units, usesBias: bias != nil), of: ready, weights: named(kernel: kernel, bias: bias), named: n.name,
            axes: ready.axes.dropLast() + [axis], onnxAxes: input.onnxAxes.dropLast() + [axis])
    }

    func batchNormalization(_ n: inout NodeReader) throws -> Feature {
        let epsilon = try n.float("epsilon", default: 1e-5), momentum = try n.float("momentum", default: 0.9)
        guard try n.int("training_mode", default: 0) == 0, try n.int("spatial", default: 1) == 1 else {
            throw ONNXFailure("training_mode and spatial are not supported")
        }
        let input = try n.feature()
        guard !input.onnxAxes.isEmpty else { throw ONNXFailure("its input has shape \(text(input))") }
        let (ready, order) = try lastAxis(input, [0])
        func perChannel(_ index: Int, _ name: String) throws -> [Float] {
            let values = try n.floats(index, name, count: order.count)
            return order.places.map { values[$0] }
        }
        let weights = [
            "gamma": try perChannel(1, "scale"), "beta": try perChannel(2, "B"),
            "moving_mean": try perChannel(3, "mean"), "moving_variance": try perChannel(4, "var"),
        ]
        return try feature(
            BatchNormalization(momentum: momentum, epsilon: epsilon), of: ready, weights: weights, named: n.name)
    }

    func learntRelu(_ n: inout NodeReader) throws -> Feature {
        let input = try n.feature(), slope = try n.constant(1, "its slope")
        let varying = try varyingAxes(slope, over: input), slopes = slope.floats
        if varying.isEmpty {
            let axes = Array(1...max(input.axes.count, 1))
            return try feature(PReLU(sharedAxes: axes), of: input, weights: ["alpha": slopes], named: n.name)
        }
        let (ready, order) = try lastAxis(input, varying)
        return try feature(
            PReLU(sharedAxes: Array(1..<max(ready.axes.count, 1))), of: ready,
            weights: ["alpha": order.places.map { slopes[$0] }], named: n.name)
    }
}
