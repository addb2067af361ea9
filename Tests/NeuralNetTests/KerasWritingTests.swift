import Foundation
import NeuralNet
import Testing

/// What is written is read again as it was. That Keras reads it too is checked by Scripts/check-keras-roundtrip.py,
/// which asks these tests for files with FERMUSIC_KERAS_FOLDER.
@Suite struct KerasWritingTests {
    private static func chain() throws -> Model {
        try Model(input: [9, 9, 2], name: "chain", seed: 3) {
            Rescaling(0.5, offset: -0.1)
            ZeroPadding2D(top: 1, bottom: 0, left: 0, right: 2)
            Conv2D(
                4, kernelSize: (3, 2), strides: (2, 1), padding: .same, activation: .leakyRelu(negativeSlope: 0.2),
                kernelInitializer: .heNormal, kernelL2: 0.01)
            BatchNormalization(momentum: 0.9)
            ActivationLayer(.leakyRelu(negativeSlope: 0.05))
            Conv2D(4, kernelSize: 2, dilationRate: 2, activation: .gelu(approximate: false), usesBias: false)
            DepthwiseConv2D(kernelSize: 3, padding: .same, depthMultiplier: 2, activation: .swish)
            PReLU(sharedAxes: [1, 2], alphaInitializer: .glorotUniform)
            SeparableConv2D(3, kernelSize: 2, padding: .same, activation: .elu(alpha: 1))
            AveragePool2D(2, strides: 1, padding: .same)
            ActivationLayer(.elu(alpha: 0.3))
            MaxPool2D(poolSize: (1, 2), padding: .same)
            Reshape([-1, 3])
            Flatten()
            Dropout(0.25)
            Dense(5, activation: .tanh, biasInitializer: .ones)
            ActivationLayer(.sigmoid)
            Dense(3)
            ActivationLayer(.softmax)
        }
    }

    private static func branches() throws -> Model {
        let input = Input([6, 6, 2])
        var x = input
        for _ in 0..<2 {
            let side = Conv2D(2, kernelSize: 3, padding: .same)(x)
            var y = Conv2D(2, kernelSize: 3, padding: .same)(x)
            y = BatchNormalization(center: false)(y)
            y = ActivationLayer(.relu)(y)
            y = Conv2D(2, kernelSize: 3, padding: .same)(y)
            x = Add()(side, y)
        }
        x = Concatenate(axis: 3)(input, x)
        x = Flatten()(GlobalAveragePool2D(keepsDimensions: true)(x))
        return try Model(inputs: input, outputs: Dense(3, activation: .softmax)(x), name: "branches", seed: 4)
    }

    private static func model(_ name: String) throws -> Model { try name == "chain" ? chain() : branches() }

    /// Python tells whole numbers from others, and Keras refuses the one for the other.
    @Test func numbersKeepTheirKind() throws {
        try KerasFixtures.inTemporaryFolder { folder in
            let training = ModelFile.Training(optimizer: SGD(learningRate: 1, momentum: 0, nesterov: false))
            try ModelFile.write(Self.chain(), training: training, to: folder + "/m.h5")
            let file = try HDF5File(reading: folder + "/m.h5")
            let settings = try #require(try file.text("training_config", of: ""))
            #expect(settings.contains(#""learning_rate":1.0"#) && settings.contains(#""momentum":0.0"#), "\(settings)")
            let config = try #require(try file.text("model_config", of: ""))
            #expect(config.contains(#""filters":4"#) && config.contains(#""rate":0.25"#))
        }
    }

    @Test(arguments: ["chain", "branches"]) func documentSaysWhereItsClassIs(_ name: String) throws {
        let root = try JSONValue(parsing: ModelFile.json(of: Self.model(name)))
        #expect(root["module"]?.stringValue == (name == "chain" ? "keras" : "keras.src.models.functional"))
        #expect(root["registered_name"] == (name == "chain" ? .null : "Functional"))
        let again = try ModelFile.architecture(fromJSON: ModelFile.json(of: Self.model(name)), path: "x.json")
        #expect(try ModelFile.json(of: again) == ModelFile.json(of: Self.model(name)))
    }

    /// As EfficientNet has it, for one: architectures are trained with what their JSON says.
    @Test(
        arguments: [
            .zeros, .constant(0.25), .glorotNormal, .heUniform, .lecunNormal, .uniform(-0.02, 0.5),
            .normal(mean: 0.1, deviation: 0.02), .truncated(mean: 0, deviation: 0.3), .orthogonal(gain: 1.5),
            .varianceScaling(scale: 2, mode: .fanOut, distribution: .truncated),
            .varianceScaling(scale: 0.3, mode: .fanAverage, distribution: .normal),
        ] as [Initializer])
    func initializersAreKept(_ initializer: Initializer) throws {
        let model = try Model(input: [4]) { Dense(3, kernelInitializer: initializer) }
        let again = try ModelFile.architecture(fromJSON: ModelFile.json(of: model), path: "x.json")
        let dense = try #require(again.nodes.compactMap { $0.layer as? Dense }.first)
        #expect(dense.kernelInitializer == initializer)
    }

