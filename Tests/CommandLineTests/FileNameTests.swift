import FaceVision
import Foundation
import Testing

/// Names of files: of models that come along, and of what is written.
@Suite(.serialized) final class FileNameTests {
    private let folder: URL

    init() throws {
        folder = try Fermusic.temporaryFolder()
        try ImageFile.writePNG(
            Image(width: 48, height: 48, pixels: (0..<48 * 48).map { UInt8(truncatingIfNeeded: $0 * 7) }),
            to: path("p.png"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func run(_ arguments: [String]) throws -> Fermusic.Result {
        try Fermusic.run(arguments, shell: "cd '\(folder.path)'")
    }

    /// Wherever the user is, with and without the ending.
    @Test func shippedModelsHaveNames() throws {
        let small = "fer2013-mini-xception"
        for name in [small, small + ".h5"] {
            for arguments in [
                ["predict", "-m", name, "p.png"], ["explain", "-m", name, "p.png", "--detector", "none"],
                ["model", "summary", name], ["model", "convert", name, "mine.onnx"],
                ["recommend", "--photo", "p.png", "--model", name, "--catalogue", "songs.db"],
                ["export-site", "site-\(name)", "--model", name],
            ] {
                let result = try run(arguments)
                // Pages are tested in browsers; here the engine that they need may not have been built.
                if result.errors.contains("engine for browsers was not built") { continue }
                #expect(result.status == 0, "\(arguments): \(result.errors)")
            }
        }
        let wrong = try run(["predict", "-m", "fer2013-mini-xceptoin", "p.png"])
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("ferplus-mini, ferplus-vgg") && wrong.errors.contains("did you mean '\(small)'?"))
        // What is there counts more.
        try "no model".write(toFile: path(small), atomically: true, encoding: .utf8)
        #expect(try run(["model", "summary", small]).status == 1)
    }

    @Test(arguments: [
        (["explain", "p.png", "-o", "heat.webp"], ".png, .jpg or .jpeg"),
        (["explain", "p.png", "-o", "-"], "not printed"),
        (["model", "convert", "ferplus-mini", "m.tflite"], ".h5, .hdf5, .keras or .onnx"),
        (["model", "export", "ferplus-mini", "m.onnx"], "a name ending in .fmplan"),
        (["dataset", "pack", ".", "faces.csv"], ".packed"), (["dataset", "generate", "faces.json"], "a folder"),
        (["train", "--data", "x.csv", "--checkpoint", "m.pt"], ".h5, .hdf5, .keras or .onnx"),
        (["train", "--data", "x.csv", "--checkpoint", "m.h5", "--log", "log.txt"], ".csv or .jsonl"),
        (["predict", "p.png", "--csv", "faces.xlsx"], ".csv"), (["predict", "p.png", "--summary", "s.png"], ".svg"),
        (["evaluate", "ferplus-mini", "--data", "x.csv", "--report", "r.html"], "a folder"),
        (["evaluate", "ferplus-mini", "--data", "x.csv", "--markdown", "--json"], "can't be used together"),
        (["predict", "p.png", "--srt", "p.srt"], "--srt is for videos"),
        (["predict", "p.png", "--calibrate"], "--calibrate is for videos"),
        (["explain", "p.png", "--emotion", "joy"], "did you mean 'happy'?"),
        (["explain", "p.png", "--emotion", "hapy"], "did you mean 'happy'?"),
    ])
    func whatCannotBeMeantIsRefused(_ arguments: [String], _ words: String) throws {
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let result = try run(arguments)
        #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == before)
    }

    @Test func whatTheFileSaysIsNotOverruled() throws {
        for arguments in [["predict", "p.png"], ["model", "summary", "ferplus-mini"]] {
            let result = try run(arguments + ["--input-size", "96"])
            #expect(result.status == 1 && result.errors.contains("the file itself says how large its input is"))
        }
    }

    @Test func endingsAreMeant() throws {
        let result = try run(["explain", "p.png", "--detector", "none", "-o", "heat.jpg"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("heat.jpg"))).starts(with: [0xFF, 0xD8]))
    }

    @Test func aFullDiskIsSaidInWords() throws {
        let result = try Fermusic.run(
            ["model", "export", "ferplus-mini", path("m.fmplan")], shell: "trap '' XFSZ; ulimit -f 8")
        #expect(
            result.status == 1 && result.errors.contains("m.fmplan: cannot write: File too large"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: path("m.fmplan")))
    }
}
