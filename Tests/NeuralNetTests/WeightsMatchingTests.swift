import NeuralNet
import Testing

/// Weights of one network in another, with a report of what became of each layer.
@Suite struct WeightsMatchingTests {
    private func body(_ head: Int, seed: UInt64) throws -> Model {
        try Model(input: [8, 8, 1], seed: seed) {
            Conv2D(4, kernelSize: 3, name: "conv1")
            BatchNormalization(name: "norm1")
            Conv2D(6, kernelSize: 3, name: "conv2")
            GlobalAveragePool2D(name: "mean")
            Dense(head, activation: .softmax, name: "head")
        }
    }

    @Test(arguments: ["h5", "keras"]) func anotherHead(_ ending: String) throws {
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/m.\(ending)", source = try body(7, seed: 1), target = try body(3, seed: 2)
            try ModelFile.write(source, to: path)
            let before = target.weights.fingerprint
            #expect(
                KerasFixtures.message { try target.readWeights(path) }
                    == "\(path): layer 'head': shapes [[6, 7], [7]] in the file instead of [[6, 3], [3]]")
            #expect(target.weights.fingerprint == before)
            let report = try target.readWeights(path, skippingMismatch: true)
            #expect(report.taken.map(\.layer) == ["conv1", "norm1", "conv2"])
            #expect(report.kept.map(\.layer) == ["head"] && report.unused == ["head"])
            #expect(target.weights.array(0) == source.weights.array(0))
        }
    }

    /// Inside a model the names are longer, and other names are found by shapes.
    @Test func othersNames() throws {
        try KerasFixtures.inTemporaryFolder { folder in
            let source = try body(7, seed: 1), path = "\(folder)/m.keras"
            let x = Input([8, 8, 1]), inner = try source.cut(at: "conv2")
            let flat = Flatten(name: "flat")(try inner([x], name: "base")[0])
            try ModelFile.write(Model(inputs: x, outputs: Dense(2, name: "top")(flat)), to: path)
            let target = try body(7, seed: 2)
            let report = try target.readWeights(path, skippingMismatch: true)
            #expect(report.taken.map(\.source) == ["base/conv1", "base/norm1", "base/conv2"])
            #expect(report.unused == ["top"])

            let renamed = try Model(input: [8, 8, 1], seed: 3) {
                Conv2D(4, kernelSize: 3, name: "a")
                BatchNormalization(name: "b")
                Conv2D(6, kernelSize: 3, name: "c")
            }
            #expect(try renamed.readWeights(path, matching: .shape).taken.map(\.source) == report.taken.map(\.source))
            #expect(renamed.weights.array(0) == source.weights.array(0))
        }
    }

    @Test func weightsAlone() throws {
        let model = try ModelFile.read(KerasFixtures.path("keras3-functional.h5")).model
        let values = model.weights.fingerprint
        for file in ["keras3-functional.weights.h5", "keras3-functional.h5", "keras2.4-functional.h5"] {
            model.weights.initialize(seed: 9)
            #expect(try model.readWeights(KerasFixtures.path(file)).kept.isEmpty)
            #expect(model.weights.fingerprint == values)
        }
        // There all names are others.
        let old = KerasFixtures.path("keras2.0-functional-weights.h5")
        #expect(try model.readWeights(old, skippingMismatch: true).taken.isEmpty)
    }
}

/// What is not trained is not changed, and costs nothing.
@Suite struct FrozenLayerTests {
    private func model() throws -> Model {
        try Model(input: [6, 6, 2], seed: 1) {
            Conv2D(16, kernelSize: 3, padding: .same, name: "a")
            BatchNormalization(name: "b")
            Conv2D(16, kernelSize: 3, padding: .same, activation: .relu, name: "c")
            BatchNormalization(name: "d")
            GlobalAveragePool2D()
            Dense(3, activation: .softmax, name: "head")
        }
    }

    private func step(_ model: Model) throws -> Executor {
        let executor = try Executor(model, maximumBatch: 4, threads: ThreadPool(threads: 2), isTraining: true)
        var random = RandomGenerator(seed: 5)
        for i in 0..<4 * 72 { executor.input()[i] = random.uniform(in: -1...1) }
        executor.forward(count: 4, isTraining: true)
        for i in 0..<12 { executor.outputGradient()[i] = Float(i % 5) - 2 }
        executor.backward()
        return executor
    }

    @Test func inTheMiddleAndBelow() throws {
        let whole = try model(), frozen = whole.trainable { !["a", "c", "d"].contains($0.layer.name) }
        #expect(frozen.nodes.map(\.isTrainable) == [true, false, true, false, false, true, true])
        #expect(frozen.weights.trainableCount < whole.weights.trainableCount)
        let before = frozen.weights.entries.indices.map(frozen.weights.array)
        let executor = try step(frozen)
        for (index, entry) in frozen.weights.entries.enumerated() {
            let isStatistic = entry.specification.name.hasPrefix("moving")
            // Statistics of the normalization that is not trained stay as they are.
            #expect(
                (frozen.weights.array(index) != before[index]) == (isStatistic && entry.layer == "b"), "\(entry.layer)")
        }
        let gamma = try #require(frozen.weights.index(layer: "b", name: "gamma"))
        let entry = frozen.weights.entries[gamma]
        #expect(executor.gradients[entry.offset..<entry.offset + 16].contains { $0 != 0 })
    }

    @Test func survivesFiles() throws {
        let frozen = try model().trainable { $0.layer.name == "head" }
        try KerasFixtures.inTemporaryFolder { folder in
            for path in ["\(folder)/m.h5", "\(folder)/m.keras"] {
                try ModelFile.write(frozen, to: path)
                let again = try ModelFile.read(path).model
                #expect(again.nodes.dropFirst().map(\.isTrainable) == frozen.nodes.dropFirst().map(\.isTrainable))
                #expect(again.weights.fingerprint == frozen.weights.fingerprint)
                #expect(again.trainable { _ in true }.weights.trainableCount == (try model()).weights.trainableCount)
            }
        }
    }
}
