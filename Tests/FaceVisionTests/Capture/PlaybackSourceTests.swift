import FaceVision
import Testing

@Suite struct PlaybackSourceTests {
    @Test func repeatsGoOnInTime() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.mkv"
            try TestClip.write(path, frames: 5, encoders: ["mjpeg"])
            let frames = try allFrames(PlaybackSource(path, isPaced: false, repeats: 3))
            #expect(frames.map(\.index) == Array(0..<15))
            for (index, frame) in frames.enumerated() { #expect(abs(frame.time - Double(index) / 25) < 0.002) }
            #expect(TestClip.difference(frames[7].image, 2) < 30)
        }
    }

    /// Fifteen frames at 25 a second take 0.56 s, and a frame is new when it comes.
    @Test func pacedFramesComeInTheirTime() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/a.mkv"
            try TestClip.write(path, frames: 15, encoders: ["mjpeg"])
            let began = ContinuousClock.now
            let source = try PlaybackSource(path, isPaced: true)
            var count = 0, asked = ContinuousClock.now
            while let frame = try source.next() {
                // Where this thread came too late for one, that one is as old as it is late.
                let isLate = asked - began > .seconds(frame.time)
                #expect(frame.capturedAt >= asked || isLate)
                #expect(frame.capturedAt - began >= .seconds(frame.time) - .milliseconds(20))
                count += 1
                asked = .now
            }
            #expect(count == 15 && began.duration(to: .now) > .milliseconds(540))
        }
    }
}
