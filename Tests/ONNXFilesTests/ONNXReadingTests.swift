import Glibc
import NeuralNet
import ONNXFiles
import Testing

/// Files of PyTorch and TensorFlow predict what onnxruntime predicted from them.
@Suite struct ONNXReadingTests {
    static let names = [
        "keras-chain-10", "keras-chain-13", "keras-chain-18", "keras-graph", "torch-curves", "torch-curves-new",
        "torch-mapped", "torch-mobile",
        "torch-mobile-new", "torch-pools", "torch-small", "torch-small-half", "torch-small-new", "torch-small-one",
        "torch-small-opset9", "torch-viewed", "torch-viewed-new", "torch-wide",
        "torch-wide-new",
    ]

    @Test(arguments: names) func filesPredictAsOnnxruntimeDoes(name: String) throws {
        let path = ONNXFixtures.path("\(name).onnx")
        #expect(ONNXFile.isONNX(path))
        let model = try ONNXFile.read(path).model
        let x = try ONNXFixtures.floats("\(name).input"), expected = try ONNXFixtures.floats("\(name).output")
        // onnxruntime computes with halves where the file does.
        let tolerance: Float = name.hasSuffix("half") ? 1e-3 : 1e-5
        #expect(ONNXFixtures.difference(try ONNXFixtures.prediction(model, x), expected) < tolerance)
    }

    /// Through this library's own files, of both kinds, nothing changes.
    @Test(arguments: names) func filesAreTheSameAfterConversion(name: String) throws {
        let model = try ONNXFile.read(ONNXFixtures.path("\(name).onnx")).model
        let x = try ONNXFixtures.floats("\(name).input"), expected = try ONNXFixtures.prediction(model, x)
        try ONNXFixtures.inTemporaryFolder { folder in
            try ONNXFile.write(model, metadata: ["a": 1], to: "\(folder)/a.onnx")
            let again = try ONNXFile.read("\(folder)/a.onnx")
            #expect(again.metadata == ["a": 1] && again.producer == "fermusic")
            #expect(again.model.inputShapes == model.inputShapes && again.model.outputShapes == model.outputShapes)
            #expect(ONNXFixtures.difference(try ONNXFixtures.prediction(again.model, x), expected) < 1e-5)
            try ModelFile.write(model, to: "\(folder)/a.h5")
            let keras = try ModelFile.read("\(folder)/a.h5").model
            #expect(ONNXFixtures.difference(try ONNXFixtures.prediction(keras, x), expected) < 1e-5)
        }
    }

    @Test func layersAreThoseThatOneWouldWrite() throws {
        let model = try ONNXFile.read(ONNXFixtures.path("torch-small.onnx")).model
        #expect(
            model.nodes.map { type(of: $0.layer).className } == [
                "InputLayer", "Conv2D", "Activation", "MaxPooling2D", "ZeroPadding2D", "Conv2D", "Activation",
                "Flatten",
                "Dense", "Activation",
            ])
        #expect(model.nodes[1].layer.name == "0_Conv" && model.inputShapes == [[8, 8, 3]] && model.endsInSoftmax)
    }

    /// `x^T sigmoid(x)` is no swish, though transposing moves no numbers.
    @Test func transposedTensorsAreOtherTensors() throws {
        var file = ONNXBuilder()
        file.input("x", [nil, 3, 3])
        file.node("Transpose", ["x"], "t", ints: ["perm": [0, 2, 1]])
        file.node("Sigmoid", ["x"], "s")
        file.node("Mul", ["t", "s"], "y")
        file.output("y")
        let x: [Float] = (0..<9).map { Float($0) / 4 - 1 }
        func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
        let expected = (0..<9).map { x[$0 % 3 * 3 + $0 / 3] * sigmoid(x[$0]) }
        #expect(ONNXFixtures.difference(try ONNXFixtures.prediction(try file.model(), x), expected) < 1e-6)
    }

    @Test func sizesThatAreOpenAreAskedFor() throws {
        var file = ONNXBuilder()
        file.input("x", [nil, 3, nil, nil])
        file.node("GlobalAveragePool", ["x"], "y")
        file.output("y")
        #expect(throws: NeuralNetError.unknownInputSize(path: "x", layer: "x", shape: "[n, 3, n, n]")) {
            try file.model()
        }
        #expect(try ONNXFile.read(file.bytes, path: "x", pictureSize: 32).model.inputShapes == [[32, 32, 3]])
    }

    @Test func onlyFilesOfTheKindAreTakenForIt() throws {
        try ONNXFixtures.inTemporaryFolder { folder in
            let model = try Model(input: [2]) { Dense(1) }
            try ModelFile.write(model, to: "\(folder)/keras.onnx")
            #expect(!ONNXFile.isONNX("\(folder)/keras.onnx") && !ONNXFile.isONNX("\(folder)/missing.onnx"))
            try ONNXFile.write(model, to: "\(folder)/net.bin")
            #expect(ONNXFile.isONNX("\(folder)/net.bin") && !ONNXFile.isONNX(folder))
        }
    }
}
