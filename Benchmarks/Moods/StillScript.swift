import Glibc
import Randomness

/// What a clip shows when: pictures of one mood one after the other, then of another mood.
struct StillScript {
    /// A picture that is looked at from `start` on, seconds.
    struct Still {
        var start: Double
        /// Place among the pictures.
        var picture: Int
        /// Place among the moods.
        var mood: Int
    }

    private(set) var stills: [Still] = []
    private(set) var duration = 0.0

    /// Moods last three to eight seconds, looks 0.15 to 1.5 s: what a mouth does while it speaks, and what a face does
    /// in between.
    ///
    /// - Parameters:
    ///   - pictures: of each mood.
    ///   - seconds: the clip ends with the mood that is shown then.
    init(pictures: [[Int]], seconds: Double, random: inout RandomGenerator) {
        var mood = random.integer(below: pictures.count)
        while duration < seconds {
            let end = duration + Double(random.uniform(in: 3...8))
            while duration < end {
                let picture = pictures[mood][random.integer(below: pictures[mood].count)]
                stills.append(Still(start: duration, picture: picture, mood: mood))
                let share = Double(random.uniform())
                // Short looks are more frequent, but take no more of the time.
                duration += 0.15 * pow(10, share)
            }
            mood = (mood + 1 + random.integer(below: pictures.count - 1)) % pictures.count
        }
    }

    /// The mood that is shown from each of these times on.
    var moods: [(start: Double, mood: Int)] {
        var result: [(start: Double, mood: Int)] = []
        for still in stills where result.last?.mood != still.mood { result.append((still.start, still.mood)) }
        return result
    }

    /// The pictures that are seen at `time` and how much of the second: one turns into the next within 0.12 s.
    func look(at time: Double) -> (from: Int, to: Int, share: Double) {
        let index = max(0, (stills.firstIndex { $0.start > time } ?? stills.count) - 1)
        let still = stills[index]
        guard index > 0 else { return (still.picture, still.picture, 1) }
        return (stills[index - 1].picture, still.picture, min(1, (time - still.start) / 0.12))
    }
}
