import Glibc
import NeuralNet
import Testing

/// Descriptions that could be taken for something else than Keras means: read as Keras does, or refused.
@Suite struct KerasMeaningTests {
    /// A graph of one input and layers called one after the other, as Keras 2 lists them.
    private func chain(_ input: String, _ layers: [(className: String, config: String, call: String)]) -> String {
        var items = [
            #"{"class_name": "InputLayer", "name": "i", "config": {"batch_input_shape": [null, \#(input)], "name": "i"}, "#
                + #""inbound_nodes": []}"#
        ]
        var last = "i"
        for (place, layer) in layers.enumerated() {
            let name = layer.config.contains(#""name""#) ? "permute" : "l\(place)"
            let config = layer.config.contains(#""name""#) ? layer.config : #"\#(layer.config), "name": "\#(name)""#
            items.append(
                #"{"class_name": "\#(layer.className)", "name": "\#(name)", "config": {\#(config)}, "#
                    + #""inbound_nodes": [[["\#(last)", 0, 0, {\#(layer.call)}]]]}"#)
            last = name
        }
        return #"{"class_name": "Functional", "config": {"name": "m", "layers": [\#(items.joined(separator: ", "))], "#
            + #""input_layers": [["i", 0, 0]], "output_layers": [["\#(last)", 0, 0]]}, "keras_version": "2.15.0"}"#
    }

    private func read(_ text: String) throws -> Model { try ModelFile.architecture(fromJSON: text, path: "m.json") }

    private func functions(_ text: String) throws -> [Activation] {
        try read(text).nodes.compactMap { ($0.layer as? ActivationLayer)?.function }
    }

    @Test func defaultsAreThoseOfTheFunction() throws {
        func function(_ name: String, _ call: String = "") -> String {
            chain("4", [("TFOpLambda", #""function": "\#(name)""#, call)])
        }
        #expect(try functions(function("nn.gelu")) == [.gelu(approximate: false)])
        #expect(try functions(function("nn.gelu", #""approximate": true"#)) == [.gelu(approximate: true)])
        #expect(try functions(function("nn.leaky_relu")) == [.leakyRelu(negativeSlope: 0.2)])
        #expect(try functions(function("nn.leaky_relu", #""alpha": 0.5"#)) == [.leakyRelu(negativeSlope: 0.5)])
        #expect(try functions(function("nn.elu")) == [.elu(alpha: 1)])
    }

    @Test func functionsOfAnAxisKeepTheirs() throws {
        let convolution = #""filters": 2, "kernel_size": [1, 1], "data_format": "channels_first""#
        let inside = chain("3, 4, 5", [("Conv2D", convolution + #", "activation": "softmax""#, "")])
        let message = KerasFixtures.message { _ = try read(inside) }
        #expect(message.contains("layer 'l0': activation: \"softmax\" of an image with the channels first is not"))
        // Behind it a softmax is one along the width.
        for name in ["softmax", "log_softmax"] {
            let behind = try read(
                chain("3, 4, 5", [("Conv2D", convolution, ""), ("Activation", #""activation": "\#(name)""#, "")]))
            #expect(behind.outputShapes == [[2, 4, 5]], "as Keras has it")
            let values = try behind.predict((0..<60).map { Float($0 % 7) }, threads: ThreadPool(threads: 1))
            for row in stride(from: 0, to: 40, by: 5) {
                let shares = values[row..<row + 5].map { name == "softmax" ? $0 : exp($0) }
                #expect(abs(shares.reduce(0, +) - 1) < 1e-5)
            }
        }
        let whole = chain("4", [("Softmax", #""axis": null"#, "")])
        #expect(KerasFixtures.message { _ = try read(whole) }.contains("axis: null is not supported"))
    }

    /// Keras 2 drops at prediction, too, when told so.
    @Test(arguments: ["Dropout", "GaussianNoise", "SpatialDropout2D", "LSTM"]) func trainingAtPrediction(_ name: String)
    {
        let isRecurrent = name == "LSTM"
        let config = isRecurrent ? #""units": 2, "dropout": 0.2"# : #""rate": 0.5, "stddev": 0.1"#
        let text = chain(isRecurrent ? "4, 3" : "4, 4, 3", [(name, config, #""training": true"#)])
        #expect(
            KerasFixtures.message { _ = try read(text) }.contains("call with training=true is not supported"))
    }

    /// Also inside of what wraps it.
    @Test(arguments: [
        ("TimeDistributed", "Dropout", #""rate": 0.5"#), ("Bidirectional", "LSTM", #""units": 2, "dropout": 0.2"#),
    ])
    func trainingInside(_ wrapper: String, _ name: String, _ inner: String) {
        let layer = #""layer": {"class_name": "\#(name)", "config": {\#(inner), "returns": 1}}, "merge_mode": "concat""#
        let text = chain("4, 3", [(wrapper, layer, #""training": true"#)])
        #expect(KerasFixtures.message { _ = try read(text) }.contains("call with training=true is not supported"))
    }

    /// What is put between layers does not take the names of others.
    @Test func namesOfOthers() throws {
        let model = try read(
            chain(
                "3, 4, 5",
                [
                    ("Conv2D", #""filters": 2, "kernel_size": [1, 1], "data_format": "channels_first""#, ""),
                    ("Permute", #""dims": [2, 3, 1], "name": "permute""#, ""),
                ]))
        #expect(model.outputShapes == [[4, 5, 2]])
        #expect(Set(model.nodes.map(\.layer.name)).count == model.nodes.count)
        #expect(model.nodes.last?.layer.name == "permute")
    }
}
