import NeuralNet
import Testing

@Suite struct LayerTests {
    static let smooth: [Activation] = [.linear, .sigmoid, .tanh, .swish, .gelu(approximate: false), .gelu(approximate: true), .softmax]
    static let kinked: [Activation] = [.relu, .leakyRelu(negativeSlope: 0.2), .elu(alpha: 1), .elu(alpha: 0.5)]

    @Test(arguments: smooth + kinked) func activations(_ activation: Activation) throws {
        let isKinked = LayerTests.kinked.contains(activation)
        let step: Float = isKinked ? 2e-3 : 1e-2, tolerance: Float = isKinked ? 5e-2 : 2e-2
        try checkLayer(
            try Model(input: [3, 5]) { ActivationLayer(activation) }, shape: [3, 5], step: step, tolerance: tolerance)
        try checkLayer(
            try Model(input: [6]) { Dense(5, activation: activation) }, shape: [5], step: step, tolerance: tolerance)
        try checkLayer(
            try Model(input: [5, 6, 3]) { Conv2D(4, kernelSize: 3, activation: activation) }, shape: [3, 4, 4],
            step: step, tolerance: tolerance)
    }

    @Test func dense() throws {
        try checkLayer(try Model(input: [37]) { Dense(19) }, shape: [19])
        try checkLayer(try Model(input: [37]) { Dense(64, usesBias: false) }, shape: [64], batch: 1)
        try checkLayer(try Model(input: [4, 7]) { Dense(3) }, shape: [4, 3])
        try checkLayer(try Model(input: [1]) { Dense(1) }, shape: [1])
    }

    @Test(arguments: [
        ([7, 9, 3], [3, 4, 3], MaxPool2D(2)), ([7, 9, 3], [3, 4, 3], MaxPool2D(3, strides: 2)),
        ([7, 9, 3], [4, 5, 3], MaxPool2D(3, strides: 2, padding: .same)),
        ([5, 5, 16], [5, 2, 16], MaxPool2D(poolSize: (1, 2))),
    ])
    func maxPool(_ input: Shape, _ output: Shape, _ layer: MaxPool2D) throws {
        try checkLayer(try Model(input: input, layers: [layer]), shape: output, step: 1e-4, tolerance: 8e-2)
    }

    @Test(arguments: [
        ([7, 9, 3], [3, 4, 3], AveragePool2D(2)), ([7, 9, 3], [4, 5, 3], AveragePool2D(3, strides: 2, padding: .same)),
    ])
    func averagePool(_ input: Shape, _ output: Shape, _ layer: AveragePool2D) throws {
        try checkLayer(try Model(input: input, layers: [layer]), shape: output)
    }

    @Test func shapeLayers() throws {
        try checkLayer(try Model(input: [5, 4, 3]) { GlobalAveragePool2D() }, shape: [3])
        try checkLayer(try Model(input: [5, 4, 3]) { GlobalAveragePool2D(keepsDimensions: true) }, shape: [1, 1, 3])
        try checkLayer(try Model(input: [5, 4, 3]) { ZeroPadding2D(top: 1, bottom: 2, left: 0, right: 3) }, shape: [8, 7, 3])
        try checkLayer(try Model(input: [4]) { Rescaling(3, offset: -1) }, shape: [4])
        try checkLayer(try Model(input: [4, 3, 2]) { Flatten(); Dense(3) }, shape: [3])
        try checkLayer(try Model(input: [4, 3, 2]) { Reshape([6, -1]); Dense(3) }, shape: [6, 3])
    }

    @Test(arguments: [[], [1], [1, 2], [3]]) func prelu(_ shared: [Int]) throws {
        let model = try Model(input: [3, 4, 5]) { PReLU(sharedAxes: shared) }
        try checkLayer(model, shape: [3, 4, 5], step: 1e-3, tolerance: 8e-2)
    }

