import NeuralNet
import Testing

@Suite struct ModelTests {
    @Test(arguments: [(true, 3), (false, 2)]) func builderKeepsEveryBranch(_ condition: Bool, _ count: Int) throws {
        let optional = try Model(input: [4]) {
            Dense(3)
            if condition { Dropout(0.5) }
            Dense(2)
        }
        #expect(optional.nodes.count - 1 == count)
        let either = try Model(input: [4]) {
            if condition { Dense(5) } else { Dense(6) }
            for units in [7, 8] { Dense(units) }
            switch count {
            case 2: Dense(9)
            default: Dense(10)
            }
        }
        let units: [Int] = either.nodes.dropFirst().map { $0.outputShape[0] }
        #expect(units == (condition ? [5, 7, 8, 10] : [6, 7, 8, 9]))
    }

    @Test func layersAreNamedAsInKeras() throws {
        let model = try Model(input: [8, 8, 1]) {
            Conv2D(2, kernelSize: 3)
            MaxPool2D(2)
            Conv2D(2, kernelSize: 3, name: "mine")
            SeparableConv2D(2, kernelSize: 1)
            BatchNormalization()
            PReLU()
            GlobalAveragePool2D()
            Dense(3)
            Dense(3)
        }
        #expect(
            model.nodes.map(\.layer.name) == [
                "input_layer", "conv2d", "max_pooling2d", "mine", "separable_conv2d", "batch_normalization", "p_re_lu",
                "global_average_pooling2d", "dense", "dense_1",
            ])
    }

    @Test func mistakesAreNamed() {
        func message(_ make: () throws -> Model) -> String {
            do {
                _ = try make()
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(
            message { try Model(input: [4]) { Conv2D(3, kernelSize: 3, name: "c") } }
                == "Conv2D 'c': input must be [height, width, channels], received [4]")
        #expect(
            message { try Model(input: [2, 2, 1]) { Conv2D(3, kernelSize: 3, name: "c") } }
                == "Conv2D 'c': input must be at least as large as the 3x3 window, received [2, 2, 1]")
        #expect(
            message { try Model(input: [4]) { Dense(0, name: "d") } } == "Dense 'd': units must be positive, received 0"
        )
        #expect(
            message { try Model(input: [4]) { Dropout(1, name: "d") } }
                == "Dropout 'd': rate must be in 0 ..< 1, received 1.0")
        #expect(
            message {
                try Model(input: [4]) {
                    Dense(2, name: "d"); Dense(2, name: "d")
                }
            }
                == "model graph: two layers are named 'd'")
        #expect(
            message {
                let x = Input([3]), y = Input([4])
                return try Model(inputs: [x, y], outputs: [Add(name: "a")(x, y)])
            }
                == "Add 'a': input must be two or more tensors of one shape, or of sizes that are 1 where they differ, "
                + "received [3], [4]")
        #expect(
            message { try Model(inputs: [Input([3])], outputs: [Dense(2)(Input([3]))]) }
                == "model graph: a layer uses an input that is not among the model's inputs")
    }

    @Test func equalSeedsGiveEqualWeights() throws {
        func make(_ seed: UInt64) throws -> [Float] {
            try Model(input: [20], seed: seed) { Dense(10, kernelInitializer: .heNormal) }.weights.array(0)
        }
        #expect(try make(1) == make(1))
        #expect(try make(1) != make(2))
    }

    @Test func initializersHaveTheirSpread() throws {
        for (initializer, expected) in [
            (Initializer.glorotUniform, 2.0 / 500), (.glorotNormal, 2.0 / 500), (.heUniform, 2.0 / 300),
            (.heNormal, 2.0 / 300),
        ] {
            let values = try Model(input: [300]) { Dense(200, kernelInitializer: initializer) }.weights.array(0)
            let mean = values.reduce(0.0) { $0 + Double($1) } / 60000
            let variance = values.reduce(0.0) { $0 + Double($1) * Double($1) } / 60000
            #expect(abs(mean) < 0.001)
            #expect(abs(variance / expected - 1) < 0.03, "\(initializer)")
        }
    }

    @Test func documentedNetworkHasItsSize() throws {
        #expect(try documentedNetwork().parameterCount == 2_345_607)
    }

    @Test func predictionsFromManyThreadsAgree() async throws {
        let model = try documentedNetwork()
        func predict(_ seed: UInt64) throws -> [Float] {
            let executor = try Executor(model, maximumBatch: 2, threads: ThreadPool(threads: 1))
            var random = RandomGenerator(seed: seed)
            for i in 0..<2 * 2304 { executor.input()[i] = random.uniform() }
            executor.forward(count: 2)
            return Array(UnsafeBufferPointer(start: executor.output(), count: 14))
        }
        let expected = try (0..<8).map { try predict(UInt64($0)) }
        try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for seed in 0..<8 { group.addTask { (seed, try predict(UInt64(seed))) } }
            for try await (seed, values) in group { #expect(values == expected[seed]) }
        }
    }

    @Test func sharedWeightsForInputsOfOtherShapes() throws {
        let model = try Model(input: [9, 9, 2], seed: 3) {
            Conv2D(3, kernelSize: 3, activation: .relu)
            PReLU(sharedAxes: [1, 2])
            MaxPool2D(2, padding: .same)
            GlobalAveragePool2D()
            Dense(2)
        }
        let wide = try model.sharingWeights(inputShapes: [[5, 20, 2]])
        #expect(wide.weights === model.weights)
        #expect(wide.nodes.map(\.outputShape) == [[5, 20, 2], [3, 18, 3], [3, 18, 3], [2, 9, 3], [3], [2]])
        #expect(wide.nodes.map(\.layer.name) == model.nodes.map(\.layer.name))
        let alone = try Model(input: [5, 20, 2]) {
            Conv2D(3, kernelSize: 3, activation: .relu)
            PReLU(sharedAxes: [1, 2])
            MaxPool2D(2, padding: .same)
            GlobalAveragePool2D()
            Dense(2)
        }
        for index in model.weights.entries.indices { try alone.weights.set(index, model.weights.array(index)) }
        let outputs = try [wide, alone].map { model in
            let executor = try Executor(model, maximumBatch: 1, threads: ThreadPool(threads: 1))
            for i in 0..<200 { executor.input()[i] = Float(i % 7) - 3 }
            executor.forward(count: 1)
            return [executor.output()[0], executor.output()[1]]
        }
        #expect(outputs[0] == outputs[1])
    }

    @Test func weightsThatCannotBeShared() throws {
        let model = try Model(input: [4, 4, 2]) {
            Conv2D(3, kernelSize: 3, name: "c")
            Flatten()
            Dense(2, name: "d")
        }
        func message(_ shapes: [[Int]]) -> String {
            do {
                _ = try model.sharingWeights(inputShapes: shapes)
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(message([[4, 4, 2]]) == "no error")
        #expect(
            message([[5, 4, 2]])
                == "Dense 'd': input must be one for which its weights keep their shapes, received [18]")
        #expect(
            message([[4, 4, 1]])
                == "Conv2D 'c': input must be one for which its weights keep their shapes, received [4, 4, 1]")
        #expect(
            message([[2, 4, 2]])
                == "Conv2D 'c': input must be at least as large as the 3x3 window, received [2, 4, 2]")
        #expect(message([]) == "model graph: 0 input shapes for 1 inputs")
    }
}

/// The documented emotion network.
func documentedNetwork() throws -> Model {
    try Model(input: [48, 48, 1], seed: 1) {
        Conv2D(32, kernelSize: 3, activation: .relu)
        Conv2D(64, kernelSize: 3, activation: .relu)
        MaxPool2D(2)
        Dropout(0.25)
        for _ in 0..<2 {
            Conv2D(128, kernelSize: 3, activation: .relu)
            MaxPool2D(2)
        }
        Dropout(0.25)
        Flatten()
        Dense(1024, activation: .relu)
        Dropout(0.5)
        Dense(7, activation: .softmax)
    }
}
