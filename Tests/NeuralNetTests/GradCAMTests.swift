import NeuralNet
import Testing

@Suite struct GradCAMTests {
    private func network(padding: Padding = .same) throws -> Model {
        let model = try Model(input: [12, 12, 1], seed: 6) {
            Conv2D(16, kernelSize: 3, padding: padding, usesBias: false)
            BatchNormalization()
            ActivationLayer(.relu)
            MaxPool2D(2)
            Dropout(0.4)
            Conv2D(16, kernelSize: 3, padding: padding, activation: .relu, name: "late")
            Dropout(0.4)
            Flatten()
            Dense(8)
            BatchNormalization()
            ActivationLayer(.relu)
            Dense(3, activation: .softmax)
        }
        var random = RandomGenerator(seed: 8)
        for (index, entry) in model.weights.entries.enumerated() {
            switch entry.specification.name {
            case "gamma", "moving_variance":
                try model.weights.set(index, random.values(entry.specification.count, in: 0.5...1.5))
            case "beta", "moving_mean":
                try model.weights.set(index, random.values(entry.specification.count, in: -0.5...0.5))
            default: continue
            }
        }
        return model
    }

    /// Backward after a forward of prediction: fixed statistics, nothing dropped.
    @Test func gradientsOfPredictionAreRight() throws {
        let model = try network()
        var random = RandomGenerator(seed: 3)
        var input = random.values(2 * 144)
        let upstream = random.values(6)
        let runner = try Runner(model, batch: 2)
        runner.executor.fillMemory(with: .nan)
        _ = runner.forward([input], count: 2, isTraining: false)
        runner.executor.outputGradient().update(from: upstream, count: 6)
        runner.executor.backward()
        let pointer = try #require(runner.executor.inputGradient())
        let gradient = Array(UnsafeBufferPointer(start: pointer, count: 288))
        let weights = model.weights.entries.map { entry in
            entry.specification.isTrainable
                ? Array(runner.executor.gradients[entry.offset..<entry.offset + entry.specification.count]) : []
        }
        func value() -> Double {
            let output = runner.forward([input], count: 2, isTraining: false)[0]
            return zip(output, upstream).reduce(0) { $0 + Double($1.0 * $1.1) }
        }
        // Beside a kink of ReLU or maximum, differences over two steps disagree: such coordinates are left out.
        var checked = 0, left = 0
        func check(_ gradient: Float, largest: Float, set: (Float) -> Void) {
            func slope(_ step: Float) -> Double {
                set(step)
                let up = value()
                set(-step)
                let down = value()
                set(0)
                return (up - down) / Double(2 * step)
            }
            let wide = slope(4e-3), narrow = slope(2e-3)
            guard abs(wide - narrow) < 0.01 * Double(largest) else {
                left += 1
                return
            }
            checked += 1
            #expect(abs(wide - Double(gradient)) < 0.03 * Double(largest))
        }
        let largest = gradient.map(abs).max() ?? 0
        for place in stride(from: 0, to: 288, by: 7) {
            let old = input[place]
            check(gradient[place], largest: largest) { input[place] = old + $0 }
        }
        for (index, entry) in model.weights.entries.enumerated()
        where ["gamma", "beta"].contains(entry.specification.name) {
            let buffer = model.weights.buffer(index), scale = weights[index].map(abs).max() ?? 0
            for place in 0..<min(8, buffer.count) {
                let old = buffer[place]
                check(weights[index][place], largest: scale) {
                    buffer[place] = old + $0
                    model.weights.didChange()
                }
            }
        }
        #expect(checked > 4 * left)
    }

    /// The map by its definition, with the slopes from finite differences of the layers behind "late".
    @Test func mapIsWhatItsDefinitionSays() throws {
        let model = try network()
        var random = RandomGenerator(seed: 4)
        let input = random.values(144)
        let cam = try GradCAM(model, layer: "late", threads: ThreadPool(threads: 1))
        let result = try cam.map(input, class: 1)
        #expect(result.map.height == 6 && result.map.width == 6 && result.label == 1)

        let late = try #require(model.node(named: "late"))
        var layers = Array(model.nodes[1...].map(\.layer))
        let trunk = try Model(input: [12, 12, 1], layers: Array(layers.prefix(late)), seed: 0)
        layers[layers.count - 1] = Dense(3, name: "scores")
        let head = try Model(input: [6, 6, 16], layers: Array(layers.dropFirst(late)), seed: 0)
        let split = trunk.weights.entries.count
        for i in 0..<split { try trunk.weights.set(i, model.weights.array(i)) }
        for i in head.weights.entries.indices { try head.weights.set(i, model.weights.array(split + i)) }
        let first = try Runner(trunk, batch: 1, isTraining: false),
            second = try Runner(head, batch: 1, isTraining: false)
        var activation = first.forward([input], count: 1, isTraining: false)[0]
        var slopes = [Double](repeating: 0, count: 16)
        for place in activation.indices {
            let old = activation[place]
            activation[place] = old + 1e-2
            let up = second.forward([activation], count: 1, isTraining: false)[0][1]
            activation[place] = old - 1e-2
            let down = second.forward([activation], count: 1, isTraining: false)[0][1]
            activation[place] = old
            slopes[place % 16] += Double(up - down) / 2e-2 / 36
        }
        let expected = (0..<36).map { place in
            Float(max(0, (0..<16).reduce(0.0) { $0 + slopes[$1] * Double(activation[place * 16 + $1]) }))
        }
        let largest = try #require(expected.max())
        #expect(largest > 0)
        for (a, b) in zip(result.map.values, expected) { #expect(abs(a - b) < 0.05 * largest) }
        // The output is that of the model.
        let output = try Runner(model, batch: 1, isTraining: false).forward([input], count: 1, isTraining: false)[0]
        for (a, b) in zip(result.output, output) { #expect(abs(a - b) < 1e-5) }
    }

    /// A layer before which nothing can be learnt has slopes all the same.
    @Test func layerBeforeAllWeights() throws {
        let model = try Model(input: [12, 12, 1], seed: 6) {
            AveragePool2D(2, name: "early")
            Conv2D(16, kernelSize: 3, activation: .relu)
            GlobalAveragePool2D()
            Dense(3, activation: .softmax)
        }
        let cam = try GradCAM(model, layer: "early", threads: ThreadPool(threads: 1))
        var random = RandomGenerator(seed: 4)
        let input = random.values(144)
        let maps = try (0..<3).map { try cam.map(input, class: $0).map }
        #expect(maps.allSatisfy { $0.height == 6 && $0.width == 6 && $0.values.allSatisfy { $0 >= 0 && $0.isFinite } })
        #expect(maps[0] != maps[1] || maps[1] != maps[2])
    }

    @Test func standardLayerKeepsPlaces() throws {
        let model = try network()
        let node = try #require(GradCAM.standardNode(of: model))
        #expect(model.nodes[node].outputShape == [6, 6, 16])
        #expect(throws: NeuralNetError.self) { try GradCAM(model, layer: "none", threads: ThreadPool(threads: 1)) }
        #expect(throws: NeuralNetError.self) { try GradCAM(model, layer: "dense", threads: ThreadPool(threads: 1)) }
        let flat = try Model(input: [4]) { Dense(2, activation: .softmax) }
        #expect(throws: NeuralNetError.self) { try GradCAM(flat, threads: ThreadPool(threads: 1)) }
    }
}
