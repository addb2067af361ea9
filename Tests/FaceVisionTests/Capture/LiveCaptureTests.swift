import FaceVision
import Threads
import Testing

@Suite struct LiveCaptureTests {
    /// A source whose frames are made up.
    final class Sketch: FrameSource {
        let isLive: Bool
        let cancellation: Cancellation
        let description = "sketch"
        private let body: (Int) throws -> Image?
        private var index = 0

        init(_ options: CaptureOptions, isLive: Bool = true, _ body: @escaping (Int) throws -> Image?) {
            cancellation = options.cancellation
            self.isLive = isLive
            self.body = body
        }

        func next() throws -> Frame? {
            guard !cancellation.isCancelled, let image = try body(index) else { return nil }
            defer { index += 1 }
            return Frame(image: image, time: 0, index: index, capturedAt: .now, source: "sketch")
        }
    }

    /// What a capture said, in order.
    final class Diary: Sendable {
        private let lines = Guarded<[LiveCapture.State]>([])
        func add(_ state: LiveCapture.State) { lines.withLock { $0.append(state) } }
        var states: [LiveCapture.State] { lines.withLock { $0.map { $0 } } }
    }

    static func tone(_ value: UInt8) -> Image { Image(width: 8, height: 8, pixels: .init(repeating: value, count: 64)) }

    @Test func theNewestValueWins() throws {
        let mailbox = Mailbox<Int>(), cancellation = Cancellation()
        for i in 1...5 { mailbox.put(i) }
        #expect(try mailbox.take(cancellation, seconds: 1) == 5)
        #expect(mailbox.lostCount == 4)
        #expect(try mailbox.take(cancellation, seconds: 0.05) == nil)
        mailbox.put(6)
        mailbox.close(CaptureError.noVideo(source: "x"))
        #expect(try mailbox.take(cancellation, seconds: 1) == 6)
        #expect(throws: CaptureError.noVideo(source: "x")) { try mailbox.take(cancellation, seconds: 1) }
        #expect(try mailbox.take(cancellation, seconds: 1) == nil)
    }

    @Test func slowReadersGetNewFrames() throws {
        let made = Guarded(0)
        let capture = LiveCapture(name: "sketch", options: CaptureOptions()) { options in
            Sketch(options) { index in
                TestThread.sleep(0.002)
                made.withLock { $0 = index }
                return LiveCaptureTests.tone(UInt8(index % 200))
            }
        }
        var last = -1
        for round in 1...5 {
            // Ten frames more; what is fetched then is the newest but for one that is on its way.
            while made.withLock({ $0 }) < round * 10 { TestThread.sleep(0.001) }
            let newest = made.withLock { $0 }
            let frame = try #require(try capture.next())
            #expect(frame.index > last && frame.index >= newest - 1)
            last = frame.index
        }
        #expect(capture.droppedFrames > 30)
    }

