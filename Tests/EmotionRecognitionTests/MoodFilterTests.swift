import EmotionRecognition
import Testing

@Suite struct MoodFilterTests {
    private let happy: [Float] = [0.1, 0.8, 0.1], sad: [Float] = [0.1, 0.2, 0.7]

    @Test func firstObservationDecides() {
        var filter = MoodFilter()
        let mood = filter.add(happy, time: 3)
        #expect(mood.label == 1 && mood.hasChanged)
        #expect(mood.probabilities == happy)
        #expect(mood.confidence == 0.8)
    }

    @Test func nothingSaidChangesNothing() {
        var filter = MoodFilter()
        #expect(filter.add([], time: 0).probabilities.isEmpty)
        #expect(filter.add([], time: 1).hasChanged == false)
        #expect(filter.add(happy, time: 2).label == 1)
        let mood = filter.add([], time: 3)
        #expect(mood.label == 1 && !mood.hasChanged && mood.probabilities.indices.contains(mood.label))
        #expect(filter.add(happy, time: 4).label == 1)
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

    /// A look that lasts no longer than a mouth takes for a word changes nothing, at any frame rate.
    @Test(arguments: [5.0, 15, 30, 60]) func shortLooksDoNotChangeTheLabel(_ rate: Double) {
        var filter = MoodFilter()
        for frame in 0..<Int(20 * rate) {
            let time = Double(frame) / rate
            let mood = filter.add(frame > 0 && Int(time * 5) % 5 == 0 ? sad : happy, time: time)
            #expect(mood.label == 1)
        }
    }

    /// A real change shows once, within a second and a half, at any frame rate and for any number of classes; and at the
    /// same time, but for a frame, whatever the rate.
    @Test(arguments: [5.0, 15, 30, 60], [2, 5, 7, 8]) func realChangeShowsOnce(_ rate: Double, _ classes: Int) throws {
        func sure(_ label: Int) -> [Float] {
            (0..<classes).map { $0 == label ? 0.9 : 0.1 / Float(classes - 1) }
        }
        func delay(_ rate: Double) throws -> Double {
            var filter = MoodFilter()
            var changes: [Double] = []
            for frame in 0..<Int(6 * rate) {
                let time = Double(frame) / rate
                if filter.add(time < 2 ? sure(0) : sure(1), time: time).hasChanged { changes.append(time) }
            }
            #expect(changes.count == 2)
            return try #require(changes.last) - 2
        }
        let seconds = try delay(rate)
        #expect(seconds > 0.3 && seconds < 1.5, "\(seconds) s")
        #expect(abs(seconds - (try delay(200))) <= 1 / rate)
    }

    /// Frames that come twice as often, each said twice, change nothing.
    @Test func timeCountsNotFrames() {
        var once = MoodFilter(), twice = MoodFilter(), mood = once.add(happy, time: 0),
            other = twice.add(happy, time: 0)
        for frame in 1..<40 {
            let look = frame % 7 < 3 ? sad : happy, time = Double(frame) / 10
            mood = once.add(look, time: time)
            _ = twice.add(look, time: time - 0.05)
            other = twice.add(look, time: time)
            #expect(mood.label == other.label)
            #expect(zip(mood.probabilities, other.probabilities).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }

    /// Who sees the same all the time is no surer than after one look.
    @Test func probabilitiesMeanWhatTheNetworkMeans() {
        var filter = MoodFilter()
        for frame in 0..<300 {
            let mood = filter.add(sad, time: Double(frame) / 30)
            #expect(zip(mood.probabilities, sad).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }

    @Test(arguments: [3, 8, 50]) func aSureLookStaysSure(_ classes: Int) {
        let sure = (0..<classes).map { $0 == 1 ? 0.999 : 0.001 / Float(classes - 1) }
        var filter = MoodFilter()
        for frame in 0..<300 {
            let mood = filter.add(sure, time: Double(frame) / 30)
            #expect(mood.confidence > 0.99 && mood.label == 1)
        }
    }

    @Test func withoutATimeEachFrameStandsForItself() {
        var options = MoodFilter.Options()
        options.timeConstant = 0
        var filter = MoodFilter(options)
        for frame in 0..<20 {
            let mood = filter.add(frame % 2 == 0 ? happy : sad, time: Double(frame) / 30)
            #expect(mood.label == (frame % 2 == 0 ? 1 : 2) && mood.hasChanged)
            #expect(mood.probabilities == (frame % 2 == 0 ? happy : sad))
        }
    }

    /// Times that stand still or go back are no trap, nor is a probability of nothing.
    @Test func oddTimesAndProbabilities() {
        var filter = MoodFilter()
        for time in [3.0, 3, 2, 5, 5] {
            let mood = filter.add([0, 1, 0], time: time)
            #expect(mood.label == 1 && mood.probabilities.allSatisfy(\.isFinite))
        }
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
        // Without a time each look stands for itself, also two at once.
        var plain = WarningFilter(timeConstant: 0)
        for (warnings, time) in [([.doubtful], 1), ([.doubtful], 1), ([], 2), ([.doubtful], 2)]
            as [([FaceWarning], Double)]
        {
            plain.add(warnings, time: time)
            #expect(plain.shown == warnings)
        }
        var first = WarningFilter(timeConstant: 0.4)
        first.add([.small], time: 7)
        #expect(first.shown == [.small], "a single look counts")
    }
}
