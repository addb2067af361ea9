import NeuralNet
import Testing

/// Files of Keras 2.0 to 3 give the models that Keras sees in them.
@Suite struct KerasReadingTests {
    private func expected(_ network: String) throws -> (input: [Float], output: [Float]) {
        let file = try HDF5File(reading: KerasFixtures.path("expected.h5"))
        return (try file.read("\(network)/input").values, try file.read("\(network)/output").values)
    }

    @Test(arguments: ["keras3", "keras2.4", "keras2.0"], ["sequential", "functional"])
    func wholeModel(version: String, network: String) throws {
        let contents = try ModelFile.read(KerasFixtures.path("\(version)-\(network).h5"))
        let (input, output) = try expected(network)
        let difference = KerasFixtures.largestDifference(try KerasFixtures.predict(contents.model, input), output)
        #expect(difference < 1e-5)
        #expect(contents.metadata == nil)
        #expect(contents.model.isSequential == (network == "sequential"))
    }

    @Test(arguments: [
        ("functional", "keras3-functional.weights.h5"), ("functional", "keras2.0-functional-weights.h5"),
        ("functional", "keras2.4-functional.h5"), ("sequential", "keras3-sequential.weights.h5"),
        ("sequential", "keras3-sequential.h5"),
    ])
    func weightsAlone(network: String, file: String) throws {
        let model = try ModelFile.read(KerasFixtures.path("keras3-\(network).h5")).model
        let (input, output) = try expected(network)
        model.weights.initialize(seed: 5)
        #expect(KerasFixtures.largestDifference(try KerasFixtures.predict(model, input), output) > 1e-3)
        try ModelFile.readWeights(KerasFixtures.path(file), into: model)
        #expect(KerasFixtures.largestDifference(try KerasFixtures.predict(model, input), output) < 1e-5)
    }

    @Test func hyperParametersSurvive() throws {
        for version in ["keras3", "keras2.4", "keras2.0"] {
            let model = try ModelFile.read(KerasFixtures.path("\(version)-sequential.h5")).model
            let convolution = try #require(model.nodes[3].layer as? Conv2D)
            #expect(convolution.name == "conv2d")
            #expect(convolution.strides == (2, 1))
            #expect(convolution.kernelInitializer == .heNormal)
            #expect(convolution.kernelL2 == 0.01)
            let normalization = try #require(model.nodes[4].layer as? BatchNormalization)
            #expect(normalization.momentum == 0.9)
            #expect(normalization.epsilon == 1e-4)
        }
    }

    @Test func weightsAloneAreNoModel() {
        let path = KerasFixtures.path("keras3-functional.weights.h5")
        #expect(
            KerasFixtures.message { _ = try ModelFile.read(path) }
                == "\(path): holds weights only: name the architecture they belong to")
    }

    @Test func weightsOfAnotherModelChangeNothing() throws {
        let model = try ModelFile.read(KerasFixtures.path("keras3-sequential.h5")).model
        let before = model.weights.entries.indices.map(model.weights.array)
        for file in ["keras3-functional.weights.h5", "keras3-functional.h5", "expected.h5"] {
            #expect(throws: NeuralNetError.self) { try ModelFile.readWeights(KerasFixtures.path(file), into: model) }
        }
        #expect(model.weights.entries.indices.map(model.weights.array) == before)
    }

    private static let miniXception = KerasFixtures.shared("keras/fer2013_mini_XCEPTION.102-0.66.hdf5")

    /// A network trained with Keras 2.0.9. The expected values are Keras 3's for the same weights.
    @Test(.enabled(if: KerasFixtures.exists(miniXception), "shared data is absent"))
    func realFile() throws {
        let contents = try ModelFile.read(Self.miniXception)
        #expect(contents.kerasVersion == "2.0.9")
        #expect(contents.model.inputShapes == [[64, 64, 1]])
        #expect(contents.model.outputShapes == [[7]])
        #expect(contents.model.parameterCount == 58423)
        // x[i] = (37 i mod 257) / 128 - 1
        let input = (0..<2 * 4096).map { (i: Int) -> Float in Float(i * 37 % 257) / 128 - 1 }
        let expected: [Float] = [
            0.57760125, 0.04883244, 0.00031877958, 0.10763175, 0.2647334, 0.00052614289, 0.00035630906,
            0.50763893, 0.0235391967, 0.0003056444, 0.12304485, 0.34472108, 0.00035356247, 0.00039676522,
        ]
        let output = try KerasFixtures.predict(contents.model, input)
        #expect(KerasFixtures.largestDifference(output, expected) < 1e-5)
    }
}
