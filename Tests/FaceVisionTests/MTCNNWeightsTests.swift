import FaceVision
import Glibc
import NeuralNet
import Testing

@Suite struct MTCNNWeightsTests {
    static let fixture = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Fixtures/"

    private func message(_ path: String) -> String {
        do {
            _ = try MTCNNWeights(path: path)
            return "no error"
        } catch let error as MTCNNError {
            return error.description
        } catch {
            return "another error: \(error)"
        }
    }

    /// `mtcnn-constant.h5` comes from Scripts/make-mtcnn-fixture.py: tensor `j` of network `i` is `100 i + j` all over.
    @Test func readsWhatTheConverterWrites() throws {
        let weights = try MTCNNWeights(path: MTCNNWeightsTests.fixture + "mtcnn-constant.h5")
        func values(_ model: Model, _ layer: String, _ name: String) throws -> [Float] {
            model.weights.array(try #require(model.weights.index(layer: layer, name: name)))
        }
        // 10 filters in 16, of 3 channels.
        let first = [Float](repeating: 0, count: 10) + [Float](repeating: 0, count: 6)
        #expect(try values(weights.proposal, "conv1", "kernel") == Array(repeating: first, count: 27).flatMap { $0 })
        #expect(
            try values(weights.proposal, "conv1", "bias")
                == [Float](repeating: 1, count: 10) + [Float](repeating: 0, count: 6))
        #expect(
            try values(weights.proposal, "prelu1", "alpha")
                == [Float](repeating: 2, count: 10) + [Float](repeating: 0, count: 6))
        let second = [Float](repeating: 3, count: 160) + [Float](repeating: 0, count: 96)
        #expect(try values(weights.proposal, "conv2", "kernel") == Array(repeating: second, count: 9).flatMap { $0 })
        #expect(try values(weights.proposal, "heads", "bias") == [10, 10, 10, 10, 12, 12])
        #expect(try values(weights.refinement, "fc4", "kernel") == [Float](repeating: 109, count: 576 * 128))
        #expect(try values(weights.refinement, "heads", "kernel").prefix(7) == [112, 112, 112, 112, 114, 114, 112])
        #expect(try values(weights.output, "prelu5", "alpha") == [Float](repeating: 214, count: 256))
        #expect(
            try values(weights.output, "heads", "bias")
                == [Float](repeating: 216, count: 4) + [Float](repeating: 218, count: 10) + [220, 220])
    }

    @Test func missingFileSaysHowToGetIt() {
        #expect(
            message("/nowhere/mtcnn.h5")
                == "/nowhere/mtcnn.h5: no such file; 'Scripts/convert-mtcnn /nowhere/mtcnn.h5' makes it from the PyPI "
                + "package mtcnn")
        #expect(
            "\(MTCNNError.weightsNotFound(path: "/data/fermusic/mtcnn.h5", isDefaultPlace: true))"
                == "/data/fermusic/mtcnn.h5: no MTCNN weights there; Scripts/convert-mtcnn makes this file from the PyPI "
                + "package mtcnn, or FERMUSIC_MTCNN names another")
    }

    @Test func looksWhereItIsTold() {
        func place(_ path: String?, _ variables: [String: String]) -> String {
            let found = MTCNNWeights.location(path) { variables[$0] }
            return found.path + (found.isDefaultPlace ? " (default)" : "")
        }
        let all = ["FERMUSIC_MTCNN": "/b.h5", "XDG_DATA_HOME": "/data", "HOME": "/home/me"]
        #expect(place("/a.h5", all) == "/a.h5")
        #expect(place(nil, all) == "/b.h5")
        #expect(place(nil, ["XDG_DATA_HOME": "/data", "HOME": "/home/me"]) == "/data/fermusic/mtcnn.h5 (default)")
        let home = "/home/me/.local/share/fermusic/mtcnn.h5 (default)"
        #expect(place(nil, ["HOME": "/home/me"]) == home)
        #expect(place(nil, ["FERMUSIC_MTCNN": "", "XDG_DATA_HOME": "", "HOME": "/home/me"]) == home)
        #expect(place(nil, ["XDG_DATA_HOME": "relative", "HOME": "/home/me"]) == home)
    }

    @Test func filesThatAreSomethingElse() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/w.h5", hint = "; 'Scripts/convert-mtcnn \(path)' makes it anew"
            try writeBytes(Array("hello, this is no HDF5".utf8), to: path)
            #expect(message(path) == "\(path): not an HDF5 file" + hint)
            try writeBytes([], to: path)
            #expect(message(path) == "\(path): empty file" + hint)
            #expect(message(folder).hasPrefix("\(folder): Is a directory"))
            let tensors = MTCNNFiles.randomTensors(seed: 1)
            try MTCNNFiles.write(tensors, to: path, format: nil)
            #expect(
                message(path)
                    == "\(path): not MTCNN weights: HDF5 without a format instead of 'fermusic-mtcnn-1'" + hint)
            try MTCNNFiles.write(tensors, to: path, format: "fermusic-mtcnn-9")
            #expect(
                message(path)
                    == "\(path): not MTCNN weights: HDF5 of format 'fermusic-mtcnn-9' instead of 'fermusic-mtcnn-1'"
                    + hint)
        }
    }

    @Test func everyTensorIsChecked() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/w.h5", hint = "; 'Scripts/convert-mtcnn \(path)' makes it anew"
            let tensors = MTCNNFiles.randomTensors(seed: 1)
            try MTCNNFiles.write(tensors, to: path)
            #expect(message(path) == "no error")
            for (name, shape) in MTCNNFiles.tensors {
                var changed = tensors
                changed[name] = nil
                try MTCNNFiles.write(changed, to: path)
                #expect(message(path) == "\(path): \(name): missing, expected a tensor of shape \(shape)" + hint)
                let longer = [1] + shape
                changed[name] = MTCNNTensor(shape: longer, values: tensors[name]!.values)
                try MTCNNFiles.write(changed, to: path)
                #expect(message(path) == "\(path): \(name): shape \(longer) instead of \(shape)" + hint)
            }
            var changed = tensors
            changed["onet/conv3/bias"]!.values[5] = .nan
            try MTCNNFiles.write(changed, to: path)
            #expect(message(path) == "\(path): onet/conv3/bias: has values that are not finite numbers" + hint)
        }
    }

    @Test func filesCutShort() throws {
        try withTemporaryFolder { folder in
            let whole = "\(folder)/w.h5", part = "\(folder)/part.h5"
            try MTCNNFiles.write(MTCNNFiles.randomTensors(seed: 1), to: whole)
            let bytes = try readBytes(whole)
            for share in [0.0001, 0.01, 0.3, 0.7, 0.99] {
                try writeBytes(Array(bytes.prefix(Int(Double(bytes.count) * share))), to: part)
                let text = message(part)
                #expect(
                    text.hasPrefix("\(part): ") && text.hasSuffix("makes it anew") && !text.contains("\n"), "\(text)")
            }
        }
    }

    private func writeBytes(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    private func readBytes(_ path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