    @Test func reconnectsWithBackOff() throws {
        let opened = Guarded(0), diary = Diary()
        let capture = LiveCapture(name: "sketch", options: CaptureOptions(), onChange: diary.add) { options in
            let number = opened.withLock {
                $0 += 1; return $0
            }
            if number == 2 { throw CaptureError.cameraMissing(device: "sketch", others: []) }
            return Sketch(options) { index in
                if number == 1, index == 2 { throw CaptureError.cameraUnplugged(device: "sketch") }
                TestThread.sleep(0.02)
                return LiveCaptureTests.tone(UInt8(number * 50))
            }
        }
        var tones: Set<UInt8> = []
        let time = try elapsed {
            while tones.count < 2 { tones.insert(try #require(try capture.next()).image.pixels[0]) }
        }
        #expect(tones == [50, 150])
        #expect(time > 1.4)  // 0.5 s and 1 s
        let waits = diary.states.compactMap {
            if case .waiting(let reason, let s) = $0 { ("\(reason)", s) } else { nil }
        }
        #expect(waits.map(\.1) == [0.5, 1])
        #expect(waits.first?.0 == "sketch: the camera was unplugged")
        #expect(diary.states.first == .connecting && diary.states.contains(.running("sketch")))
    }

    /// Otherwise those who follow faces would see time stand still after a camera came back.
    @Test func timesGoOnWhenReopened() {
        var clock = ContinuedClock()
        let start = ContinuousClock.now
        func stamped(_ time: Double, _ index: Int, at seconds: Double, isFirst: Bool = false) -> (Double, Int) {
            var frame = Frame(
                image: LiveCaptureTests.tone(1), time: time, index: index, capturedAt: start + .seconds(seconds))
            clock.stamp(&frame, isFirst: isFirst)
            return (frame.time, frame.index)
        }
        #expect(stamped(0, 0, at: 0, isFirst: true) == (0, 0))
        #expect(stamped(0.5, 4, at: 0.5) == (0.5, 4))
        #expect(stamped(0, 2, at: 3.5, isFirst: true) == (3.5, 5))
        #expect(stamped(0.25, 3, at: 3.75) == (3.75, 6))
        #expect(stamped(0, 0, at: 3.75, isFirst: true) == (3.75, 7))
    }

    @Test func whatNeverRanIsAnError() throws {
        let diary = Diary()
        let capture = LiveCapture(name: "x", options: CaptureOptions(), onChange: diary.add) { _ in
            throw CaptureError.cameraBusy(device: "x")
        }
        #expect(throws: CaptureError.cameraBusy(device: "x")) { try capture.next() }
        #expect(try capture.next() == nil)
        #expect(diary.states.first == .connecting)
    }

    @Test func cancellingEndsIt() throws {
        let options = CaptureOptions(), diary = Diary(), stamp = Stamp()
        let cancellation = options.cancellation
        let capture = LiveCapture(name: "x", options: options, onChange: diary.add) { options in
            Sketch(options) { _ in
                while !options.cancellation.isCancelled { TestThread.sleep(0.01) }
                return nil
            }
        }
        TestThread.start {
            TestThread.sleep(0.2)
            stamp.set()
            cancellation.cancel()
        }
        #expect(try capture.next() == nil)
        #expect(stamp.seconds < 300)
        // Letting go of a capture ends its thread.
        let time = elapsed {
            let other = LiveCapture(name: "y", options: CaptureOptions()) { options in
                Sketch(options) { _ in
                    TestThread.sleep(0.01); return LiveCaptureTests.tone(1)
                }
            }
            #expect((try? other.next()) != nil)
        }
        #expect(time < 300)
    }

    @Test func disconnectedStreamsComeBack() throws {
        let seen = Guarded<Set<Int>>([])
        let server = TestServer { client in
            client.startMotionJPEG()
            for i in 0... {
                // What an address is, is found out with a connection of its own. The first ones end when their picture
                // has been seen, the others when their reader goes.
                if client.number < 2, seen.withLock({ $0.contains(0) }) { return }
                if !client.sendPart(TestClip.jpeg(client.number < 2 ? 0 : 1 + i / 8 % 2)) { return }
                TestThread.sleep(0.03)
            }
        }
        let diary = Diary()
        let capture = try LiveCapture(server.url("cam"), onChange: diary.add)
        while seen.withLock({ $0.count }) < 3, let frame = try capture.next(within: 120) {
            for i in 0..<3 where TestClip.difference(frame.image, i) <= 12 { _ = seen.withLock { $0.insert(i) } }
        }
        #expect(seen.withLock { $0 } == [0, 1, 2])
        #expect(diary.states.contains { if case .waiting(_, 0.5) = $0 { true } else { false } })
    }

    @Test func darknessIsNoticedOnce() {
        var detector = DarknessDetector()
        var changes: [Bool] = []
        for tone in [UInt8](repeating: 3, count: 50) + [90, 90] + [UInt8](repeating: 3, count: 20) {
            if let change = detector.add(LiveCaptureTests.tone(tone)) { changes.append(change) }
        }
        #expect(changes == [true, false])
    }

    @Test func latencyIsMeasured() throws {
        var meter = LatencyMeter(last: 4)
        #expect(meter.age(share: 0.5) == nil && meter.framesPerSecond == nil)
        let start = ContinuousClock.now
        for (i, age) in [9, 0.010, 0.020, 0.030, 0.040].enumerated() {
            meter.add(age: age, at: start + .milliseconds(100 * i))
        }
        #expect(meter.age(share: 0.5) == 0.020 && meter.age(share: 1) == 0.040)
        #expect(abs(try #require(meter.framesPerSecond) - 10) < 1e-6)
    }
}
