import NeuralNet
import Testing

/// Every layer against what Keras 3 computed: see Scripts/make-layer-fixtures.py.
@Suite struct LayerFixtureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let json: JSONValue
        var testDescription: String { json["name"]?.stringValue ?? "" }
    }

    /// Empty if the file is missing or unreadable, which `allLayers` reports.
    static let cases: [Case] = {
        let bytes = KerasFixtures.bytes(KerasFixtures.path("../layers.json"))
        let file = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
        return (file?.arrayValue ?? []).map(Case.init)
    }()

    private static func floats(_ value: JSONValue?) -> [Float] {
        (value?.arrayValue ?? []).map { Float($0.doubleValue ?? .nan) }
    }

    /// The only layer's weight of that name.
    private static func index(of name: String, in model: Model) -> Int? {
        model.weights.entries.firstIndex { $0.specification.name == name }
    }

    @Test func allLayers() {
        let classes = Set(
            Self.cases.flatMap { $0.json["model"]?["config"]?["layers"]?.arrayValue ?? [] }.compactMap {
                $0["class_name"]?.stringValue
            })
        let layers: [any Layer.Type] = [
            Conv2D.self, DepthwiseConv2D.self, SeparableConv2D.self, Dense.self, MaxPool2D.self, AveragePool2D.self,
            GlobalAveragePool2D.self, GlobalMaxPool2D.self, Flatten.self, Reshape.self, Dropout.self,
            BatchNormalization.self, ActivationLayer.self, PReLU.self, ZeroPadding2D.self, Add.self, Multiply.self,
            Concatenate.self, Rescaling.self, Softmax.self, Permute.self, Subtract.self, Average.self,
            Maximum.self, Minimum.self, RepeatVector.self, Dot.self, LayerNormalization.self,
            RMSNormalization.self, GroupNormalization.self, UnitNormalization.self, Normalization.self,
            Cropping2D.self, UpSampling2D.self, Resizing.self, CenterCrop.self,
            LayerScale.self, StochasticDepth.self, SimpleRNN.self, LSTM.self, GRU.self, Bidirectional.self,
            TimeDistributed.self, Embedding.self, MultiHeadAttention.self, Conv2DTranspose.self, Conv1D.self,
            DepthwiseConv1D.self, SeparableConv1D.self, Conv1DTranspose.self,
            MaxPool1D.self, AveragePool1D.self, GlobalAveragePool1D.self, GlobalMaxPool1D.self, ZeroPadding1D.self,
            Cropping1D.self, UpSampling1D.self,
        ]
        for layer in layers { #expect(classes.contains(layer.className), "no case for \(layer.className)") }
    }

    @Test(arguments: LayerFixtureTests.cases)
    func agreesWithKeras(_ item: Case) throws {
        let json = item.json
        let model = try KerasModelConfig.model(from: try #require(json["model"]).text(), path: "layers.json")
        let batch = try #require(json["batch"]?.intValue)
        let weights = json["weights"]?.arrayValue ?? []
        #expect(weights.count == model.weights.entries.count)
        for weight in weights {
            let name = try #require(weight["name"]?.stringValue)
            let index = try #require(Self.index(of: name, in: model), "no weight \(name)")
            #expect(JSONValue(model.weights.entries[index].specification.shape) == weight["shape"])
            try model.weights.set(index, Self.floats(weight["values"]))
        }
        #expect(JSONValue(model.outputShapes[0]) == json["outputShape"])

        let inputs = (json["inputs"]?.arrayValue ?? []).map(Self.floats)
        let isTraining = json["training"]?.boolValue == true
        let runner = try Runner(model, batch: batch)
        guard let upstream = json["upstream"] else {
            let output = runner.forward(inputs, count: batch, isTraining: isTraining)[0]
            expectClose(
                output, Self.floats(json["output"]), shape: [batch] + model.outputShapes[0], tolerance: 1e-4, "output")
            return
        }
        // Gradients belong to a forward pass of training, where only Dropout would differ from prediction.
        if !isTraining {
            let output = runner.forward(inputs, count: batch, isTraining: false)[0]
            expectClose(
                output, Self.floats(json["output"]), shape: [batch] + model.outputShapes[0], tolerance: 1e-4, "output")
            if model.nodes.contains(where: { $0.layer is Dropout }) { return }
        }
        let results = runner.run(inputs, upstream: [Self.floats(upstream)], count: batch)
        expectClose(
            results.outputs[0], Self.floats(json["output"]), shape: [batch] + model.outputShapes[0], tolerance: 1e-4,
            "output")
        for (i, gradient) in (json["inputGradients"]?.arrayValue ?? []).enumerated() {
            expectClose(
                results.inputGradients[i], Self.floats(gradient), shape: [batch] + model.inputShapes[i],
                tolerance: 1e-4,
                "gradient of input \(i)")
        }
        let trainable = model.weights.entries.indices.filter { model.weights.entries[$0].specification.isTrainable }
        let gradients = json["weightGradients"]?.arrayValue ?? []
        #expect(gradients.count == trainable.count)
        for (index, gradient) in zip(trainable, gradients) {
            let specification = model.weights.entries[index].specification
            expectClose(
                results.weightGradients[index], Self.floats(gradient), shape: specification.shape, tolerance: 1e-4,
                "gradient of \(specification.name)", least: leastGradient(of: specification.name))
        }
        for (weight, values) in zip(weights, json["weightsAfter"]?.arrayValue ?? []) {
            let index = try #require(Self.index(of: weight["name"]?.stringValue ?? "", in: model))
            expectClose(
                model.weights.array(index), Self.floats(values),
                shape: model.weights.entries[index].specification.shape,
                tolerance: 1e-4, "\(weight["name"]?.stringValue ?? "") after the step")
        }
    }

    /// A frozen layer passes on the gradient that it passes on when trained, to the bit.
    @Test(arguments: LayerFixtureTests.cases)
    func frozen(_ item: Case) throws {
        let json = item.json
        guard let upstream = json["upstream"] else { return }
        let model = try KerasModelConfig.model(from: try #require(json["model"]).text(), path: "layers.json")
        let frozen = try Frozen.model(like: model)
        for (index, weight) in (json["weights"]?.arrayValue ?? []).enumerated() {
            try model.weights.set(index, Self.floats(weight["values"]))
            try frozen.weights.set(index, Self.floats(weight["values"]))
        }
        let batch = try #require(json["batch"]?.intValue)
        for reference in [false, true] {
            let results = try [model, frozen].map {
                try Runner($0, batch: batch, usesReferenceKernels: reference).run(
                    (json["inputs"]?.arrayValue ?? []).map(Self.floats), upstream: [Self.floats(upstream)],
                    count: batch)
            }
            #expect(results[0].inputGradients == results[1].inputGradients)
            #expect(!results[1].weightGradients.contains { !$0.isEmpty })
        }
    }
}
