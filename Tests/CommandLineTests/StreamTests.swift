import EmotionRecognition
import FaceVision
import Foundation
import NeuralNet
import Testing

/// `predict` and `predict-webcam` on videos, folders and what is none. The pictures are drawn; where a detector must find
/// something, the tests use the real clip.
@Suite struct StreamTests {
    static let clip = RealDataTests.shared.appendingPathComponent("faces/woman.mp4").path

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    /// A face that is drawn larger, frame after frame.
    private func writeClip(_ path: String, frames: Int = 10) throws {
        var random = RandomGenerator(seed: 4)
        let face = SyntheticFaces().draw(.happy, size: 96, random: &random)
        let writer = try VideoWriter(path, encoders: ["mjpeg"])
        for index in 0..<frames { try writer.append(face, at: Double(index) / 25) }
        try writer.finish()
    }

    @Test func everyOutputIsWritten() throws {
        try withFolder { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try writeClip(path("clip.mkv"))
            let result = try Fermusic.run([
                "predict", path("clip.mkv"), "--detector", "none", "--jsonl", path("out.jsonl"), "--csv",
                path("out.csv"), "--srt", path("out.srt"), "--summary", path("out.svg"), "--annotate",
                path("out.mkv"), "--emotions", "five",
            ])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("face 1: "))
            let lines = try String(contentsOfFile: path("out.jsonl"), encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 10)
            #expect(lines.allSatisfy { (try? JSONValue(parsing: String($0))) != nil })
            #expect(!lines[0].contains("disgust"))
            let table = try String(contentsOfFile: path("out.csv"), encoding: .utf8).split(separator: "\n")
            #expect(table.count == 11 && table[0].hasPrefix("source,time,frame,track,x,y"))
            #expect(try String(contentsOfFile: path("out.srt"), encoding: .utf8).hasPrefix("1\n00:00:00,000 --> "))
            #expect(try String(contentsOfFile: path("out.svg"), encoding: .utf8).hasSuffix("</svg>\n"))
            let video = try FrameSources.open(path("out.mkv"))
            var frames = 0
            while let frame = try video.next() {
                #expect(frame.image.width == 96)
                frames += 1
            }
            #expect(frames == 10)
        }
    }

    @Test func damagedFilesAreCountedAndTheOthersDone() throws {
        try withFolder { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try writeClip(path("a.mkv"))
            try Data("not a picture".utf8).write(to: folder.appendingPathComponent("b.jpg"))
            try Data("RIFF".utf8).write(to: folder.appendingPathComponent("c.mp4"))
            var random = RandomGenerator(seed: 4)
            try ImageFile.writePNG(SyntheticFaces().draw(.sad, random: &random), to: path("d.png"))
            let result = try Fermusic.run(["predict", folder.path, path("none.mp4"), "--json", "--detector", "none"])
            #expect(result.status == 1)
            #expect(result.output.split(separator: "\n").count == 11)
            #expect(result.errors.contains("b.jpg: cannot open: it is text"))
            #expect(result.errors.contains("none.mp4: cannot open: No such file"))
            #expect(result.errors.contains("3 of 5 sources could not be read"), "\(result.errors)")
        }
    }

    @Test func outputsThatCannotBeAreRefused() throws {
        try withFolder { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try writeClip(path("clip.mkv"))
            for (arguments, message) in [
                (["--csv", "/nowhere/out.csv"], "/nowhere/out.csv: cannot write: No such file or directory"),
                (["--annotate", path("out.png")], "out.png: cannot write: a video needs .mp4, .mkv or .mov"),
                (["--emotions", path("none")], "none: cannot read the groups: No such file"),
                (["--annotate", "/nowhere/out.mkv"], "/nowhere/out.mkv: cannot write"),
            ] {
                let result = try Fermusic.run(["predict", path("clip.mkv"), "--detector", "none"] + arguments)
                #expect(result.status != 0)
                #expect(Fermusic.message(result).contains(message), "\(result.errors)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["clip.mkv"])
        }
    }

    /// Without a terminal a line comes when something happens; the clip plays at its own speed and then it ends.
    @Test func fileIsPlayedAsACamera() throws {
        try withFolder { folder in
            let path = folder.appendingPathComponent("clip.mkv").path
            try writeClip(path, frames: 20)
            let began = Date()
            let result = try Fermusic.run(["predict-webcam", path, "--detector", "none", "--csv", "-"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(Date().timeIntervalSince(began) > 0.7)
            let rows = result.output.split(separator: "\n")
            #expect(rows.count > 2 && rows[0].hasPrefix("source,time"))
        }
    }

    @Test func missingCameraIsNamedAndCostsNothing() throws {
        try withFolder { folder in
            let table = folder.appendingPathComponent("mood.csv")
            try Data("last time's".utf8).write(to: table)
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let result = try Fermusic.run([
                "predict-webcam", "/dev/video97", "--csv", table.path, "--jsonl", path("a"), "--srt", path("b"),
                "--summary", path("c.svg"), "--annotate", path("d.mp4"),
            ])
            #expect(result.status == 1)
            #expect(Fermusic.message(result).contains("/dev/video97: no such camera"), "\(result.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["mood.csv"])
            #expect(try String(contentsOf: table, encoding: .utf8) == "last time's")
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: clip), "woman.mp4 is not at hand"))
    func oneFaceIsFollowedThroughTheRealClip() throws {
        let result = try Fermusic.run(["predict", StreamTests.clip, "--jsonl", "-"])
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 115)
        let tracked = lines.count { $0.contains("\"track\":1") && !$0.contains("\"track\":2") }
        #expect(tracked >= 110, "one face, one name, in \(tracked) frames")
    }
}
