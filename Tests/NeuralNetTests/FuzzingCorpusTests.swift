import Files
import NeuralNet
import Testing

/// The files that Scripts/fuzz starts from, and what was found with it or while looking for it.
@Suite struct ModelCorpusTests {
    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Fuzzing/Corpus/model"

    private static let networks = KerasFixtures.names(in: folder).filter { $0.hasPrefix("keras") }

    @Test(arguments: networks) func networksAreReadAndTheirPiecesRefused(name: String) throws {
        let bytes = try FileBytes.read("\(ModelCorpusTests.folder)/\(name)", limit: 1 << 20)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(try KerasModelConfig.model(from: text, path: name).parameterCount > 0)
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: NeuralNetError.self) {
                try KerasModelConfig.model(from: String(decoding: bytes.prefix(length), as: UTF8.self), path: name)
            }
        }
        // Each number made a large one.
        for place in bytes.indices where (0x31...0x39).contains(bytes[place]) {
            for number in ["-1", "0", "65536", "16777216", "9223372036854775807", "1e300"] {
                let changed = bytes[..<place] + Array(number.utf8) + bytes[(place + 1)...]
                guard let value = try? JSONValue(parsing: String(decoding: changed, as: UTF8.self)) else { continue }
                expectSmallOrRefused(value.text())
            }
        }
    }

    /// Networks that would take much memory are legal; they are not made here.
    private func expectSmallOrRefused(_ text: String) {
        _ = try? KerasModelConfig.model(from: text, path: "x", weightLimit: 1 << 16)
    }

    private func dense(_ units: [Int]) -> String {
        let layers = units.map { "{\"class_name\":\"Dense\",\"config\":{\"units\":\($0)}}" }
        return "{\"class_name\":\"Sequential\",\"config\":{\"batch_shape\":[null,16384],\"layers\":["
            + layers.joined(separator: ",") + "]}}"
    }

    @Test func manyWeightsAndLayersAreRefused() {
        // Each tensor is as large as allowed; all of them would be 64 GB.
        #expect(
            throws: NeuralNetError.file(
                path: "x", place: "model_config", reason: "model graph: more than 268435456 weights")
        ) { try KerasModelConfig.model(from: dense([16384] + .init(repeating: 16384, count: 64)), path: "x") }
        #expect(
            throws: NeuralNetError.file(
                path: "x", place: "model_config", reason: "5001 layers are more than 5000")
        ) { try KerasModelConfig.model(from: dense(.init(repeating: 1, count: 5001)), path: "x") }
    }

    @Test func deepNestingIsRefused() {
        for depth in [500, 5000, 1_000_000] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(throws: NeuralNetError.self) { try KerasModelConfig.model(from: text, path: "x") }
        }
    }
}
