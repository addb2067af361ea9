import EmotionRecognition
import FaceVision
import Testing

@Suite struct MoodTrackerTests {
    private func box(_ x: Double, _ size: Double = 30) -> Rectangle {
        Rectangle(x: x, y: 30, width: size, height: size)
    }

    @Test func facesAppearAndLeave() throws {
        let detector = ScriptedDetector()
        let reader = try FaceReader(LiveFixture.recogniser(), detector: detector)
        var tracker = MoodTracker()
        var events: [FaceEvent] = []
        for index in 0..<90 {
            detector.boxes = index < 30 ? [box(10)] : index < 60 ? [box(10), box(60)] : [box(60)]
            let result = try tracker.process(LiveFixture.frame(index), using: reader)
            events += result.events
            #expect(result.index == index && result.source == "test")
            for face in result.faces { #expect(abs(face.probabilities.reduce(0, +) - 1) < 1e-4) }
            if index == 50 { #expect(result.faces.map(\.identity) == [1, 2] && result.group != nil) }
            if index == 65 { #expect(result.faces.first?.isDetected == false, "lost for a moment, not gone") }
            if index == 0 { #expect(result.faces.isEmpty && result.group == nil) }
        }
        for index in 90..<100 {
            events += try tracker.process(LiveFixture.frame(index), using: reader).events
        }
        #expect(events == [.appeared(identity: 1), .appeared(identity: 2), .left(identity: 1)])
    }

    @Test func timeThatGoesBackDoesNoHarm() throws {
        let detector = ScriptedDetector()
        detector.boxes = [box(10)]
        let reader = try FaceReader(LiveFixture.recogniser(), detector: detector)
        var tracker = MoodTracker(), times: [Double] = [], seen = 0
        for time in [.nan, 0, 1, 0.5, -.infinity, .nan, .infinity, 2, 2] as [Double] {
            let frame = Frame(image: LiveFixture.face(1, size: 96), time: time)
            let result = try tracker.process(frame, using: reader)
            times.append(result.time)
            seen += result.faces.count
            for face in result.faces { #expect(face.probabilities.allSatisfy { $0.isFinite }) }
        }
        #expect(times == [0, 0, 1, 1, 1, 1, 1, 2, 2])
        #expect(seen > 3)
    }

    private func frame(_ source: String, _ index: Int, isPicture: Bool = false) -> Frame {
        Frame(
            image: LiveFixture.face(1, size: 96), time: Double(index) / 30, index: index, source: source,
            isPicture: isPicture)
    }

    @Test func anotherVideoBeginsAnew() throws {
        let detector = ScriptedDetector()
        detector.boxes = [box(10)]
        let reader = try FaceReader(LiveFixture.recogniser(), detector: detector)
        var tracker = MoodTracker(), events: [FaceEvent] = []
        for source in ["a", "b"] {
            for index in 0..<10 {
                let result = try tracker.process(frame(source, index), using: reader)
                events += result.events
                #expect(result.time == Double(index) / 30, "time does not wait for the first video's")
                #expect(result.faces.count == (index < 2 ? 0 : 1), "\(source) \(index)")
            }
        }
        #expect(events == [.appeared(identity: 1), .left(identity: 1), .appeared(identity: 2)])
    }

    /// A folder of photos: each has its faces, none is followed.
    @Test func picturesAreReadByThemselves() async throws {
        let detector = ScriptedDetector()
        detector.boxes = [box(10), box(60)]
        let recogniser = LiveRecogniser(try FaceReader(LiveFixture.recogniser(), detector: detector))
        let frames = ["a", "b", "c"].map { frame($0, 0, isPicture: true) }
        var faces: [[Int?]] = []
        for try await result in recogniser.results(from: GivenFrames(frames)) {
            faces.append(result.faces.map(\.identity))
            #expect(result.events.isEmpty && result.group != nil)
        }
        #expect(faces == [[Int?]](repeating: [nil, nil], count: 3))
    }

    /// The same video twice: the second time is not in the past.
    @Test func resultsBeginAnew() async throws {
        let recogniser = LiveRecogniser(try FaceReader(LiveFixture.recogniser(), detector: nil))
        for _ in 0..<2 {
            var times: [Double] = []
            for try await result in recogniser.results(from: CountedFrames(3)) { times.append(result.time) }
            #expect(times == (0..<3).map { Double($0) / 30 })
        }
    }

    /// A face that no detector has to find gets a number of its own for each video, too.
    @Test func numbersAreNotUsedAgainWithoutDetector() throws {
        let reader = try FaceReader(LiveFixture.recogniser(), detector: nil)
        var tracker = MoodTracker()
        var events: [FaceEvent] = []
        for source in ["a", "a", "b", "a"] { events += try tracker.process(frame(source, 0), using: reader).events }
        #expect(
            events == [
                .appeared(identity: 1), .left(identity: 1), .appeared(identity: 2), .left(identity: 2),
                .appeared(identity: 3),
            ])
    }

    /// In a recording a face is there from the frame in which it was first seen, as `predict` says it.
    @Test func recordingsAreDatedBack() async throws {
        let detector = ScriptedDetector()
        detector.boxes = [box(10)]
        let recogniser = LiveRecogniser(try FaceReader(LiveFixture.recogniser(), detector: detector))
        var counts: [Int] = []
        for try await result in recogniser.results(from: CountedFrames(8)) { counts.append(result.faces.count) }
        #expect(counts == [Int](repeating: 1, count: 8))
    }

    @Test func wholePictureIsOneFaceWithoutDetector() throws {
        let reader = try FaceReader(LiveFixture.recogniser(), detector: nil)
        var tracker = MoodTracker()
        let result = try tracker.process(LiveFixture.frame(0), using: reader)
        #expect(result.faces.count == 1)
        #expect(result.faces[0].box == Rectangle(x: 0, y: 0, width: 96, height: 96))
    }

    /// What the face looks like at rest counts as neutral afterwards.
    @Test func restingFaceBecomesNeutral() throws {
        let detector = ScriptedDetector()
        detector.boxes = [box(10, 60)]
        let reader = try FaceReader(LiveFixture.recogniser(), detector: detector)
        var options = MoodTracker.Options()
        options.calibrationSeconds = 2
        var plain = MoodTracker(), calibrated = MoodTracker(options)
        var neutral: (Float, Float) = (0, 0)
        for index in 0..<150 {
            let frame = LiveFixture.frame(index)
            let before = try plain.process(frame, using: reader).faces.first
            let after = try calibrated.process(frame, using: reader).faces.first
            if index == 10 { #expect(calibrated.calibrationRemaining(at: frame.time)! > 1) }
            if let before, let after { neutral = (before.probabilities[6], after.probabilities[6]) }
        }
        #expect(calibrated.calibrationRemaining(at: 5) == nil)
        #expect(neutral.1 > neutral.0 + 0.05, "\(neutral)")
    }

    @Test func largeAndSureFacesCountMore() throws {
        func face(_ probabilities: [Float], _ size: Double, score: Double? = nil) -> FaceReading {
            FaceReading(
                box: box(0, size), score: score, probabilities: probabilities,
                label: probabilities[0] > probabilities[1] ? 0 : 1)
        }
        let group = try #require(GroupMood([face([0.9, 0.1], 100), face([0.2, 0.8], 50)]))
        // Weights 100² x 0.9 and 50² x 0.8.
        #expect(abs(group.probabilities[0] - Float((9000 * 0.9 + 2000 * 0.2) / 11_000)) < 1e-5)
        #expect(group.label == 0)
        // What may be no face counts as much less as it is less sure.
        let doubtful = try #require(GroupMood([face([0.9, 0.1], 100, score: 0.5), face([0.2, 0.8], 50, score: 1)]))
        #expect(abs(doubtful.probabilities[0] - Float((4500 * 0.9 + 2000 * 0.2) / 6500)) < 1e-5)
        #expect(GroupMood([]) == nil)
    }

    @Test func resultsComeOneByOne() async throws {
        let detector = ScriptedDetector()
        detector.boxes = [box(10)]
        let recogniser = LiveRecogniser(try FaceReader(LiveFixture.recogniser(), detector: detector))
        var times: [Double] = []
        for try await result in recogniser.results(from: CountedFrames(12)) { times.append(result.time) }
        #expect(times == (0..<12).map { Double($0) / 30 })
    }

    @Test func cancelledTaskEndsTheFrames() async throws {
        let recogniser = LiveRecogniser(try FaceReader(LiveFixture.recogniser(), detector: nil))
        let (seen, report) = AsyncStream<Int>.makeStream()
        let task = Task {
            var count = 0
            for try await _ in recogniser.results(from: CountedFrames(.max)) {
                count += 1
                report.yield(count)
            }
            return count
        }
        for await count in seen where count >= 3 { break }
        task.cancel()
        // It ends, which an endless source does not by itself; how far it came depends on the machine.
        #expect(try await task.value >= 3)
    }
}

/// These frames.
private final class GivenFrames: FrameSource {
    private var frames: ArraySlice<Frame>
    let description = "frames", isLive = false, cancellation = Cancellation()

    init(_ frames: [Frame]) { self.frames = frames[...] }

    func next() -> Frame? { frames.popFirst() }
}

/// So many frames, until cancelled.
private final class CountedFrames: FrameSource {
    private let count: Int
    private var index = 0
    let description = "frames", isLive = false, cancellation = Cancellation()

    init(_ count: Int) { self.count = count }

    func next() -> Frame? {
        guard index < count, !cancellation.isCancelled else { return nil }
        defer { index += 1 }
        return LiveFixture.frame(index)
    }
}
