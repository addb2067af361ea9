import EmotionRecognition
import Testing

@Suite struct MoodFilterTests {
    private let happy: [Float] = [0.1, 0.8, 0.1], sad: [Float] = [0.1, 0.2, 0.7]

    @Test func firstObservationDecides() {
        var filter = MoodFilter()
        let mood = filter.add(happy, time: 3)
        #expect(mood.label == 1 && mood.hasChanged && !mood.isUncertain)
        #expect(mood.probabilities == happy)
        #expect(mood.confidence == 0.8)
    }

    /// Every third frame says something else: the label stays.
    @Test func flickerDoesNotChangeTheLabel() {
        var filter = MoodFilter()
        for frame in 0..<300 {
            let mood = filter.add(frame % 3 == 2 ? sad : happy, time: Double(frame) / 30)
            #expect(mood.label == 1)
            #expect(mood.hasChanged == (frame == 0))
            #expect(abs(mood.probabilities.reduce(0, +) - 1) < 1e-5)
        }
    }

    /// A real change shows once, after smoothing and dwell but within a second and a half, at any frame rate.
    @Test(arguments: [5.0, 15, 30, 60]) func realChangeShowsOnce(_ rate: Double) throws {
        var filter = MoodFilter()
        var changes: [Double] = []
        for frame in 0..<Int(6 * rate) {
            let time = Double(frame) / rate
            let mood = filter.add(time < 2 ? happy : sad, time: time)
            if mood.hasChanged { changes.append(time) }
        }
        #expect(changes.count == 2)
        let delay = try #require(changes.last) - 2
        #expect(delay > 0.35 && delay < 1.5, "\(delay) s")
    }

    @Test func evenProbabilitiesAreUncertain() {
        var filter = MoodFilter()
        #expect(filter.add([0.34, 0.33, 0.33], time: 0).isUncertain)
        for frame in 1..<60 { _ = filter.add(happy, time: Double(frame) / 30) }
        #expect(!filter.add(happy, time: 2).isUncertain)
    }
}
