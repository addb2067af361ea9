import EmotionRecognition
import Files
import NeuralNet
import Testing

/// What a model's card says about it is used only where it can be.
@Suite struct EmotionModelFileTests {
    /// A small network with the card of a trained one, which may be changed.
    private func model(_ change: (inout [String: JSONValue]) -> Void = { _ in }) throws -> EmotionModel {
        let tests = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let path = tests + "/Fuzzing/Corpus/model/card.json"
        let text = String(decoding: try FileBytes.read(path, limit: 1 << 20), as: UTF8.self)
        var fields = try #require(try JSONValue(parsing: text).objectValue)
        change(&fields)
        let network = try Model(input: [48, 48, 1], seed: 3) {
            Conv2D(16, kernelSize: 3, activation: .relu)
            GlobalAveragePool2D()
            Dense(7, activation: .softmax)
        }
        return EmotionModel(model: network, card: try ModelCard(json: .object(fields), path: path))
    }

    @Test func outputsMustBeProbabilities() throws {
        try withTemporaryFolder { folder in
            for (activation, isRight) in [(Activation.linear, false), (.sigmoid, false), (.softmax, true)] {
                let path = folder + "/\(activation.identifier).h5"
                try ModelFile.write(
                    Model(input: [48, 48, 1]) {
                        GlobalAveragePool2D()
                        Dense(7, activation: activation)
                    }, to: path)
                let hints = EmotionModel.Hints(inputRange: (0, 1), classNames: (0..<7).map { "class \($0)" })
                var message = ""
                do { _ = try EmotionModel(reading: path, hints: hints) } catch { message = "\(error)" }
                #expect(message.hasSuffix("the last layer must be a softmax") == !isRight, "\(message)")
            }
        }
    }

    private static let inputs: [(JSONValue, Double, Double)] = [
        (.int(16), 0, 1), (.int(-5), 0, 1), (.int(100_000), 0, 1), (.null, 0, 1e30), (.null, -1e7, 1), (.null, 1, 1),
    ]

    @Test(arguments: EmotionModelFileTests.inputs)
    func impossibleInputsAreRefused(_ pictureSize: JSONValue, _ black: Double, _ white: Double) throws {
        let model = try model { fields in
            var input = fields["input"]?.objectValue ?? [:]
            input["pictureSize"] = pictureSize
            input["black"] = .double(black)
            input["white"] = .double(white)
            fields["input"] = .object(input)
        }
        #expect(!model.card.input.summary.isEmpty)
        try withTemporaryFolder { folder in
            try model.write(to: folder + "/m.h5")
            #expect(throws: NeuralNetError.self) { try EmotionModel(reading: folder + "/m.h5") }
        }
    }

    @Test func impossibleTimesAreRefused() {
        for seconds in [-1, 1e300] {
            #expect(throws: NeuralNetError.self) {
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
