import FaceVision
import Testing

/// What containers say about pixels, times and sound; `Scripts/make-video-fixtures` made the files.
@Suite struct VideoFormTests {
    private static let fixtures =
        #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Fixtures/"

    private func read(_ name: String, _ format: FrameFormat = .rgb) throws -> (frames: [Frame], warnings: [String]) {
        let source = try FrameSources.open(Self.fixtures + name, options: CaptureOptions(format: format))
        return (try allFrames(source), source.warnings)
    }

    @Test(
        arguments: [("wide-pixels.mp4", 128, 48), ("high-pixels.mkv", 64, 96), ("silly-pixels.mkv", 64, 48)],
        [FrameFormat.rgb, .gray])
    func pixelsBecomeSquare(_ file: (name: String, width: Int, height: Int), _ format: FrameFormat) throws {
        let (frames, warnings) = try read(file.name, format)
        #expect(frames.count == 10 && warnings.isEmpty)
        for frame in frames {
            #expect((frame.image.width, frame.image.height) == (file.width, file.height))
            #expect(frame.image.pixels.count == file.width * file.height * frame.image.channels)
        }
    }

    /// The picture is the same, only wider.
    @Test func wideningKeepsThePicture() throws {
        let wide = try #require(try read("wide-pixels.mp4", .gray).frames.first).image
        let plain = try #require(try read("silly-pixels.mkv", .gray).frames.first).image
        let narrow = wide.resized(width: 64, height: 48)
        let differences = zip(narrow.pixels, plain.pixels).map { abs(Int($0) - Int($1)) }
        #expect(differences.reduce(0, +) < 12 * differences.count)
    }

    @Test(arguments: ["late.mkv", "late.ts"]) func timesCountFromTheFirstFrame(name: String) throws {
        let (frames, warnings) = try read(name)
        #expect(warnings.isEmpty)
        #expect(frames.first?.time == 0)
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.time < $1.time })
        let last = try #require(frames.last)
        #expect(abs(last.time + (last.duration ?? 0) - 1) < 0.05)
    }

    /// Frames follow each other without gaps, and the last one has its length.
    @Test(arguments: ["wide-pixels.mp4", "high-pixels.mkv", "sound.mp4"]) func lengthsAddUp(name: String) throws {
        let frames = try read(name).frames
        for (frame, next) in zip(frames, frames.dropFirst()) {
            #expect(abs(frame.time + (frame.duration ?? 0) - next.time) < 1e-9)
        }
        #expect(abs(frames.reduce(0) { $0 + ($1.duration ?? 0) } - 1) < 0.01)
    }

    /// A frame whose place in its file no sound can have, and a rate that no video has.
    @Test(arguments: [1e300, -1e300, .nan, 1e16]) func soundOfImpossibleTimes(origin: Double) throws {
        try withTemporaryFolder { folder in
            var frame = try #require(try read("sound.mp4").frames.first)
            frame.origin = origin
            let path = folder + "/copy.mkv"
            let writer = try VideoWriter(path, framesPerSecond: 1e-300)
            writer.addSound(of: frame)
            try writer.append(frame.image, at: 0)
            try writer.finish()
            #expect(try allFrames(FrameSources.open(path)).count == 1)
        }
    }

    private func copy(_ name: String, to path: String) throws -> (note: String?, frames: Int) {
        let frames = try read(name).frames
        let writer = try VideoWriter(path)
        writer.addSound(of: try #require(frames.first))
        for frame in frames { try writer.append(frame.image, at: frame.time, duration: frame.duration) }
        try writer.finish()
        return (writer.soundNote, frames.count)
    }

    @Test(arguments: [("sound.mp4", "mp4"), ("sound.mp4", "mkv"), ("pcm.mkv", "mkv")])
    func soundGoesAlong(name: String, ending: String) throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.\(ending)"
            let (note, count) = try copy(name, to: path)
            #expect(note == nil)
            let frames = try allFrames(FrameSources.open(path))
            #expect(frames.count == count)
            let length = frames.reduce(0) { $0 + ($1.duration ?? 0) }
            #expect(abs(length - 1) < 0.06, "\(length)")
            // The copy has sound of its own to copy.
            let again = try VideoWriter("\(folder)/b.mkv")
            again.addSound(of: try #require(frames.first))
            for frame in frames { try again.append(frame.image, at: frame.time) }
            try again.finish()
            let silent = try VideoWriter("\(folder)/c.mkv")
            for frame in frames { try silent.append(frame.image, at: frame.time) }
            try silent.finish()
            #expect(TestClip.bytes("\(folder)/b.mkv").count > TestClip.bytes("\(folder)/c.mkv").count + 500)
        }
    }

    @Test func soundThatDoesNotFitIsNamed() throws {
        try withTemporaryFolder { folder in
            let note = try copy("pcm.mkv", to: "\(folder)/a.mp4").note
            #expect(note == "without sound: .mp4 cannot hold pcm_u8, .mkv can")
            #expect(try allFrames(FrameSources.open("\(folder)/a.mp4")).count == 10)
        }
    }

    @Test(arguments: ["a.mp4", "a.mkv"]) func lastFrameKeepsItsLength(name: String) throws {
        try withTemporaryFolder { folder in
            let writer = try VideoWriter("\(folder)/\(name)")
            for i in 0..<3 { try writer.append(TestClip.frame(i), at: Double(i), duration: 1) }
            try writer.finish()
            let frames = try allFrames(FrameSources.open("\(folder)/\(name)"))
            #expect(frames.count == 3)
            if name == "a.mp4" { #expect(abs((frames.last?.duration ?? 0) - 1) < 0.01) }
        }
    }
}
