import NeuralNet
import Testing

/// One layer called several times has one set of weights, and its gradients add up.
@Suite struct SharedLayerTests {
    @Test func gradientsAddUp() throws {
        let a = Input([5, 5, 2]), b = Input([5, 5, 2])
        let tower = SharedLayer(Conv2D(3, kernelSize: 3, activation: .tanh, name: "tower"))
        let norm = SharedLayer(BatchNormalization(name: "norm"))
        let left = norm(tower(a)), right = norm(tower(b))
        let model = try Model(inputs: [a, b], outputs: [Dense(2)(Flatten()(Multiply()(left, right)))])
        #expect(model.nodes.filter { $0.layer.name == "tower" }.map(\.sharedWith) == [nil, 2])
        #expect(model.parameterCount == 3 * 3 * 2 * 3 + 3 + 4 * 3 + 27 * 2 + 2)
        try checkModel(
            model, outputs: [[2]],
            options: ModelCheck(batch: 4, differsInTraining: true, mixesSamples: true, tolerance: 1e-2))
    }

    /// A recurrence: the same layer behind itself, all calls of one size.
    @Test func calledInARow() throws {
        let x = Input([6])
        let step = SharedLayer(Dense(6, activation: .tanh))
        try checkModel(Model(inputs: [x], outputs: [step(step(step(x)))]), outputs: [[6]])
    }

    /// The sums are those of one call with all samples, to the bit where numbers are small and whole.
    @Test func exactly() throws {
        let a = Input([4]), b = Input([4])
        let dense = SharedLayer(Dense(3, name: "d"))
        let two = try Model(inputs: [a, b], outputs: [dense(a), dense(b)])
        let one = try Model(inputs: a, outputs: Dense(3, name: "d")(a))
        let values: [Float] = [1, 2, -3, 4, 5, -6, 7, 8], gradient: [Float] = [1, 2, 3, -4, 5, 6]
        let threads = ThreadPool(threads: 1)
        let first = try Executor(two, maximumBatch: 1, threads: threads, isTraining: true)
        let second = try Executor(one, maximumBatch: 2, threads: threads, isTraining: true)
        for step in 0..<2 {  // the second time onto what is there
            for (i, value) in values.enumerated() {
                first.input(i / 4)[i % 4] = value
                second.input()[i] = value
            }
            first.forward(count: 1, isTraining: true)
            second.forward(count: 2, isTraining: true)
            for (i, value) in gradient.enumerated() {
                first.outputGradient(i / 3)[i % 3] = value
                second.outputGradient()[i] = value
            }
            first.backward(accumulate: step == 1)
            second.backward(accumulate: step == 1)
            #expect(Array(first.gradients) == Array(second.gradients))
        }
    }

    @Test func weightsMustKeepTheirShapes() {
        let a = Input([4]), b = Input([5])
        let dense = SharedLayer(Dense(3, name: "d"))
        #expect(throws: NeuralNetError.self) { try Model(inputs: [a, b], outputs: [dense(a), dense(b)]) }
    }
}

/// Models inside models, cut and with other heads.
@Suite struct CompositionTests {
    private func base() throws -> Model {
        try Model(input: [6, 6, 2], name: "base", seed: 3) {
            Conv2D(3, kernelSize: 3, activation: .tanh, name: "conv")
            BatchNormalization(name: "norm")
            Flatten(name: "flat")
        }
    }

    @Test func calledTwice() throws {
        let base = try base(), a = Input([6, 6, 2]), b = Input([6, 6, 2])
        let features = try base(a) + base(b)
        let model = try Model(inputs: [a, b], outputs: [Dense(2, name: "head")(Concatenate(name: "join")(features))])
        #expect(
            model.nodes.map(\.layer.name) == [
                "input_layer", "input_layer_1", "base/input_layer", "base/conv", "base/norm", "base/flat",
                "base/input_layer", "base/conv", "base/norm", "base/flat", "join", "head",
            ])
        #expect(model.scopes.map(\.sharedWith) == [nil, 0])
        #expect(model.weights.array(0) == base.weights.array(0))
        try checkModel(
            model, outputs: [[2]],
            options: ModelCheck(batch: 4, differsInTraining: true, mixesSamples: true, tolerance: 1e-2))
    }

    @Test func nestedDeeply() throws {
        var inner = try base()
        for level in 0..<4 {
            let x = Input([6, 6, 2], name: "x")
            let both = try inner(x) + inner(x)
            let flat = Reshape([6, 6, 2], name: "shape")(
                Dense(72, name: "dense")(Flatten(name: "flat")(Concatenate(name: "join")(both))))
            inner = try Model(inputs: x, outputs: flat, name: "level\(level)")
        }
        #expect(inner.scopes.count == 2 + 4 + 8 + 16)
        #expect(inner.nodes.contains { $0.layer.name == "level2/level1/level0/base/conv" })
        #expect(inner.weights.entries.count == 6 + 4 * 2)
    }

    @Test func anotherHead() throws {
        let base = try base()
        let features = try base.output(of: "norm")
        let model = try Model(
            inputs: base.symbolicInputs, outputs: [Dense(3, name: "head")(GlobalAveragePool2D()(features))])
        #expect(
            model.nodes.map(\.layer.name) == ["input_layer", "conv", "norm", "global_average_pooling2d", "head"])
        #expect(model.weights.array(0) == base.weights.array(0))
        let cut = try base.cut(at: "conv")
        #expect(cut.outputShapes == [[4, 4, 3]])
        #expect(throws: NeuralNetError.self) { try base.cut(at: "nothing") }
        #expect(throws: NeuralNetError.self) { try base() }
    }
}
