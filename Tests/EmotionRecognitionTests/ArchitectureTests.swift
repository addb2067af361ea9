import EmotionRecognition
import Foundation
import NeuralNet
import Testing

@Suite struct ArchitectureTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    /// Weights by the formula of Scripts/make-resnet-fixture.py.
    private func setWeights(_ model: Model) {
        for (index, entry) in model.weights.entries.enumerated() {
            var hash: UInt64 = 0
            for byte in "\(entry.layer)/\(entry.specification.name)".utf8 {
                hash = (hash * 31 + UInt64(byte)) & 0xFFFF_FFFF
            }
            let name = entry.specification.name, shape = entry.specification.shape
            let fanIn = Double(entry.specification.count / shape.last!)
            let values = model.weights.buffer(index)
            for i in values.indices {
                let u = Double((UInt64(i + 1) * 2_654_435_761 + hash) & 0xFFFF_FFFF) / 4_294_967_296 - 0.5
                switch name {
                case "kernel": values[i] = Float(u * (24 / fanIn).squareRoot())
                case "gamma", "moving_variance": values[i] = Float(1 + 0.5 * u)
                default: values[i] = Float(0.2 * u)
                }
            }
        }
        model.weights.didChange()
    }

    private func predict(_ model: Model, _ input: [Float]) throws -> [Float] {
        let count = input.count / model.inputShapes[0].reduce(1, *)
        let executor = try Executor(model, maximumBatch: count, threads: ThreadPool(threads: 2))
        executor.input().update(from: input, count: input.count)
        executor.forward(count: count)
        return Array(UnsafeBufferPointer(start: executor.output(), count: count * 7))
    }

    @Test(arguments: [1, 3]) func resNetPredictsAsInKeras(_ channels: Int) throws {
        let text = try String(contentsOf: Self.fixtures.appendingPathComponent("resnet50v2.json"), encoding: .utf8)
        let expected = try #require(try JSONValue(parsing: text)["\(channels)"])
        let model = try Architecture.resnet50v2.makeModel(NetworkOptions(channels: channels), seed: 1)
        #expect(model.parameterCount == expected["parameters"]?.intValue)
        setWeights(model)
        let input = (0..<2 * 48 * 48 * channels).map { Float($0 * 37 % 257) / 256 }
        let output = try predict(model, input)
        let wanted = try #require(expected["output"]?.arrayValue).map { Float($0.doubleValue ?? .nan) }
        for (found, wanted) in zip(output, wanted) { #expect(abs(found - wanted) < 2e-5) }
    }

    /// Files as Keras writes them, where Scripts/make-resnet-fixture.py --files has put some: 95 MB each.
    static let kerasFolder = ProcessInfo.processInfo.environment["FERMUSIC_RESNET_FILES"]

    @Test(.enabled(if: kerasFolder != nil, "FERMUSIC_RESNET_FILES is not set"), arguments: [1, 3])
    func resNetFilesOfKerasOpen(_ channels: Int) throws {
        let folder = try #require(Self.kerasFolder)
        let reference = try Architecture.resnet50v2.makeModel(NetworkOptions(channels: channels), seed: 1)
        setWeights(reference)
        let input = (0..<2 * 48 * 48 * channels).map { Float($0 * 37 % 257) / 256 }
        let expected = try predict(reference, input)
        let whole = try ModelFile.read("\(folder)/resnet50v2-\(channels).h5").model
        #expect(whole.nodes.map(\.layer.name).sorted() == reference.nodes.map(\.layer.name).sorted())
        #expect(try predict(whole, input) == expected)
        let other = try Architecture.resnet50v2.makeModel(NetworkOptions(channels: channels), seed: 2)
        try ModelFile.readWeights("\(folder)/resnet50v2-\(channels).weights.h5", into: other)
        #expect(try predict(other, input) == expected)
    }

    @Test func parameterCounts() throws {
        func count(_ architecture: Architecture, _ options: NetworkOptions = NetworkOptions()) throws -> Int {
            try architecture.makeModel(options, seed: 1).parameterCount
        }
        #expect(try count(.cnn) == 2_345_607)
        // As in the published mini-Xception files, whatever the size of the pictures.
        #expect(try count(.miniXception) == 58_423)
        #expect(try count(.miniXception, NetworkOptions(size: 64)) == 58_423)
        var narrow = NetworkOptions(size: 44)
        narrow.widths = [16, 32]
        #expect(try count(.vgg, narrow) < count(.vgg, NetworkOptions(size: 44)))
    }

    @Test func optionsThatDoNotSuitAreRefused() {
        var options = NetworkOptions()
        options.widths = [8, 8]
        for architecture in [Architecture.cnn, .resnet50v2] {
            #expect(throws: RecognitionError.self) { try architecture.makeModel(options, seed: 1) }
        }
        options.widths = []
        #expect(throws: RecognitionError.self) { try Architecture.vgg.makeModel(options, seed: 1) }
        options = NetworkOptions()
        options.blockDropout = [0.1, 0.2, 0.3]
        for architecture in Architecture.allCases {
            #expect(throws: RecognitionError.self) { try architecture.makeModel(options, seed: 1) }
        }
    }

    @Test(arguments: Architecture.allCases) func dropoutPerBlock(_ architecture: Architecture) throws {
        var options = NetworkOptions()
        options.blockDropout = [0.125]
        options.headDropout = 0.375
        let model = try architecture.makeModel(options, seed: 1)
        let rates = model.nodes.compactMap { ($0.layer as? Dropout)?.rate }
        #expect(rates == Array(repeating: 0.125, count: architecture == .cnn ? 2 : 4) + [0.375])
        options.blockDropout = [0]
        options.headDropout = 0
        let none = try architecture.makeModel(options, seed: 1)
        #expect(!none.nodes.contains { $0.layer is Dropout })
    }

    @Test(arguments: Architecture.allCases) func survivesKerasJSON(_ architecture: Architecture) throws {
        let model = try architecture.makeModel(seed: 3)
        let again = try ModelFile.architecture(fromJSON: ModelFile.json(of: model), path: "test")
        #expect(again.parameterCount == model.parameterCount)
        #expect(again.nodes.map(\.layer.name).sorted() == model.nodes.map(\.layer.name).sorted())
    }
}
