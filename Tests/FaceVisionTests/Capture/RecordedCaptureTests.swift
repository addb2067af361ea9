import FaceVision
import Threads
import Testing

/// `LiveCapture` and `PlaybackSource` on what is not live: videos, folders, pictures.
@Suite struct RecordedCaptureTests {
    private typealias Sketch = LiveCaptureTests.Sketch

    private func fill(_ folder: String, videos: [String], frames: Int = 5) throws {
        for name in videos { try TestClip.write("\(folder)/\(name)", frames: frames, encoders: ["mjpeg"]) }
    }

    /// All frames and errors of a source that goes on after errors.
    private func everything(_ source: any FrameSource) -> (frames: [Frame], errors: [String]) {
        var frames: [Frame] = [], errors: [String] = []
        while true {
            do {
                guard let frame = try source.next() else { return (frames, errors) }
                frames.append(frame)
            } catch {
                errors.append("\(error)")
                if !source.continuesAfterErrors { return (frames, errors) }
            }
        }
    }

    @Test func everyFrameComesWhereNoneMayBeLost() throws {
        let capture = LiveCapture(name: "sketch", options: CaptureOptions(), keepsRecorded: true) { options in
            Sketch(options, isLive: false) { $0 < 30 ? LiveCaptureTests.tone(UInt8($0)) : nil }
        }
        var tones: [UInt8] = []
        while let frame = try capture.next() {
            tones.append(frame.image.pixels[0])
            TestThread.sleep(0.002)
        }
        #expect(tones == Array(0..<30))
        #expect(capture.droppedFrames == 0)
    }

    @Test func whatIsNotLiveIsNotOpenedAgain() throws {
        let opened = Guarded(0)
        let capture = LiveCapture(name: "sketch", options: CaptureOptions()) { options in
            opened.withLock { $0 += 1 }
            return Sketch(options, isLive: false) { index in
                if index == 1 { throw CaptureError.damaged(source: "sketch", frames: 1, reason: "noise") }
                return LiveCaptureTests.tone(9)
            }
        }
        let (frames, errors) = everything(capture)
        #expect(frames.count == 1 && errors == ["sketch: cannot be read after frame 1: noise"])
        #expect(!capture.continuesAfterErrors)
        #expect(try capture.next() == nil)
        #expect(opened.withLock { $0 } == 1)
    }

    @Test func picturesAreNotDroppedAndErrorsPassThrough() throws {
        try withTemporaryFolder { folder in
            for i in 0..<5 { try ImageFile.writePNG(TestClip.frame(i), to: "\(folder)/\(i).png") }
            TestClip.write(Array("text".utf8), to: "\(folder)/2b.jpg")
            let capture = LiveCapture(name: folder, options: CaptureOptions()) {
                try PlaybackSource(folder, options: $0, isPaced: true)
            }
            TestThread.sleep(0.2)
            let (frames, errors) = everything(capture)
            #expect(frames.map { String($0.source.suffix(5)) } == (0..<5).map { "\($0).png" })
            #expect(errors.count == 1 && errors[0].contains("2b.jpg"))
        }
    }

    @Test func warningsOfTheCapturedSourcePassThrough() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.mp4"
            try TestClip.write(path, frames: 20)
            let bytes = TestClip.bytes(path)
            TestClip.write(Array(bytes.prefix(bytes.count * 3 / 4)), to: path)
            let capture = try LiveCapture(path, keepsRecorded: true)
            #expect(everything(capture).frames.count > 3)
            #expect(!capture.warnings.isEmpty)
        }
    }

    @Test func aFolderIsPlayedTwiceInSpiteOfABadFile() throws {
        try withTemporaryFolder { folder in
            try fill(folder, videos: ["a.mkv", "c.mkv"])
            TestClip.write(Array("text".utf8), to: "\(folder)/b.mkv")
            let (frames, errors) = everything(try PlaybackSource(folder, isPaced: false, repeats: 2))
            #expect(errors.count == 1, "once is enough")
            let expected = ["a", "c", "a", "c"].flatMap { [String](repeating: "\($0).mkv", count: 5) }
            #expect(frames.map { String($0.source.suffix(5)) } == expected)
            try #require(frames.count == 20)
            #expect(frames.map(\.index) == (0..<4).flatMap { _ in Array(0..<5) })
            #expect(frames[5].time == 0 && frames[10].time == 0, "each video begins anew")
        }
    }

    @Test func leavingAVideoGoesOnWithTheNext() throws {
        try withTemporaryFolder { folder in
            try fill(folder, videos: ["a.mkv", "b.mkv"])
            let source = try PlaybackSource(folder, isPaced: false)
            let first = try #require(try source.next())
            #expect(source.leave(first.source) && source.leave("another"))
            let rest = try allFrames(source)
            #expect(rest.count == 5 && rest.allSatisfy { $0.source.hasSuffix("b.mkv") })
            let single = try FrameSources.open("\(folder)/a.mkv")
            #expect(!single.leave("\(folder)/a.mkv"))
        }
    }

    /// A slow reader of a mailbox gets what is to be kept, and the newest of the rest.
    @Test func keptValuesAreWaitedFor() throws {
        let mailbox = Mailbox<Int>(), cancellation = Cancellation()
        mailbox.put(1)
        mailbox.put(2, isKept: true)
        TestThread.start {
            mailbox.put(3, cancellation)
            mailbox.close(nil)
        }
        TestThread.sleep(0.05)
        #expect(try mailbox.take(cancellation, seconds: 1) == 2)
        #expect(try mailbox.take(cancellation, seconds: 1) == 3)
        #expect(mailbox.lostCount == 1)
        mailbox.put(4, isKept: true)
        cancellation.cancel()
        mailbox.put(5, isKept: true, cancellation)
        #expect(mailbox.lostCount == 2)
    }
}
