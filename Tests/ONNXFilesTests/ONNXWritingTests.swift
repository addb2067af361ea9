import Files
import Glibc
import NeuralNet
import ONNXFiles
import Testing

/// What is written is read back as the same function. That onnxruntime computes it too is what
/// Scripts/check-onnx-roundtrip.py shows.
@Suite struct ONNXWritingTests {
    /// One of each layer; see the script too.
    static func everyLayer() throws -> Model {
        let x = Input([9, 9, 3], name: "picture")
        let a = Conv2D(6, kernelSize: (3, 2), strides: (2, 1), padding: .same, activation: .relu)(
            ZeroPadding2D(top: 1, bottom: 0, left: 0, right: 2)(Rescaling([2, 1, 0.5], offset: [0, 1, -1])(x)))
        let b = DepthwiseConv2D(kernelSize: 3, padding: .same, depthMultiplier: 2, activation: .swish)(
            BatchNormalization(scale: false)(a))
        let c = SeparableConv2D(6, kernelSize: 3, padding: .same, activation: .elu(alpha: 0.5))(
            PReLU(sharedAxes: [1, 2], alphaInitializer: .glorotUniform)(b))
        let d = ActivationLayer(.leakyRelu(negativeSlope: 0.3))(Add()(a, c))
        let e = Multiply()(d, a, ActivationLayer(.sigmoid)(c))
        let f = Concatenate()(
            MaxPool2D(3, strides: 2, padding: .same)(e), AveragePool2D(3, strides: 2, padding: .same)(d))
        let g = Concatenate(axis: 1)(f, ActivationLayer(.gelu(approximate: true))(f))
        let h = Dense(4, activation: .tanh)(PReLU(alphaInitializer: .glorotUniform)(g))
        let pooled = Concatenate()(
            GlobalAveragePool2D()(h), GlobalMaxPool2D()(h), Flatten()(GlobalAveragePool2D(keepsDimensions: true)(h)))
        let rows = BatchNormalization()(Reshape([4, 3])(pooled))
        let i = Dense(3, activation: .gelu(approximate: false))(ActivationLayer(.relu6)(Dropout(0.25)(rows)))
        return try Model(
            inputs: x, outputs: ActivationLayer(.softmax)(Dense(5)(BatchNormalization()(Flatten()(i)))), seed: 3)
    }

    /// One of each that the first has not.
    static func otherLayers() throws -> Model {
        let x = Input([6, 8, 4], name: "picture")
        let a = Conv2D(6, kernelSize: 3, padding: .same, groups: 2)(Normalization()(x))
        let b = Conv2DTranspose(6, kernelSize: 3, strides: 2, padding: .same)(MaxPool2D(2)(a))
        let c = Conv2DTranspose(6, kernelSize: (2, 4), strides: (3, 2))(GroupNormalization(groups: 3)(b))
        let d = Resizing(height: 7, width: 5)(Cropping2D(top: 1, bottom: 0, left: 2, right: 3)(c))
        let e = UpSampling2D(size: (1, 2))(LayerNormalization()(d))
        let f = UpSampling2D(2, interpolation: .bilinear)(GroupNormalization(groups: -1)(d))
        let squeezed = Dense(6, activation: .hardSigmoid(slope: 1 / 6))(GlobalAveragePool2D()(e))
        let g = Multiply()(LayerScale(6, initialValue: 0.5)(e), squeezed)
        let h = Subtract()(GlobalMaxPool2D(keepsDimensions: true)(f), GlobalAveragePool2D(keepsDimensions: true)(f))
        let i = Average()(Maximum()(g, h), Minimum()(g, h), Add()(g, h))
        let j = StochasticDepth(0.2)(Softmax(axis: 1)(Permute([3, 1, 2])(i)))
        var last = Flatten()(j)
        for function: Activation in [
            .selu, .celu(alpha: 0.5), .softplus, .softsign, .mish, .exponential, .logSigmoid, .hardSwish, .hardTanh,
            .tanhShrink, .softShrink, .hardShrink, .sparseSigmoid, .logSoftmax,
            .rectifier(maximum: 2, negativeSlope: 0, threshold: 0),
            .rectifier(maximum: .infinity, negativeSlope: 0, threshold: 0.1),
        ] {
            last = Add()(ActivationLayer(function)(Dense(4)(last)), Dense(4)(last))
        }
        return try Model(inputs: x, outputs: last, seed: 4)
    }

    static func shaken(_ model: Model) -> Model {
        var random = RandomGenerator(seed: 5)
        for (index, entry) in model.weights.entries.enumerated() where entry.specification.shape.count == 1 {
            try! model.weights.set(index, (0..<entry.specification.count).map { _ in 0.5 + random.uniform() })
        }
        return model
    }

    static func samples(_ model: Model, _ count: Int = 2) -> [Float] {
        var random = RandomGenerator(seed: 9)
        return (0..<count * model.inputShapes[0].reduce(1, *)).map { _ in 2 * random.uniform() - 1 }
    }