    @Test(arguments: ["m.h5", "m.keras"]) func halfPrecisionTakesHalfTheRoom(_ name: String) throws {
        let model = try Self.model("branches")
        randomize(model)
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/\(name)"
            try ModelFile.write(model, precision: .float16, to: path)
            let read = try ModelFile.read(path).model
            for i in model.weights.entries.indices {
                #expect(read.weights.array(i) == model.weights.array(i).map { Float(Float16($0)) })
            }
            try model.weights.set(0, [70_000] + model.weights.array(0).dropFirst())
            let message = KerasFixtures.message { try ModelFile.write(model, precision: .float16, to: path) }
            #expect(message.hasSuffix("70000.0 is too large for float16"), "\(message)")
            #expect(try ModelFile.read(path).model.weights.array(1) == read.weights.array(1))
        }
    }

    private func randomize(_ model: Model) {
        for (i, entry) in model.weights.entries.enumerated() {
            var random = RandomGenerator(seed: 9, streams: UInt64(i))
            let isVariance = entry.specification.name == "moving_variance"
            try! model.weights.set(
                i, (0..<entry.specification.count).map { _ in random.uniform(in: isVariance ? 0.5...1.5 : -0.6...0.6) })
        }
    }

    private func samples(_ model: Model) -> [Float] {
        var random = RandomGenerator(seed: 5)
        return (0..<3 * model.inputShapes[0].reduce(1, *)).map { _ in random.uniform(in: -1...1) }
    }

    @Test(arguments: ["chain", "branches"])
    func roundTrip(name: String) throws {
        let model = try Self.model(name)
        randomize(model)
        let metadata: JSONValue = [
            "classNames": ["a", "b", "ü"], "note": .string(String(repeating: "x", count: 300_000)),
        ]
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/new/m.h5"
            try ModelFile.write(model, metadata: metadata, to: path)
            let contents = try ModelFile.read(path)
            unlink(path)
            rmdir("\(folder)/new")
            #expect(contents.metadata == metadata)
            #expect(contents.model.name == model.name)
            #expect(contents.model.isSequential == model.isSequential)
            let old = Dictionary(uniqueKeysWithValues: model.nodes.map { ($0.layer.name, $0) })
            #expect(contents.model.nodes.count == model.nodes.count)
            for node in contents.model.nodes {
                let before = try #require(old[node.layer.name])
                #expect(node.layer.config == before.layer.config)
                #expect(node.outputShape == before.outputShape)
                #expect(
                    node.inputs.map { contents.model.nodes[$0].layer.name }
                        == before.inputs.map { model.nodes[$0].layer.name })
            }
            let input = samples(model)
            #expect(try KerasFixtures.predict(contents.model, input) == KerasFixtures.predict(model, input))
        }
    }

    @Test(arguments: ["keras3-sequential.h5", "keras3-functional.h5"])
    func layersInKerasOrder(name: String) throws {
        let original = try HDF5File(reading: KerasFixtures.path(name))
        let model = try ModelFile.read(KerasFixtures.path(name)).model
        try KerasFixtures.inTemporaryFolder { folder in
            try ModelFile.write(model, to: "\(folder)/m.h5")
            let copy = try HDF5File(reading: "\(folder)/m.h5")
            #expect(
                try copy.texts("layer_names", of: "model_weights") == original.texts("layer_names", of: "model_weights")
            )
        }
    }

    /// Nothing but the weights, and what HDF5 needs to name them.
    @Test func filesAreNoLargerThanNeeded() throws {
        let model = try Model(input: [1000]) { Dense(1000) }
        try KerasFixtures.inTemporaryFolder { folder in
            try ModelFile.write(model, to: "\(folder)/m.h5")
            let size = KerasFixtures.bytes("\(folder)/m.h5").count
            #expect(size > 4_004_000 && size < 4_024_000)
        }
    }

    @Test func activationsThatKerasCannotName() throws {
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/m.h5"
            let bad = try Model(input: [4]) { Dense(3, activation: .celu(alpha: 0.5), name: "d") }
            #expect(
                KerasFixtures.message { try ModelFile.write(bad, to: path) }
                    == "\(path): layer 'd': activation: Keras 3 has no celu(alpha: 0.5)")
            let gelu = try Model(input: [4]) { ActivationLayer(.gelu(approximate: true), name: "g") }
            #expect(KerasFixtures.message { try ModelFile.write(gelu, to: path) }.contains("layer 'g': activation"))
            #expect(KerasFixtures.names(in: folder) == [])
        }
    }

    /// As in files of Keras 2: Keras 3 has another function of that name.
    @Test(arguments: [false, true])
    func hardSigmoidOfKeras2(inBothDirections: Bool) throws {
        let old = LSTM(2, recurrentFunction: .hardSigmoid(slope: 0.2), name: "r")
        let layers: [any Layer] = inBothDirections ? [Bidirectional(old, name: "r")] : [old]
        let model = try Model(input: [3, 4], layers: layers)
        #expect(
            KerasFixtures.message { try ModelFile.write(model, to: "/nowhere/m.h5") }
                == "/nowhere/m.h5: layer 'r': activation: Keras 3 has no hardSigmoid(slope: 0.2)")
    }

    /// Activations with settings are layers in the place of a name.
    @Test func activationsWithSettings() throws {
        for activation in [
            Activation.leakyRelu(negativeSlope: 0.1), .elu(alpha: 0.5),
            .rectifier(maximum: 4, negativeSlope: 0, threshold: 0.5),
        ] {
            try KerasFixtures.inTemporaryFolder { folder in
                try ModelFile.write(Model(input: [4]) { Dense(3, activation: activation) }, to: "\(folder)/m.h5")
                let copy = try ModelFile.read("\(folder)/m.h5").model
                #expect(copy.nodes.last?.layer.activation == activation)
            }
        }
    }

    /// Lists above 64,512 bytes are split as Keras does.
    @Test func longListsOfNames() throws {
        let names = (0..<3000).map { "layer_with_a_long_name_\($0)" }
        try KerasFixtures.inTemporaryFolder { folder in
            let file = try HDF5Writer(creating: "\(folder)/a.h5")
            try file.makeGroup("g")
            try file.setAttribute("layer_names", of: "g", to: names)
            try file.setAttribute("short", of: "g", to: ["a", "", "ccc"])
            try file.setAttribute("none", of: "g", to: [])
            try file.save()
            let copy = try HDF5File(reading: "\(folder)/a.h5")
            #expect(try copy.hasAttribute("layer_names0", of: "g"))
            #expect(try copy.hasAttribute("layer_names1", of: "g"))
            #expect(try !copy.hasAttribute("layer_names", of: "g"))
            #expect(try copy.texts("layer_names", of: "g") == names)
            #expect(try copy.texts("short", of: "g") == ["a", "", "ccc"])
            #expect(try copy.texts("none", of: "g") == [])
            #expect(try copy.texts("absent", of: "g") == nil)
        }
    }

    private static let folder = getenv("FERMUSIC_KERAS_FOLDER").map { String(cString: $0) }

    /// Models with inputs and predictions, for Keras to compare.
    @Test(.enabled(if: folder != nil, "no FERMUSIC_KERAS_FOLDER: only for Scripts/check-keras-roundtrip.py"))
    func writeForKeras() throws {
        let folder = try #require(Self.folder)
        let trainings: [ModelFile.Training] = [
            .init(), .init(optimizer: Adam(decay: 1e-4), loss: .categoricalCrossentropy(labelSmoothing: 0.1)),
            .init(optimizer: AdamW(weightDecay: 0.01), globalClipNorm: 1),
            .init(optimizer: SGD(momentum: 0.9, nesterov: true), loss: .meanSquaredError),
            .init(optimizer: RMSprop(momentum: 0.5), metrics: []), .init(optimizer: SGD(learningRate: 1, momentum: 0)),
        ]
        var models = try ["chain", "branches"].map { ($0, try Self.model($0)) }
        for (_, model) in models { randomize(model) }
        for name in ["keras3-functional", "keras2.4-sequential", "keras2.0-functional", "keras2.0-sequential"] {
            models.append((name, try ModelFile.read(KerasFixtures.path("\(name).h5")).model))
        }
        let real = KerasFixtures.shared("keras/fer2013_mini_XCEPTION.102-0.66.hdf5")
        if KerasFixtures.exists(real) { models.append(("mini-xception", try ModelFile.read(real).model)) }
        for (i, (name, model)) in models.enumerated() {
            try ModelFile.write(
                model, metadata: ["classNames": ["a"]], training: trainings[i % trainings.count],
                to: "\(folder)/\(name).h5")
            try ModelFile.json(of: model).write(toFile: "\(folder)/\(name).json", atomically: false, encoding: .utf8)
            let input = samples(model), output = try KerasFixtures.predict(model, input)
            let file = try HDF5Writer(creating: "\(folder)/\(name).expected")
            try file.write(input, shape: [3] + model.inputShapes[0], to: "input")
            try file.write(output, shape: [3] + model.outputShapes[0], to: "output")
            try file.save()
        }
    }
}
