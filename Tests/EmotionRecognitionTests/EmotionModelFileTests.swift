import EmotionRecognition
import Files
import Glibc
import NeuralNet
import Testing

/// What a model's card says about it is used only where it can be.
@Suite struct EmotionModelFileTests {
    private func network() throws -> Model {
        try Model(input: [48, 48, 1], seed: 3) {
            Conv2D(16, kernelSize: 3, activation: .relu)
            GlobalAveragePool2D()
            Dense(7, activation: .softmax)
        }
    }

    /// The card of a trained network, changed.
    private func card(_ change: (inout [String: JSONValue]) -> Void) throws -> JSONValue {
        let tests = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let path = tests + "/Fuzzing/Corpus/model/card.json"
        let text = String(decoding: try FileBytes.read(path, limit: 1 << 20), as: UTF8.self)
        var fields = try #require(try JSONValue(parsing: text).objectValue)
        change(&fields)
        return .object(fields)
    }

    /// A small network with such a card.
    private func model(_ change: (inout [String: JSONValue]) -> Void = { _ in }) throws -> EmotionModel {
        try EmotionModel(model: network(), card: ModelCard(json: card(change), path: "card.json"))
    }

    private static let hints = EmotionModel.Hints(inputRange: (0, 1), classNames: ["a", "b", "c"])

    private func read(
        _ activation: Activation, units: Int = 3, _ change: (inout EmotionModel.Hints) -> Void = { _ in }
    ) throws -> EmotionModel {
        var hints = Self.hints
        change(&hints)
        return try withTemporaryFolder { folder in
            let path = folder + "/m.keras"
            try ModelFile.write(
                Model(input: [8, 8, 1], seed: 4) {
                    GlobalAveragePool2D()
                    Dense(units, activation: activation, biasInitializer: .ones)
                }, to: path)
            return try EmotionModel(reading: path, hints: hints)
        }
    }

    /// What the network says of a white picture.
    private func answer(_ model: EmotionModel) throws -> [Float] {
        let executor = try Executor(model.model, maximumBatch: 1, threads: ThreadPool(threads: 1))
        for i in 0..<64 { executor.input()[i] = 1 }
        executor.forward(count: 1)
        return Array(UnsafeBufferPointer(start: executor.output(), count: model.card.classNames.count))
    }

    /// Other last layers become a softmax that says the same.
    @Test func outputsBecomeProbabilities() throws {
        let softmax = try read(.softmax), logits = try read(.linear)
        #expect(softmax.notes.isEmpty)
        #expect(logits.notes.count == 1 && logits.notes[0].text.contains("has no softmax"))
        #expect(try read(.linear) { $0.outputKind = .logits }.notes.isEmpty)
        let expected = try answer(softmax)
        #expect(zip(try answer(logits), expected).allSatisfy { abs($0 - $1) < 1e-6 })

        let several = try read(.sigmoid), z = expected.map { log($0) }
        // The logits up to a sum; of them all are known from the ratio of two sigmoids.
        let p = try answer(several)
        #expect(abs(p.reduce(0, +) - 1) < 1e-6 && several.model.endsInSoftmax && z.count == 3)
        #expect(zip(try answer(read(.linear) { $0.outputKind = .sigmoid }), p).allSatisfy { abs($0 - $1) < 1e-6 })
        let one = try read(.sigmoid, units: 1) { $0.classNames = ["no", "yes"] }
        let values = try answer(one)
        #expect(values.count == 2 && abs(values[0] + values[1] - 1) < 1e-6)
        #expect(one.notes[0].text.contains("second class"))
    }

    @Test func outputsThatAreNoProbabilities() throws {
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "nothing thrown"
        }
        #expect(message { _ = try read(.relu) }.contains("its last layer ends in relu"))
        #expect(throws: RecognitionError.self) { _ = try read(.relu) }
        #expect(message { _ = try read(.softmax) { $0.outputKind = .logits } }.contains("is a softmax"))
        #expect(message { _ = try read(.linear) { $0.outputKind = .probabilities } }.contains("do not add up to 1"))
        #expect(message { _ = try read(.sigmoid) { $0.outputKind = .logits } }.contains("its outputs are no logits"))
        #expect(message { _ = try read(.linear, units: 1) }.contains("no probabilities"))
    }

    @Test func oneOfSeveralOutputs() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/m.h5", input = Input([8, 8, 1]), x = GlobalAveragePool2D()(input)
            try ModelFile.write(
                Model(
                    inputs: [input],
                    outputs: [
                        Dense(2, activation: .tanh, name: "valence")(x),
                        Dense(3, activation: .softmax, name: "emotion")(x),
                    ]), to: path)
            var hints = Self.hints
            #expect(throws: RecognitionError.self) { try EmotionModel(reading: path, hints: hints) }
            hints.outputName = "emotion"
            #expect(try EmotionModel(reading: path, hints: hints).model.outputShapes == [[3]])
            hints.outputName = "mood"
            #expect(throws: RecognitionError.self) { try EmotionModel(reading: path, hints: hints) }
        }
    }

    private static let inputs: [(JSONValue, Double, Double)] = [
        (.int(16), 0, 1), (.int(-5), 0, 1), (.int(100_000), 0, 1), (.null, 0, 1e30), (.null, -1e7, 1), (.null, 1, 1),
    ]

    @Test(arguments: EmotionModelFileTests.inputs)
    func impossibleInputsAreRefused(_ pictureSize: JSONValue, _ black: Double, _ white: Double) throws {
        let json = try card { fields in
            var input = fields["input"]?.objectValue ?? [:]
            input["pictureSize"] = pictureSize
            input["black"] = .double(black)
            input["white"] = .double(white)
            fields["input"] = .object(input)
        }
        let card = try ModelCard(json: json, path: "card.json")
        #expect(!card.input.summary.isEmpty)
        #expect(throws: RecognitionError.self) { try EmotionModel(model: network(), card: card) }
        try withTemporaryFolder { folder in
            try ModelFile.write(network(), metadata: json, to: folder + "/m.h5")
            #expect(throws: RecognitionError.self) { try EmotionModel(reading: folder + "/m.h5") }
        }
    }

    @Test func impossibleTimesAreRefused() {
        for seconds in [-1, 1e300] {
            #expect(throws: RecognitionError.self) {
                try model { fields in
                    var training = fields["training"]?.objectValue ?? [:]
                    training["seconds"] = .double(seconds)
                    fields["training"] = .object(training)
                }
            }
        }
    }

    /// Keras goes on with the settings of the run, also after the file was written again.
    @Test func fileSaysHowToGoOnTraining() throws {
        let model = try model { fields in
            var training = fields["training"]?.objectValue ?? [:], recipe = training["recipe"]?.objectValue ?? [:]
            recipe["optimizer"] = "sgd"
            recipe["clipNorm"] = 2
            training["recipe"] = .object(recipe)
            fields["training"] = .object(training)
        }
        try withTemporaryFolder { folder in
            let first = folder + "/m.h5", second = folder + "/n.h5"
            try model.write(to: first)
            try EmotionModel(reading: first).write(to: second)
            for path in [first, second] {
                let text = try #require(try HDF5File(reading: path).text("training_config", of: ""))
                let config = try JSONValue(parsing: text)
                #expect(config["optimizer_config"]?["class_name"]?.stringValue == "SGD")
                #expect(config["optimizer_config"]?["config"]?["global_clipnorm"]?.doubleValue == 2)
                let smoothing = try #require(config["loss"]?["config"]?["label_smoothing"]?.doubleValue)
                #expect(abs(smoothing - 0.05) < 1e-6)
            }
        }
    }
}
