/// How steady and how quick the shown moods are.
struct MoodScore {
    /// What is known about one frame.
    struct Shown {
        var time: Double
        /// nil while no face is shown.
        var label: Int?
        var isUncertain = false
    }

    private(set) var minutes = 0.0
    /// Changes of the label, and those that are not the first to the mood that has begun.
    private(set) var changes = 0
    private(set) var falseChanges = 0
    /// Seconds from each change of mood until it is shown; infinite where it never is.
    private(set) var delays: [Double] = []
    private(set) var frames = 0
    private(set) var right = 0
    private(set) var certain = 0
    private(set) var certainAndRight = 0

    /// Adds a clip of which `moods` are known. An empty list: nothing is known, only changes are counted.
    mutating func add(_ shown: [Shown], moods: [(start: Double, mood: Int)], seconds: Double) {
        minutes += seconds / 60
        var label: Int?, segment = -1, seen = true
        for frame in shown {
            while segment + 1 < moods.count, moods[segment + 1].start <= frame.time {
                if !seen { delays.append(.infinity) }
                segment += 1
                // The first mood is no change.
                seen = segment == 0
            }
            guard let current = frame.label else { continue }
            let truth = segment >= 0 ? moods[segment].mood : nil
            let isChange = label != nil && current != label
            label = current
            if isChange { changes += 1 }
            if !seen, current == truth {
                delays.append(frame.time - moods[segment].start)
                seen = true
            } else if isChange {
                falseChanges += 1
            }
            frames += 1
            if current == truth { right += 1 }
            if !frame.isUncertain {
                certain += 1
                if current == truth { certainAndRight += 1 }
            }
        }
        if !seen { delays.append(.infinity) }
    }

    func delay(_ share: Double) -> Double {
        delays.isEmpty ? .nan : delays.sorted()[min(delays.count - 1, Int(share * Double(delays.count)))]
    }
}
