import FaceVision
import Glibc
import Threads
import Testing

@Suite struct StreamTests {
    @Test func motionJPEGOverHTTP() throws {
        let connections = Guarded(0)
        let server = TestServer { client in
            connections.withLock { $0 += 1 }
            client.startMotionJPEG()
            for i in 0..<6 {
                client.sendPart(TestClip.jpeg(i, width: i < 3 ? 64 : 96, height: i < 3 ? 48 : 80))
                TestThread.sleep(0.03)
            }
        }
        let source = try FrameSources.open(server.url("stream.mjpg"))
        #expect(source.isLive)
        let frames = try allFrames(source)
        #expect(frames.count == 6)
        for (i, frame) in frames.enumerated() {
            #expect(TestClip.difference(frame.image, i) <= 12)
            #expect(frame.image.width == (i < 3 ? 64 : 96))  // frames just change their size
        }
        // Many cameras take one client at a time.
        #expect(connections.withLock { $0 } == 1)
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.time < $1.time })
    }

    @Test func aFileOverHTTPIsNotLive() throws {
        try withTemporaryFolder { folder in
            try TestClip.write("\(folder)/a.mp4", frames: 10)
            let bytes = TestClip.bytes("\(folder)/a.mp4")
            let server = TestServer { client in
                client.send("HTTP/1.0 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: \(bytes.count)\r\n\r\n")
                client.send(bytes)
            }
            let source = try FrameSources.open(server.url("a.mp4"))
            #expect(!source.isLive)
            #expect(try allFrames(source).count == 10)
        }
    }

    @Test func aPictureOverHTTP() throws {
        let server = TestServer { client in
            let bytes = TestClip.jpeg(1)
            client.send("HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: \(bytes.count)\r\n\r\n")
            client.send(bytes)
        }
        let source = try FrameSources.open(server.url("snapshot.jpg"))
        #expect(!source.isLive)
        let frames = try allFrames(source)
        #expect(frames.count == 1 && frames.allSatisfy { $0.isPicture })
        #expect(frames.first.map { TestClip.difference($0.image, 1) <= 12 } ?? false)
    }

    @Test func stallsEndWithAClearError() throws {
        let server = TestServer { client in
            client.startMotionJPEG()
            for i in 0..<3 { client.sendPart(TestClip.jpeg(i)) }
            client.hang()
        }
        var options = CaptureOptions()
        options.timeout = 3
        let source = try FrameSources.open(server.url(""), options: options)
        for _ in 0..<2 {
            let frame = try source.next()
            #expect(frame != nil)
        }
        let time = elapsed {
            #expect(throws: CaptureError.stalled(source: server.url(""), seconds: 3)) {
                while try source.next() != nil {}
            }
        }
        #expect(time > 2 && time < 300)
    }

    @Test func silentServersTimeOut() throws {
        let server = TestServer { $0.hang() }
        var options = CaptureOptions()
        options.timeout = 0.4
        #expect(throws: CaptureError.stalled(source: server.url("x"), seconds: 0.4)) {
            try FrameSources.open(server.url("x"), options: options)
        }
    }

    @Test func serversThatSayNo() throws {
        let server = TestServer { $0.send("HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n") }
        #expect(
            throws: CaptureError.cannotOpen(source: server.url("x"), reason: "Server returned 404 Not Found")
        ) { try FrameSources.open(server.url("x")) }
        #expect(throws: CaptureError.cannotOpen(source: "http://127.0.0.1:1/x", reason: "Connection refused")) {
            try FrameSources.open("http://user:secret@127.0.0.1:1/x")
        }
        let page = TestServer { $0.send("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>no</html>") }
        #expect(throws: CaptureError.self) { try FrameSources.open(page.url("")) }
    }

    @Test(arguments: [true, false]) func cancellingWakesUp(beforeTheFirstFrame: Bool) throws {
        let server = TestServer { client in
            if !beforeTheFirstFrame {
                client.startMotionJPEG()
                for i in 0..<3 { client.sendPart(TestClip.jpeg(i)) }
            }
            client.hang()
        }
        let options = CaptureOptions()
        let cancellation = options.cancellation
        let stamp = Stamp()
        TestThread.start {
            TestThread.sleep(0.4)
            stamp.set()
            cancellation.cancel()
        }
        let source = try FrameSources.open(server.url(""), options: options)
        while try source.next() != nil {}
        #expect(stamp.seconds < 300)
        let after = try source.next()
        #expect(after == nil)
    }

    /// Feeds a pipe from a thread of its own.
    private func piped(
        _ bytes: [UInt8], thenHang: Bool = false, options: CaptureOptions = CaptureOptions(), size: Int = 3000,
        _ body: (any FrameSource) throws -> Void
    ) throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let write = ends[1], read = ends[0]
        defer { close(read) }
        signal(SIGPIPE, SIG_IGN)
        TestThread.start {
            var place = 0
            while place < bytes.count {
                let part = Array(bytes[place..<min(bytes.count, place + size)])
                let put = Glibc.write(write, part, part.count)
                if put <= 0 { break }
                place += put
            }
            if thenHang { TestThread.sleep(600) }
            close(write)
        }
        try body(try FrameSources.open(descriptor: read, name: "standard input", options: options))
    }

    @Test func picturesThroughAPipe() throws {
        for bytes in [TestClip.jpeg(2), ImageFile.encodePNG(TestClip.frame(2))] {
            try piped(bytes, size: 100) { source in
                let frames = try allFrames(source)
                #expect(frames.count == 1)
                #expect(frames.first.map { TestClip.difference($0.image, 2) <= 12 } ?? false)
            }
        }
    }

    @Test func motionJPEGThroughAPipe() throws {
        let pictures = (0..<8).flatMap { TestClip.jpeg($0) }
        try piped(pictures) { source in
            let frames = try allFrames(source)
            #expect(frames.count == 8)
            for (i, frame) in frames.enumerated() { #expect(TestClip.difference(frame.image, i) <= 12) }
        }
    }

    @Test(arguments: ["a.mp4", "a.mkv", "a.mov"]) func videosThroughAPipe(name: String) throws {
        try withTemporaryFolder { folder in
            try TestClip.write("\(folder)/\(name)", frames: 30)
            try piped(TestClip.bytes("\(folder)/\(name)")) { source in
                let frames = try allFrames(source)
                #expect(frames.count == 30)
                for (i, frame) in frames.enumerated() { #expect(TestClip.difference(frame.image, i) <= 14) }
            }
        }
    }

    @Test func stalledAndCancelledPipes() throws {
        var options = CaptureOptions()
        options.timeout = 0.3
        #expect(throws: CaptureError.stalled(source: "standard input", seconds: 0.3)) {
            try piped(Array(TestClip.jpeg(0).prefix(300)), thenHang: true, options: options) { _ in }
        }
        let cancellation = Cancellation()
        options.cancellation = cancellation
        options.timeout = 600
        let stamp = Stamp()
        TestThread.start {
            TestThread.sleep(0.2)
            stamp.set()
            cancellation.cancel()
        }
        try piped(Array(TestClip.jpeg(0).prefix(300)), thenHang: true, options: options) { source in
            let frame = try source.next()
            #expect(frame == nil)
        }
        #expect(stamp.seconds < 300)
    }

    /// What came before is shown; then the reason is named, whatever the format makes of it.
    @Test(arguments: ["a.mkv", "a.mov"]) func videosThatStallInAPipe(name: String) throws {
        try withTemporaryFolder { folder in
            try TestClip.write("\(folder)/\(name)", frames: 60, width: 320, height: 240, encoders: ["mjpeg"])
            let bytes = TestClip.bytes("\(folder)/\(name)")
            var options = CaptureOptions(), frames = 0
            options.timeout = 0.4
            #expect(throws: CaptureError.stalled(source: "standard input", seconds: 0.4)) {
                try piped(Array(bytes.prefix(bytes.count * 2 / 3)), thenHang: true, options: options) { source in
                    while try source.next() != nil { frames += 1 }
                }
            }
            #expect(frames < 60)
        }
    }

    @Test(arguments: [FrameFormat.rgb, .gray]) func picturesThatChangeTheirSizeInAPipe(format: FrameFormat) throws {
        let sizes = [(64, 48), (64, 48), (64, 48), (97, 61), (40, 80), (64, 48)]
        let bytes = sizes.enumerated().flatMap { TestClip.jpeg($0, width: $1.0, height: $1.1) }
        try piped(bytes, options: CaptureOptions(format: format)) { source in
            let frames = try allFrames(source)
            #expect(frames.map { [$0.image.width, $0.image.height] } == sizes.map { [$0.0, $0.1] })
            for (i, frame) in frames.enumerated() { #expect(TestClip.difference(frame.image, i) <= 14) }
        }
    }

    @Test func jpegSequences() {
        let one = TestClip.jpeg(0), two = one + TestClip.jpeg(1)
        #expect(JPEGSequence.judge(one[...], isComplete: true) == .single)
        // A photo may have another behind it; three of one size are Motion JPEG.
        #expect(JPEGSequence.judge(two[...], isComplete: true) == .single)
        #expect(JPEGSequence.judge(two.prefix(one.count + 3), isComplete: false) == .undecided)
        #expect(JPEGSequence.judge((two + one)[...], isComplete: true) == .several)
        #expect(JPEGSequence.judge((one + Array("trailer".utf8))[...], isComplete: true) == .single)
        for length in 2..<one.count {
            #expect(JPEGSequence.judge(one.prefix(length), isComplete: false) == .undecided)
        }
        // A photo with a second picture inside says so.
        let marker: [UInt8] = [0xFF, 0xE2, 0, 8, 0x4D, 0x50, 0x46, 0, 0, 0]
        #expect(JPEGSequence.judge((one.prefix(2) + marker + two.dropFirst(2))[...], isComplete: true) == .single)
    }
}

/// Remembers when something happened on another thread.
final class Stamp: Sendable {
    private let time = Guarded(ContinuousClock.now)

    func set() { time.withLock { $0 = .now } }

    /// How long ago that was.
    var seconds: Double {
        let passed = time.withLock { $0.duration(to: .now) }
        return Double(passed.components.seconds) + Double(passed.components.attoseconds) * 1e-18
    }
}
