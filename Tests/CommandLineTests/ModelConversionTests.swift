import Foundation
import JSON
import Testing

/// `fermusic model convert` between Keras's files and ONNX.
@Suite final class ModelConversionTests {
    private let folder: URL
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init() throws { folder = try Fermusic.temporaryFolder() }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func fixture(_ name: String) -> String {
        root.appendingPathComponent("Tests/ONNXFilesTests/Fixtures/\(name)").path
    }

    /// A model keeps its card through ONNX, and every command takes the file.
    @Test func emotionModelsGoThereAndBack() throws {
        let checkpoint = root.appendingPathComponent("Checkpoints/fer2013-mini-xception.h5").path
        #expect(try Fermusic.run(["model", "convert", checkpoint, path("a.onnx")]).status == 0)
        #expect(try Fermusic.run(["model", "convert", path("a.onnx"), path("b.h5")]).status == 0)
        func summary(_ path: String) throws -> JSONValue {
            try JSONValue(parsing: try Fermusic.run(["model", "summary", path, "--json"]).output)
        }
        let card = try summary(checkpoint)["card"]
        #expect(try card != nil && summary(path("a.onnx"))["card"] == card && summary(path("b.h5"))["card"] == card)
        #expect(try Fermusic.run(["dataset", "generate", path("faces"), "--training", "7", "--test", "7"]).status == 0)
        func evaluation(_ model: String) throws -> String {
            try Fermusic.run(["evaluate", "--data", path("faces"), "--model", model, "--json"]).output
        }
        let expected = try JSONValue(parsing: try evaluation(checkpoint))
        let found = try JSONValue(parsing: try evaluation(path("a.onnx")))
        #expect(found["accuracy"] == expected["accuracy"])
    }

    /// Networks that name no emotions are converted as they are.
    @Test func otherNetworksNeedNoLabels() throws {
        let result = try Fermusic.run(["model", "convert", fixture("torch-viewed.onnx"), path("a.h5")])
        #expect(result.status == 0 && result.errors == "wrote \(path("a.h5"))\n")
        let summary = try Fermusic.run(["model", "summary", path("a.h5")])
        #expect(summary.status == 0 && summary.output.contains("PReLU"))
        // With them, only what names emotions: this one makes a picture.
        let refused = try Fermusic.run([
            "model", "convert", fixture("torch-mapped.onnx"), path("b.h5"), "--input-range", "0..1", "--labels",
            "happy,sad,angry",
        ])
        #expect(refused.status == 1 && !FileManager.default.fileExists(atPath: path("b.h5")))
    }

    @Test func whatCannotBeReadIsOneLine() throws {
        let damaged = try Data(contentsOf: URL(fileURLWithPath: fixture("torch-small.onnx"))).prefix(1000)
        try damaged.write(to: folder.appendingPathComponent("cut.onnx"))
        try Data("hello".utf8).write(to: folder.appendingPathComponent("text.onnx"))
        for name in ["cut.onnx", "text.onnx", "missing.onnx"] {
            let result = try Fermusic.run(["model", "convert", path(name), path("a.h5")])
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.errors.split(separator: "\n").count == 1 && result.errors.contains(name), "\(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: path("a.h5")))
        }
    }
}
