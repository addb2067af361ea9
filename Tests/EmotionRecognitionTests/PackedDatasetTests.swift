import EmotionRecognition
import Foundation
import NeuralNet
import Testing
import Threads

@Suite struct PackedDatasetTests {
    private let threads = ThreadPool(threads: 2)

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("packed-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// All three splits, pictures whose bytes are no multiple of eight.
    private func faces(size: Int = 18) -> FaceDataset {
        let drawn = SyntheticFaces(seed: 3).dataset(training: 40, test: 20, size: size)
        var result = FaceDataset(size: size, classNames: drawn.classNames)
        for i in 0..<drawn.count {
            Array(drawn.image(i)).withUnsafeBufferPointer {
                try! result.append(
                    $0, label: Int(drawn.labels[i]), split: FaceDataset.Split.allCases[i % 3], name: drawn.names[i])
            }
        }
        return result
    }

    private func read(_ path: String, size: Int = 18) throws -> FaceDataset {
        try FaceDataset.read(path, options: DatasetReadOptions(size: size), threads: threads).dataset
    }

    @Test(arguments: [18, 16, 15]) func whatIsPackedComesBack(size: Int) throws {
        try withFolder { folder in
            let faces = faces(size: size), path = folder + "/a"
            try faces.writePacked(path)
            let packed = try read(path, size: size)
            #expect(packed.pixels == faces.pixels && packed.labels == faces.labels && packed.splits == faces.splits)
            #expect(packed.classNames == faces.classNames && packed.count == 60)
            // So a run may go on with it.
            #expect(packed.fingerprint == faces.fingerprint)
            #expect(packed.trainingFingerprint == faces.trainingFingerprint)
            #expect(
                packed.image(7) == faces.image(7)[...]
                    && packed.selecting([5, 2]).pixels == faces.selecting([5, 2]).pixels)
            // And again from there.
            try packed.writePacked(folder + "/b")
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: path))
                    == Data(contentsOf: URL(fileURLWithPath: folder + "/b")))
        }
    }

    @Test func samplesAreTheSame() throws {
        try withFolder { folder in
            let faces = faces(), path = folder + "/a"
            try faces.writePacked(path)
            let packed = try read(path)
            func samples(_ dataset: FaceDataset) throws -> [Float] {
                let data = try FaceTrainingData(
                    dataset, indices: dataset.indices(of: .training), augmentation: .standard, seed: 4)
                var result: [Float] = []
                for index in 0..<data.count {
                    var input = [Float](repeating: 0, count: 18 * 18), target = [Float](repeating: 0, count: 7)
                    try data.write(sample: index, epoch: 1, input: &input, target: &target)
                    result += input + target
                }
                return result
            }
            #expect(try samples(packed) == samples(faces))
        }
    }

    @Test func drawnFacesArePackedAtOnce() throws {
        try withFolder { folder in
            let faces = SyntheticFaces(seed: 9)
            try faces.writePacked(folder + "/a", training: 1500, test: 30, size: 16, threads: threads)
            let packed = try read(folder + "/a", size: 16), whole = faces.dataset(training: 1500, test: 30, size: 16)
            #expect(
                packed.pixels == whole.pixels && packed.labels == whole.labels
                    && packed.fingerprint == whole.fingerprint)
        }
    }

    @Test func anotherSizeIsRefused() throws {
        try withFolder { folder in
            try faces().writePacked(folder + "/a")
            #expect(
                throws: DatasetError.cannotRead(path: folder + "/a", reason: "holds pictures of 18 pixels, not of 48")
            ) {
                _ = try read(folder + "/a", size: 48)
            }
        }
    }

    /// Cut off everywhere and changed everywhere: an error, never wrong pictures.
    @Test func damageIsFound() throws {
        try withFolder { folder in
            let path = folder + "/a"
            try faces().writePacked(path)
            let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            let table = 4096 + 60 * 18 * 18
            for length in [16, 4095, 4096, table - 1, table + 8, whole.count - 49, whole.count - 1] {
                try Data(whole[..<length]).write(to: URL(fileURLWithPath: path))
                #expect(throws: DatasetError.self) { _ = try read(path) }
            }
            for place in stride(from: table, to: whole.count, by: 1) {
                var bytes = whole
                bytes[place] ^= 0x41
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                #expect(throws: DatasetError.self, "byte \(place)") { _ = try read(path) }
            }
            var bytes = whole
            bytes[4096 + 2 * 18 * 18 + 5] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let data = try FaceTrainingData(try read(path), indices: [2])
            var input = [Float](repeating: 0, count: 18 * 18), target = [Float](repeating: 0, count: 7)
            #expect(throws: DatasetError.cannotRead(path: path, reason: "picture 3 is damaged")) {
                try data.write(sample: 0, epoch: 1, input: &input, target: &target)
            }
        }
    }
}