    @Test(arguments: [true, false]) func batchNormalization(_ isTraining: Bool) throws {
        guard isTraining else {
            // Inference is a fixed affine map by the running statistics.
            let model = try Model(input: [3, 2, 4]) { BatchNormalization(epsilon: 0.01) }
            randomizeWeights(model)
            let probe = try Probe(model, maximumBatch: 2, count: 2, isTraining: false)
            let w = (0..<4).map { model.weights.array($0) }
            let expected = probe.inputs[0].enumerated().map { i, x in
                let c = i % 4
                return (x - w[2][c]) / (w[3][c] + 0.01).squareRoot() * w[0][c] + w[1][c]
            }
            expectClose(probe.forward()[0], expected, tolerance: 1e-5, "inference")
            return
        }
        try checkLayer(try Model(input: [4, 3, 5]) { BatchNormalization() }, shape: [4, 3, 5], tolerance: 5e-2)
        try checkLayer(
            try Model(input: [7]) { BatchNormalization(center: false, scale: false) }, shape: [7], batch: 8,
            tolerance: 5e-2)
    }

    @Test func runningStatisticsMove() throws {
        let model = try Model(input: [2, 2, 3]) { BatchNormalization(momentum: 0.8) }
        let probe = try Probe(model, maximumBatch: 4, count: 4)
        _ = probe.forward()
        for c in 0..<3 {
            let values = stride(from: c, to: probe.inputs[0].count, by: 3).map { Double(probe.inputs[0][$0]) }
            let mean = values.reduce(0, +) / 16, variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 16
            #expect(abs(Double(model.weights.array(2)[c]) - 0.2 * mean) < 1e-6)
            #expect(abs(Double(model.weights.array(3)[c]) - (0.8 + 0.2 * variance)) < 1e-6)
        }
    }

    @Test func dropout() throws {
        let model = try Model(input: [10000]) { Dropout(0.3) }
        let probe = try Probe(model, maximumBatch: 4, count: 4)
        let pass = probe.run()
        var dropped = 0
        for i in pass.outputs[0].indices {
            let kept = pass.outputs[0][i] != 0
            if !kept { dropped += 1 }
            let factor: Float = kept ? 1 / 0.7 : 0
            #expect(abs(pass.outputs[0][i] - probe.inputs[0][i] * factor) < 1e-5)
            #expect(abs(pass.inputGradients[0][i] - probe.upstream[0][i] * factor) < 1e-5)
        }
        #expect(abs(Double(dropped) / 40000 - 0.3) < 0.01)
        #expect(probe.forward() == pass.outputs, "the same seed drops the same")
        probe.executor.forward(count: 4, isTraining: true, seed: 6)
        #expect(Array(UnsafeBufferPointer(start: probe.executor.output(), count: 40000)) != pass.outputs[0])
        #expect(try Probe(model, maximumBatch: 4, count: 4, threads: 1).forward() == pass.outputs)
        probe.executor.forward(count: 4, isTraining: false)
        #expect(Array(UnsafeBufferPointer(start: probe.executor.output(), count: 40000)) == probe.inputs[0])
    }

    @Test func branchesAddUp() throws {
        let x = Input([6, 6, 4])
        let a = Conv2D(4, kernelSize: 3, padding: .same, activation: .tanh)(x)
        let b = Add()(a, x)
        let c = Concatenate()(b, a, Add()(b, b))
        let y = Dense(3)(GlobalAveragePool2D()(c))
        try checkLayer(try Model(inputs: x, outputs: y), shape: [3])
    }

    @Test func severalInputsAndOutputs() throws {
        let a = Input([4]), b = Input([3])
        let c = Concatenate()(Dense(5, activation: .tanh)(a), b)
        let model = try Model(inputs: [a, b], outputs: [Dense(2)(c), Dense(3, activation: .softmax)(c)])
        #expect(model.outputShapes == [[2], [3]])
        try checkLayer(model, shape: [2])
    }

    @Test func concatenateAlongAnyAxis() throws {
        let a = Input([2, 3, 4]), b = Input([2, 5, 4])
        try checkLayer(try Model(inputs: [a, b], outputs: [Concatenate(axis: 2)(a, b)]), shape: [2, 8, 4])
    }
}