    /// Leaves a model where the script that compares with onnxruntime wants it.
    private func keep(_ model: Model, _ x: [Float], _ name: String) throws {
        guard let folder = getenv("FERMUSIC_ONNX_FOLDER").map({ String(cString: $0) }) else { return }
        try ONNXFile.write(model, to: "\(folder)/\(name).onnx")
        for (values, kind) in [(x, "input"), (try ONNXFixtures.prediction(model, x), "output")] {
            try FileBytes.write(values.withUnsafeBytes { Array($0) }, to: "\(folder)/\(name).\(kind)")
        }
    }

    @Test(arguments: ["every-layer", "other-layers"]) func everyLayerIsReadBack(name: String) throws {
        let made = name == "every-layer" ? try ONNXWritingTests.everyLayer() : try ONNXWritingTests.otherLayers()
        let model = ONNXWritingTests.shaken(made), x = ONNXWritingTests.samples(model)
        try keep(model, x, name)
        try ONNXFixtures.inTemporaryFolder { folder in
            try ONNXFile.write(model, to: "\(folder)/a.onnx")
            let again = try ONNXFile.read("\(folder)/a.onnx").model
            #expect(again.inputShapes == model.inputShapes && again.outputShapes == model.outputShapes)
            let difference = ONNXFixtures.difference(
                try ONNXFixtures.prediction(model, x), try ONNXFixtures.prediction(again, x))
            #expect(difference < 1e-5)
        }
    }

    /// A model inside a model is written layer by layer, also when it is called twice.
    /// A net without convolutions does not show by its operators how pictures lie; the axes are those of this library.
    @Test(arguments: [[1], [2], [3], [-3]]) func picturesOfItsOwnLieAsTheyAre(_ axes: [Int]) throws {
        let model = try Model(input: [3, 5, 6], seed: 1) { Softmax(axes: axes) }
        let samples = ONNXWritingTests.samples(model)
        try ONNXFixtures.inTemporaryFolder { folder in
            try ONNXFile.write(model, to: "\(folder)/a.onnx")
            let again = try ONNXFile.read("\(folder)/a.onnx").model
            #expect(again.outputShapes == [[3, 5, 6]])
            let difference = ONNXFixtures.difference(
                try ONNXFixtures.prediction(model, samples), try ONNXFixtures.prediction(again, samples))
            #expect(difference < 1e-6)
        }
    }

    @Test func modelsInsideAreWritten() throws {
        let inner = try Model(input: [4, 4, 2], name: "inner") {
            Conv2D(2, kernelSize: 3, padding: .same, activation: .relu)
        }
        let x = Input([4, 4, 2]), y = try inner(try inner(x)[0])[0]
        let model = try Model(inputs: x, outputs: GlobalAveragePool2D()(y), seed: 1)
        let samples = ONNXWritingTests.samples(model)
        try keep(model, samples, "inside")
        try ONNXFixtures.inTemporaryFolder { folder in
            try ONNXFile.write(model, to: "\(folder)/a.onnx")
            let again = try ONNXFile.read("\(folder)/a.onnx").model
            let difference = ONNXFixtures.difference(
                try ONNXFixtures.prediction(model, samples), try ONNXFixtures.prediction(again, samples))
            #expect(difference < 1e-6)
        }
    }

    /// Nothing grows on the way there and back: not one layer for turning pictures.
    @Test func layersStayAsTheyAre() throws {
        let model = try Model(input: [8, 8, 3]) {
            Conv2D(4, kernelSize: 3, padding: .same)
            BatchNormalization()
            ActivationLayer(.relu)
            MaxPool2D(2)
            Flatten()
            Dropout(0.5)
            Dense(4)
            ActivationLayer(.softmax)
        }
        try ONNXFixtures.inTemporaryFolder { folder in
            try ONNXFile.write(model, to: "\(folder)/a.onnx")
            let again = try ONNXFile.read("\(folder)/a.onnx").model
            #expect(again.nodes.map(\.layer.name) == ["input_layer"] + model.nodes.dropFirst().map(\.layer.name))
            for index in model.weights.entries.indices {
                #expect(again.weights.array(index) == model.weights.array(index))
            }
        }
    }

    struct Own: Layer {
        static let className = "Own"
        var name = ""
        func outputShape(_ inputs: [Shape]) throws -> Shape { inputs[0] }
        func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? { nil }
        var config: [String: JSONValue] { [:] }
    }

    @Test func whatHasNoOperatorIsRefusedAndNothingWritten() throws {
        let model = try Model(input: [2]) { Own() }
        try ONNXFixtures.inTemporaryFolder { folder in
            #expect(
                throws: NeuralNetError.file(
                    path: "\(folder)/a.onnx", place: "layer 'own'", reason: "Own has no operator here")
            ) { try ONNXFile.write(model, to: "\(folder)/a.onnx") }
            #expect(!ONNXFile.isONNX("\(folder)/a.onnx"))
            #expect(throws: NeuralNetError.self) { try ONNXFile.write(model, to: "\(folder)/none/a.onnx") }
        }
    }
}
