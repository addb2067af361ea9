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

    /// Noise around the threshold changes the answer once, not in every frame; what is clear shows.
    @Test(arguments: [Float(0.45), 0.97]) func certaintyDoesNotFlicker(_ certainty: Float) {
        var options = MoodFilter.Options()
        options.certainty = certainty
        options.timeConstant = 1e-6
        var filter = MoodFilter(options)
        let step = (1 - certainty) / 8
        var answers: [Bool] = []
        for frame in 0..<60 {
            let top = certainty + (frame % 2 == 0 ? min(step, 0.02) : -0.02)
            answers.append(filter.add([top, (1 - top) / 2, (1 - top) / 2], time: Double(frame) / 30).isUncertain)
        }
        #expect(answers == [false] + [Bool](repeating: true, count: 59))
        let clear = filter.add([0.998, 0.001, 0.001], time: 3)
        #expect(!clear.isUncertain)
    }

    @Test func warningsDoNotFlicker() {
        var filter = WarningFilter(timeConstant: 0.4)
        var shown: [[FaceWarning]] = []
        for frame in 0..<90 {
            // Blurred in every other frame; dark from the first second on.
            var warnings: [FaceWarning] = []
            if frame % 2 == 1 { warnings.append(.blurred) }
            if frame >= 30 { warnings.append(.dark) }
            filter.add(warnings, time: Double(frame) / 30)
            shown.append(filter.shown)
        }
        #expect(shown[0..<30].allSatisfy { $0.isEmpty })
        #expect(shown.allSatisfy { !$0.contains(.blurred) && !$0.contains(.small) })
        #expect(shown[89] == [.dark])
        let changes = zip(shown, shown.dropFirst()).count { $0 != $1 }
        #expect(changes == 1)
        var first = WarningFilter(timeConstant: 0.4)
        first.add([.small], time: 7)
        #expect(first.shown == [.small], "a single look counts")
    }

    @Test func evenProbabilitiesAreUncertain() {
        var filter = MoodFilter()
        #expect(filter.add([0.34, 0.33, 0.33], time: 0).isUncertain)
        for frame in 1..<60 { _ = filter.add(happy, time: Double(frame) / 30) }
        #expect(!filter.add(happy, time: 2).isUncertain)
    }
}
