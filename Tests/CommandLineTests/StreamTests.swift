import ChildProcess
import EmotionRecognition
import FaceVision
import Foundation
import JSON
import Randomness
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

    /// Of other formats than PNG and JPEG too.
    @Test func picturesAreToldFromVideos() throws {
        try withFolder { folder in
            let path = folder.appendingPathComponent("one.mkv").path
            try writeClip(path, frames: 1)
            let corpus = RealDataTests.package.appendingPathComponent("Tests/Fuzzing/Corpus/images/lossy.webp").path
            for picture in [path, corpus] {
                let result = try Fermusic.run(["predict", picture, "--detector", "none", "--json"])
                #expect(result.status == 0, "\(result.errors)")
                let json = try JSONValue(parsing: result.output)
                #expect(json["source"] != nil && json["frame"] == nil, "\(result.output)")
            }
        }
    }

    @Test func summariesSpanAllSources() throws {
        try withFolder { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            try writeClip(path("a.mkv"))
            try writeClip(path("b.mkv"))
            let result = try Fermusic.run([
                "predict", path("a.mkv"), path("b.mkv"), path("a.mkv"), "--detector", "none", "--summary",
                path("out.svg"), "--annotate", path("drawn"),
            ])
            #expect(result.status == 0, "\(result.errors)")
            #expect(
                try String(contentsOfFile: path("out.svg"), encoding: .utf8).contains("1.2 s, 30 frames, a face in 100")
            )
            let drawn = try FileManager.default.contentsOfDirectory(atPath: path("drawn")).sorted()
            #expect(drawn == ["a-2.mp4", "a.mp4", "b.mp4"])
            let subtitles = try Fermusic.run([
                "predict", path("a.mkv"), path("b.mkv"), "--detector", "none", "--srt", path("out.srt"),
            ])
            #expect(subtitles.status == 1)
            #expect(Fermusic.message(subtitles).contains("subtitles are for one video"), "\(subtitles.errors)")
            #expect(subtitles.errors.contains("a.mkv: 10 frames"), "\(subtitles.errors)")
            try FileManager.default.removeItem(atPath: path("drawn"))
            let seconds = try Fermusic.run([
                "predict", folder.path, "--detector", "none", "--seconds", "0.1", "--csv", "-",
            ])
            #expect(seconds.output.split(separator: "\n").count == 7, "three frames of each: \(seconds.output)")
        }
    }

    @Test func whatIsReadIsNotWritten() throws {
        try withFolder { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            var random = RandomGenerator(seed: 4)
            try ImageFile.writePNG(SyntheticFaces().draw(.sad, random: &random), to: path("a.png"))
            let before = try Data(contentsOf: folder.appendingPathComponent("a.png"))
            for target in [folder.path, path("a.png"), path("./a.png")] {
                let result = try Fermusic.run(["predict", path("a.png"), "--detector", "none", "--annotate", target])
                #expect(result.status == 1)
                #expect(Fermusic.message(result).contains("cannot write: "), "\(result.errors)")
            }
            #expect(try Data(contentsOf: folder.appendingPathComponent("a.png")) == before)
        }
    }

    /// Exit code 2, before anything is read.
    @Test func optionsThatDoNotGoTogether() throws {
        for (arguments, message) in [
            (["--json", "--csv", "-"], "--json and --csv would both be printed"),
            (["--csv", "x", "--jsonl", "x"], "--jsonl and --csv would both write x"),
            (["--srt", "-"], "--srt: expected a file"),
            (["--annotate", "out.avi"], "--annotate: expected a folder, or a name ending in .png"),
            (
                ["--detector", "haar", "--scale-factor", "0.7"],
                "--scale-factor: expected 1.001 to 10 for haar, got '0.7'"
            ),
            (["--detector", "mtcnn", "--scale-factor", "1.1"], "--scale-factor: expected 0.1 to 0.9 for mtcnn"),
            (["--min-size", "50", "--max-size", "40"], "--max-size is smaller than --min-size, 50"),
            (["--detector", "mtcnn", "--max-size", "90"], "--max-size is for yunet and haar"),
            (["--cascade", "/nope.xml"], "--cascade is for haar"),
            (["--scale-factor", "1.2"], "--scale-factor is for haar and mtcnn"),
        ] {
            let result = try Fermusic.run(["predict", "nothing.png"] + arguments)
            #expect(result.status == 2, "\(arguments)")
            #expect(result.errors.contains("fermusic: \(message)"), "\(arguments): \(result.errors)")
        }
    }

    @Test func calibrationNeedsANeutralFace() throws {
        try withFolder { folder in
            let groups = folder.appendingPathComponent("groups").path
            try "good = happy\r\nbad = sad, angry\r\n".write(toFile: groups, atomically: true, encoding: .utf8)
            let result = try Fermusic.run(["predict", "x.mp4", "--emotions", groups, "--calibrate"])
            #expect(result.status == 2)
            #expect(result.errors.contains("--calibrate needs an emotion called 'neutral'; there are only good, bad"))
        }
    }

    @Test func missingDetectorFilesAreNamed() throws {
        try withFolder { folder in
            let path = folder.appendingPathComponent("a.png").path
            var random = RandomGenerator(seed: 4)
            try ImageFile.writePNG(SyntheticFaces().draw(.sad, size: 96, random: &random), to: path)
            for arguments in [
                ["--detector", "mtcnn", "--mtcnn-weights", "/nope.h5"],
                ["--detector", "haar", "--cascade", "/nope.xml"],
            ] {
                let result = try Fermusic.run(["predict", path] + arguments)
                #expect(result.status == 1)
                #expect(Fermusic.message(result).hasPrefix("fermusic: /nope."), "\(result.errors)")
            }
        }
    }

    /// Bars and words on a terminal of 30 columns: nothing is wider, so nothing scrolls.
    @Test func liveViewFitsANarrowTerminal() throws {
        try withFolder { folder in
            let path = folder.appendingPathComponent("clip.mkv").path
            try writeClip(path, frames: 12)
            let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            try #require(master >= 0)
            defer { close(master) }
            // TIOCSPTLCK and TIOCGPTN, macros that Swift cannot read: unlocks the other end, and gives its number.
            var lock: Int32 = 0, number: UInt32 = 0
            let isUnlocked = ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0
            try #require(isUnlocked)
            let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
            try #require(slave >= 0)
            var size = winsize(ws_row: 30, ws_col: 30, ws_xpixel: 0, ws_ypixel: 0)
            let isSized = ioctl(master, UInt(TIOCSWINSZ), &size) == 0
            try #require(isSized)
            let process = ChildProcess()
            process.executableURL = Fermusic.executable
            process.arguments = ["predict-webcam", path, "--detector", "none"]
            let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
            process.standardOutput = terminal
            process.standardError = FileHandle.nullDevice
            try process.run()
            close(slave)
            var bytes: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let got = read(master, &chunk, chunk.count)
                if got <= 0 { break }
                bytes += chunk.prefix(got)
            }
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let text = String(decoding: bytes, as: UTF8.self)
            let live = text.components(separatedBy: "\u{1B}[K").dropLast()
            // How many frames there is time for depends on the machine.
            #expect(!live.isEmpty && text.contains("face 1") && text.contains("frames/s") && text.contains("%"))
            for line in live {
                let visible = line.replacingOccurrences(
                    of: "\u{1B}\\[[0-9]*[A-Za-z]|[\r\n]", with: "", options: .regularExpression)
                #expect(visible.count < 30, "\(visible)")
            }
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
            // Frames that come while another one is looked at are passed over.
            #expect(rows.count >= 2 && rows[0].hasPrefix("source,time"))
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
