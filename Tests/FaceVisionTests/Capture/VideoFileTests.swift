import FaceVision
import Foundation
import Testing

@Suite struct VideoFileTests {
    @Test(
        arguments: [
            ("a.mp4", nil), ("a.mkv", nil), ("a.mov", nil), ("a.mp4", "mpeg4"), ("a.mov", "mjpeg"), ("a.mkv", "mjpeg"),
        ] as [(String, String?)], [(64, 48), (63, 47), (200, 120)])
    func roundTrip(_ kind: (name: String, encoder: String?), _ size: (Int, Int)) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/\(kind.name)"
            let name = try TestClip.write(
                path, width: size.0, height: size.1, encoders: kind.encoder.map { [$0] })
            #expect(kind.encoder == nil || name == kind.encoder)
            #expect(names(in: folder) == [kind.name])  // no temporary file is left
            for format in [FrameFormat.rgb, .gray] {
                let source = try FrameSources.open(path, options: CaptureOptions(format: format))
                #expect(!source.isLive)
                let frames = try allFrames(source)
                #expect(frames.count == 20)
                #expect(source.warnings.isEmpty)
                for (i, frame) in frames.enumerated() {
                    #expect(frame.index == i && frame.source == path)
                    #expect(abs(frame.time - Double(i) / 25) < 0.0011)  // Matroska counts milliseconds
                    #expect((frame.image.width + 1) / 2 == (size.0 + 1) / 2 && frame.image.height >= size.1)
                    #expect(frame.image.channels == (format == .rgb ? 3 : 1))
                    #expect(TestClip.difference(frame.image, i) <= 14)
                }
            }
        }
    }

    @Test func anyEncoderMissingFallsToTheNext() throws {
        try withTemporaryFolder { folder in
            let used = try TestClip.write("\(folder)/a.mp4", encoders: ["nonsense", "mpeg4"])
            #expect(used == "mpeg4")
            #expect(
                throws: CaptureError.cannotWrite(path: "\(folder)/b.mp4", reason: "this FFmpeg has none of nonsense")
            ) { try TestClip.write("\(folder)/b.mp4", encoders: ["nonsense"]) }
            #expect(names(in: folder) == ["a.mp4"])
        }
    }

    @Test(arguments: ["a.mp4", "a.mkv"]) func unevenTimesAreKept(name: String) throws {
        try withTemporaryFolder { folder in
            let times = [0, 0.04, 0.1, 0.5, 0.533, 2, 2.001, 7]
            try TestClip.write("\(folder)/\(name)", frames: times.count, times: { times[$0] })
            let read = try allFrames(FrameSources.open("\(folder)/\(name)")).map(\.time)
            #expect(read.count == times.count)
            for (a, b) in zip(read, times) { #expect(abs(a - b) < 0.0011) }
        }
    }

    @Test func timesThatDoNotGrowAreMoved() throws {
        try withTemporaryFolder { folder in
            try TestClip.write("\(folder)/a.mp4", frames: 5, times: { [0.1, 0.1, 0, .nan, 0.5][$0] })
            let times = try allFrames(FrameSources.open("\(folder)/a.mp4")).map(\.time)
            #expect(times.count == 5)
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test func picturesOfOtherSizesAreFittedIn() throws {
        try withTemporaryFolder { folder in
            let writer = try VideoWriter("\(folder)/a.mp4")
            try writer.append(TestClip.frame(0), at: 0)
            try writer.append(Image(width: 48, height: 96, pixels: .init(repeating: 200, count: 48 * 96)), at: 0.1)
            try writer.finish()
            let frames = try allFrames(FrameSources.open("\(folder)/a.mp4", options: CaptureOptions(format: .gray)))
            #expect(frames.count == 2)
            let last = try #require(frames.last).image
            #expect((last.width, last.height) == (64, 48))
            #expect(last.pixels[24 * 64 + 4] < 12 && last.pixels[24 * 64 + 59] < 12)
            #expect(abs(Int(last.pixels[24 * 64 + 32]) - 200) < 12)
        }
    }

    @Test func foldersLeaveOutDrawnVideos() throws {
        try withTemporaryFolder { folder in
            try TestClip.write("\(folder)/b.mp4", frames: 2)
            for name in ["a.mp4", "c.mkv", "d.mov"] {
                let writer = try VideoWriter("\(folder)/\(name)", isDrawn: true)
                try writer.append(TestClip.frame(0), at: 0)
                try writer.finish()
                #expect(try allFrames(FrameSources.open("\(folder)/\(name)")).count == 1)
            }
            let source = try FrameSources.open(folder)
            #expect(try allFrames(source).map(\.source) == ["\(folder)/b.mp4", "\(folder)/b.mp4"])
            #expect(source.warnings.filter { $0.hasSuffix(": drawn by fermusic itself") }.count == 3)
        }
    }

    @Test func writerFailuresLeaveNothing() throws {
        try withTemporaryFolder { folder in
            #expect(throws: CaptureError.self) { try VideoWriter("\(folder)/a.txt") }
            #expect(
                throws: CaptureError.cannotWrite(path: "\(folder)/no/a.mp4", reason: "No such file or directory")
            ) { try VideoWriter("\(folder)/no/a.mp4") }
            let empty = try VideoWriter("\(folder)/a.mp4")
            #expect(throws: CaptureError.cannotWrite(path: "\(folder)/a.mp4", reason: "no frame came")) {
                try empty.finish()
            }
            do {
                let unfinished = try VideoWriter("\(folder)/b.mp4")
                try unfinished.append(TestClip.frame(0), at: 0)
            }
            #expect(names(in: folder).isEmpty)
        }
    }

    @Test func writerReplacesAFileOnlyAtTheEnd() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.mp4"
            TestClip.write(Array("old".utf8), to: path)
            let writer = try VideoWriter(path)
            try writer.append(TestClip.frame(0), at: 0)
            #expect(TestClip.bytes(path) == Array("old".utf8))
            try writer.finish()
            let frames = try allFrames(FrameSources.open(path))
            #expect(frames.count == 1)
        }
    }

    /// Writes a display matrix into the track header of an MP4 file (ISO 14496-12, 8.3.2).
    private func rotate(_ path: String, _ matrix: [Int32]) throws {
        var bytes = TestClip.bytes(path)
        let tag = Array("tkhd".utf8)
        let place = try #require((0..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == tag })
        for (i, value) in matrix.enumerated() {
            for k in 0..<4 {
                bytes[place + 44 + i * 4 + k] = UInt8(truncatingIfNeeded: value >> Int32(24 - 8 * k))
            }
        }
        TestClip.write(bytes, to: path)
    }

    @Test(
        arguments: [
            ([1, 0, 0, 1], .upright), ([0, 1, -1, 0], .turnClockwise), ([-1, 0, 0, -1], .upsideDown),
            ([0, -1, 1, 0], .turnCounterclockwise), ([-1, 0, 0, 1], .mirrored), ([0, 1, 1, 0], .transposed),
        ] as [([Int32], Orientation)])
    func rotatedVideos(matrix: [Int32], orientation: Orientation) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.mp4"
            try TestClip.write(path, frames: 2)
            let plain = try #require(try FrameSources.open(path).next()).image
            let one: Int32 = 1 << 16
            try rotate(
                path, [matrix[0] * one, matrix[1] * one, 0, matrix[2] * one, matrix[3] * one, 0, 0, 0, 1 << 30])
            let turned = try #require(try FrameSources.open(path).next()).image
            #expect(turned == plain.turned(orientation))
        }
    }

    @Test func grayEqualsTheGrayOfRGB() throws {
        try withTemporaryFolder { folder in
            for name in ["a.mp4", "a.mkv"] {
                let path = "\(folder)/\(name)"
                try TestClip.write(path, frames: 3, encoders: name == "a.mkv" ? ["mjpeg"] : nil)
                let rgb = try allFrames(FrameSources.open(path))
                let gray = try allFrames(FrameSources.open(path, options: CaptureOptions(format: .gray)))
                for (a, b) in zip(rgb, gray) {
                    let differences = zip(a.image.grayscale.pixels, b.image.pixels).map { abs(Int($0) - Int($1)) }
                    #expect(differences.reduce(0, +) <= 2 * differences.count)
                }
            }
        }
    }

    static let shared: String = {
        if let path = ProcessInfo.processInfo.environment["FERMUSIC_SHARED_DATA"] { return path }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("shared/data").path
    }()
    static let woman = "\(shared)/faces/woman.mp4"

    @Test(.enabled(if: FileManager.default.fileExists(atPath: woman), "woman.mp4 is not at hand"))
    func realVideo() throws {
        let frames = try allFrames(FrameSources.open(VideoFileTests.woman, options: CaptureOptions(format: .gray)))
        // As ffprobe -count_frames and cv2.VideoCapture count.
        #expect(frames.count == 115)
        #expect(abs(try #require(frames.last).time - 4.56) < 0.001)
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.time < $1.time })
    }
}
