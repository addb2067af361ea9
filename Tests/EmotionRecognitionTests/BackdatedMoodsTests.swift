import EmotionRecognition
import FaceVision
import Testing

@Suite struct BackdatedMoodsTests {
    private let box = Rectangle(x: 10, y: 30, width: 30, height: 30)
    private let other = Rectangle(x: 60, y: 30, width: 30, height: 30)

    private func run(waits: Bool, _ boxes: (Int) -> [Rectangle]) throws -> [FrameResult] {
        let detector = ScriptedDetector()
        let reader = try FaceReader(LiveFixture.recogniser(), detector: detector)
        var moods = BackdatedMoods(MoodTracker.Options()), results: [FrameResult] = []
        for index in 0..<20 {
            detector.boxes = boxes(index)
            var frame = LiveFixture.frame(index)
            frame.duration = 1 / 30.0
            results += try moods.add(frame, using: reader, waits: waits).map(\.result)
            if !waits { #expect(results.count == index + 1) }
        }
        return results + moods.finish().map(\.result)
    }

    /// A face is there from its first frame on; a false alarm never is.
    @Test func recordingsAreDatedBack() throws {
        let results = try run(waits: true) { $0 == 12 ? [box, other] : [box] }
        #expect(results.map(\.index) == Array(0..<20))
        #expect(results.allSatisfy { $0.faces.map(\.identity) == [1] && $0.group != nil })
        #expect(results.flatMap(\.events) == [.appeared(identity: 1)])
        #expect(results[0].events.count == 1)
    }

    @Test func liveResultsDoNotWait() throws {
        let results = try run(waits: false) { $0 == 12 ? [box, other] : [box] }
        #expect(results.map { $0.faces.count } == [0, 0] + [Int](repeating: 1, count: 18))
        #expect(results.flatMap(\.events) == [.appeared(identity: 1)])
    }
}
