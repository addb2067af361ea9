import FaceVision
import Testing

@Suite struct BadInputTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    /// The error of opening a file with these contents and reading all of it.
    private func failure(_ name: String, _ bytes: [UInt8]) throws -> String {
        try withTemporaryFolder { folder in
            let path = "\(folder)/\(name)"
            TestClip.write(bytes, to: path)
            let text = message { _ = try allFrames(FrameSources.open(path)) }
            #expect(text.contains(path) && !text.contains("\n"))
            return text.replacingFolder(folder)
        }
    }

    /// A sound file with a tenth of a second of silence.
    static let wave: [UInt8] = {
        func number(_ value: UInt32, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(value >> (8 * $0) & 255) } }
        let samples = [UInt8](repeating: 128, count: 800)
        return Array("RIFF".utf8) + number(836, 4) + Array("WAVEfmt ".utf8) + number(16, 4) + number(1, 2)
            + number(1, 2) + number(8000, 4) + number(8000, 4) + number(1, 2) + number(8, 2) + Array("data".utf8)
            + number(800, 4) + samples
    }()

    @Test func eachHasItsClearLine() throws {
        #expect(
            try failure("a.jpg", Array("this is not a picture\n".utf8))
                == "a.jpg: cannot open: it is text, neither a picture nor a video")
        #expect(try failure("a.mp4", []) == "a.mp4: cannot open: it is empty")
        #expect(try failure("a.wav", BadInputTests.wave) == "a.wav: there is no video in it")
        #expect(
            try failure("a.png", TinyPNG.header(width: 30000, height: 30000))
                == "a.png: cannot read the image: 30000 x 30000 pixels are too many; at most 200 million are read")
        #expect(
            try failure("a.m3u8", Array("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n".utf8))
                == "a.m3u8: cannot open: it is text, neither a picture nor a video")
        func y4m(_ side: Int) -> [UInt8] {
            Array("YUV4MPEG2 W\(side) H\(side) F25:1 C420\nFRAME\n".utf8) + [UInt8](repeating: 0, count: 5000)
        }
        #expect(try failure("a.y4m", y4m(15000)) == "a.y4m: 15000 x 15000 pixels are too many")
        // FFmpeg passes on whatever error number it finds here.
        #expect(try failure("a.y4m", y4m(30000)).hasPrefix("a.y4m: cannot open: "))
        #expect(try failure("a.png", TinyPNG.header(width: 0, height: 0)).hasPrefix("a.png: cannot read the image: "))
        #expect(
            message { _ = try FrameSources.open("/missing.mp4") }
                == "/missing.mp4: cannot open: No such file or directory")
        #expect(
            message { _ = try FrameSources.open("gopher://x/y") }.hasPrefix(
                "gopher://x/y: cannot open: 'gopher' is not among http,"))
        let random = (0..<20_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
        #expect(try failure("a.mkv", random).contains("a.mkv: "))
    }

    @Test(arguments: ["a.mp4", "a.mkv", "a.mov"]) func cutOffVideos(name: String) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/\(name)"
            try TestClip.write(path, frames: 60, encoders: name == "a.mov" ? ["mjpeg"] : nil)
            let whole = TestClip.bytes(path)
            for share in [1, 5, 20, 50, 80, 95] {
                TestClip.write(Array(whole.prefix(whole.count * share / 100)), to: path)
                var frames = 0
                do {
                    let source = try FrameSources.open(path)
                    while try source.next() != nil { frames += 1 }
                    #expect(frames > 0 && frames <= 60)
                    #expect(name != "a.mp4" || frames == 60 || !source.warnings.isEmpty)
                } catch {
                    #expect("\(error)".hasPrefix(path))
                }
                if share >= 80 { #expect(frames > 20) }
            }
        }
    }

    /// Bytes changed anywhere must give frames, warnings or an error, and nothing else.
    @Test func damagedVideosNeverCrash() throws {
        try withTemporaryFolder { folder in
            var random = TestRandom(state: 7)
            for name in ["a.mp4", "a.mkv", "a.mov"] {
                let path = "\(folder)/\(name)"
                try TestClip.write(path, frames: 6, encoders: name == "a.mov" ? ["mjpeg"] : ["mpeg4"])
                let whole = TestClip.bytes(path)
                for _ in 0..<120 {
                    var bytes = whole
                    for _ in 0..<Int.random(in: 1...40, using: &random) {
                        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                    }
                    TestClip.write(bytes, to: path)
                    var options = CaptureOptions(format: Bool.random(using: &random) ? .rgb : .gray)
                    options.decodingThreads = 1
                    _ = try? allFrames(FrameSources.open(path, options: options))
                }
            }
        }
    }

    @Test func damagedPicturesNeverCrash() throws {
        var random = TestRandom(state: 3)
        let picture = ImageFileTests.picture(width: 20, height: 14, channels: 3)
        for whole in [ImageFile.encodePNG(picture), try ImageFile.encodeJPEG(picture)] {
            for _ in 0..<3000 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    // Mostly the beginning, where sizes and tables are.
                    let limit = Bool.random(using: &random) ? min(64, bytes.count) : bytes.count
                    bytes[Int.random(in: 0..<limit, using: &random)] = .random(in: 0...255, using: &random)
                }
                if Int.random(in: 0..<10, using: &random) == 0 {
                    bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                }
                _ = try? ImageFile.decode(bytes, name: "x", grayscale: Bool.random(using: &random))
                _ = JPEGSequence.judge(bytes[...], isComplete: Bool.random(using: &random))
            }
        }
    }

    @Test func inAFolderTheOthersStillGetDone() throws {
        try withTemporaryFolder { folder in
            try ImageFile.writePNG(TestClip.frame(0), to: "\(folder)/1.png")
            TestClip.write(Array("text".utf8), to: "\(folder)/2.jpg")
            TestClip.write(Array(TestClip.jpeg(1).prefix(500)), to: "\(folder)/3.jpg")
            try TestClip.write("\(folder)/4.mp4", frames: 3)
            TestClip.write(TestClip.jpeg(2), to: "\(folder)/5.png")  // recognised by its contents
            TestClip.write(Array("not looked at".utf8), to: "\(folder)/README.txt")
            let source = try FrameSources.open(folder)
            var seen: [String] = [], errors: [String] = []
            while true {
                do {
                    guard let frame = try source.next() else { break }
                    seen.append("\(frame.source.dropFirst(folder.count + 1)) \(frame.index)")
                } catch {
                    #expect(source.continuesAfterErrors)
                    errors.append("\(error)".replacingFolder(folder))
                }
            }
            #expect(seen == ["1.png 0", "4.mp4 0", "4.mp4 1", "4.mp4 2", "5.png 0"])
            #expect(
                errors == [
                    "2.jpg: cannot open: it is text, neither a picture nor a video",
                    "3.jpg: cannot read the image: Premature end of JPEG file",
                ])
        }
    }

    @Test func foldersWithoutPictures() throws {
        try withTemporaryFolder { folder in
            #expect(throws: CaptureError.cannotOpen(source: folder, reason: "no pictures or videos in this folder")) {
                try FrameSources.open(folder)
            }
        }
    }
}

extension String {
    fileprivate func replacingFolder(_ folder: String) -> String {
        hasPrefix(folder + "/") ? String(dropFirst(folder.count + 1)) : self
    }
}
