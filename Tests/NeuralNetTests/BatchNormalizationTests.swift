import NeuralNet
import Testing

@Suite struct BatchNormalizationTests {
    private static var options: ModelCheck { ModelCheck(batch: 4, differsInTraining: true, mixesSamples: true) }

    @Test(arguments: [[5], [1], [3, 7], [4, 5, 3], [3, 3, 33]] as [Shape])
    func shapes(_ shape: Shape) throws {
        for (center, scale) in [(true, true), (false, true), (true, false), (false, false)] {
            var options = Self.options
            let channels = shape.last!
            options.expected = { x, w, count in
                let n = Double(x[0].count / channels)
                return x[0].indices.map { i in
                    let c = i % channels
                    let values = stride(from: c, to: x[0].count, by: channels).map { Double(x[0][$0]) }
                    let mean = values.reduce(0, +) / n
                    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
                    let normalized = (Double(x[0][i]) - mean) / (variance + 0.001).squareRoot()
                    return Float(normalized * Double(scale ? w[0][c] : 1) + Double(center ? w[scale ? 1 : 0][c] : 0))
                }
            }
            try checkLayer(
                BatchNormalization(center: center, scale: scale), input: shape, output: shape, options: options)
        }
    }

    @Test(arguments: [1, 2, 3, -2])
    func otherAxes(_ axis: Int) throws {
        try checkLayer(
            BatchNormalization(axis: axis), ActivationLayer(.relu), Conv2D(2, kernelSize: 2), input: [3, 4, 5],
            output: [2, 3, 2],
            options: ModelCheck(batch: 4, differsInTraining: true, mixesSamples: true, hasKinks: true))
    }

    @Test func insideANetwork() throws {
        try checkLayer(
            Conv2D(6, kernelSize: 3, usesBias: false), BatchNormalization(), ActivationLayer(.tanh), Flatten(),
            Dense(4, usesBias: false), BatchNormalization(epsilon: 0.01), input: [6, 6, 2], output: [4],
            options: ModelCheck(batch: 6, differsInTraining: true, mixesSamples: true, tolerance: 1e-2))
    }

    /// The moving averages keep `momentum` of their value; the variance is the biased one, as in Keras 3.
    @Test func movingStatistics() throws {
        let model = try Model(input: [2]) { BatchNormalization(momentum: 0.9) }
        let runner = try Runner(model, batch: 4)
        _ = runner.forward([[1, 10, 2, 20, 3, 30, 6, 40]], count: 4)
        expectClose(model.weights.array(2), [0.3, 2.5], shape: [2], tolerance: 1e-6, "moving_mean")
        expectClose(model.weights.array(3), [0.9 + 0.35, 0.9 + 12.5], shape: [2], tolerance: 1e-6, "moving_variance")
        let before = model.weights.array(2) + model.weights.array(3)
        let y = runner.forward([[1, 10]], count: 1, isTraining: false)[0]
        #expect(model.weights.array(2) + model.weights.array(3) == before)
        expectClose(
            y, [0.7 / Float(1.251).squareRoot(), 7.5 / Float(13.401).squareRoot()], shape: [2], tolerance: 1e-5,
            "prediction")
    }

    /// A mean far from zero must not swallow the variance.
    @Test func largeMean() throws {
        let model = try Model(input: [8, 8, 1]) { BatchNormalization(epsilon: 1e-6) }
        var random = RandomGenerator(seed: 1)
        let noise = random.values(64 * 8)
        let y = try Runner(model, batch: 8).forward([noise.map { 1000 + $0 }], count: 8)[0]
        let plain = try Runner(model, batch: 8).forward([noise], count: 8)[0]
        expectClose(y, plain, shape: [8, 8, 8, 1], tolerance: 1e-3, "shifted")
    }
}
