import Emotions

/// Which songs suit a feeling.
public enum MoodMode: String, CaseIterable, Sendable {
    /// Songs that feel as you do.
    case match
    /// Songs towards feeling better.
    case lift
    /// From `match` to `lift`, song by song.
    case path
    /// Songs that feel more so than you do.
    case amplify
    /// Company for what you feel that gives heart: songs of courage, comfort and hope.
    case company
}

/// What one song of a list is looked for by.
struct MoodTarget: Hashable {
    /// The nearest one counts.
    var points: [MoodPoint]
    /// How much it counts that a song is said to suit each emotion; 1 is completely.
    var labels: [Double]
    /// 0 where labels do not count.
    var labelShare = 1.0
    /// Added for songs that are about neither courage nor comfort nor hope, and those without labels.
    var heartless = 0.0
    /// The emotion of several that this song is for.
    var emotion: Emotion

    /// Songs near another song.
    static func like(_ mood: MoodPoint) -> MoodTarget {
        MoodTarget(points: [mood], labels: Emotion.allCases.map { _ in 0 }, labelShare: 0, emotion: .neutral)
    }
}

/// The targets of a list of songs, one by one.
///
/// Of several emotions each gets its share of the list, and songs of its own: a point between sadness and anger is
/// neither.
struct MoodPlan {
    private let shares: [(emotion: Emotion, share: Double)]
    private let emotions: EmotionVector
    private let mode: MoodMode
    private let count: Int
    private let map: MoodMap

    /// An emotion with a smaller share is what a program that reads faces always sees a little of.
    static let leastShare = 0.08

    init(_ emotions: EmotionVector, mode: MoodMode, count: Int, map: MoodMap) {
        self.emotions = emotions
        self.mode = mode
        self.count = count
        self.map = map
        let strongest = emotions.strongest
        let kept = Emotion.allCases.filter { emotions[$0] >= MoodPlan.leastShare || $0 == strongest }
        let sum = kept.reduce(0) { $0 + emotions[$1] }
        shares = kept.map { ($0, emotions[$0] / sum) }.sorted { $0.share > $1.share }
    }

    /// In order: at each place the emotion that is furthest behind its share comes.
    var targets: [MoodTarget] {
        var given = shares.map { _ in 0.0 }
        return (0..<count).map { position in
            let behind = shares.indices.map { shares[$0].share * Double(position + 1) - given[$0] }
            let next = behind.indices.reduce(0) { behind[$1] > behind[$0] + 1e-9 ? $1 : $0 }
            given[next] += 1
            return target(shares[next].emotion, position)
        }
    }

    private func target(_ emotion: Emotion, _ position: Int) -> MoodTarget {
        let index = emotion.rawValue
        switch mode {
        case .match: return MoodTarget(points: map.match[index], labels: labels(emotion), emotion: emotion)
        case .lift:
            return MoodTarget(
                points: map.lift[index], labels: uplifting(emotion),
                heartless: emotion == .fear ? map.ranking.fearTheme : 0, emotion: emotion)
        case .company:
            return MoodTarget(
                points: map.match[index] + map.lift[index], labels: labels(emotion),
                heartless: map.ranking.companyTheme, emotion: emotion)
        case .amplify:
            let neutral = map.center(map.match, .neutral)
            let points = map.match[index].map {
                emotion == .neutral ? $0 : neutral.moved(towards: $0, share: map.ranking.amplifyGain).clamped
            }
            return MoodTarget(points: points, labels: labels(emotion), emotion: emotion)
        case .path:
            // One walk, from where all the emotions together are.
            let share = count > 1 ? Double(position) / Double(count - 1) : 0
            let point = map.blend(map.match, emotions).moved(towards: map.blend(map.lift, emotions), share: share)
            let strongest = shares[0].emotion
            let start = Emotion.allCases.map { emotions[$0] / emotions[strongest] }
            let labels = zip(start, uplifting(strongest)).map { (1 - share) * $0 + share * $1 }
            return MoodTarget(points: [point], labels: labels, labelShare: 0.5, emotion: strongest)
        }
    }

    /// Labels of one emotion; the others felt count a little. Nobody labels contempt: what is done with something comes
    /// near it.
    private func labels(_ emotion: Emotion) -> [Double] {
        Emotion.allCases.map { other in
            if other == emotion { return 1 }
            if emotion == .contempt, other == .disgust { return 1 }
            return 0.3 * min(1, emotions[other])
        }
    }

    /// What songs that lift are said to suit: an uplifting emotion, or nearly as well the listener's own, as songs of
    /// courage do fear.
    private func uplifting(_ emotion: Emotion) -> [Double] {
        Emotion.allCases.map { $0.traits.isUplifting ? 1 : $0 == emotion ? 0.9 : 0 }
    }
}

/// How the mood that a list leads to differs from the listener's, for the words in which it is said.
enum MoodChange {
    case none, brighter, calmer

    init(_ request: RecommendationRequest, map: MoodMap) {
        let start = map.blend(map.match, request.emotions), end: MoodPoint
        switch request.mode {
        case .match, .company: end = start
        case .lift, .path: end = map.blend(map.lift, request.emotions)
        case .amplify:
            let neutral = map.center(map.match, .neutral)
            end = neutral.moved(towards: start, share: map.ranking.amplifyGain)
        }
        let gain = end.valence - start.valence, rest = start.energy - end.energy
        if abs(gain) < 0.02, abs(rest) < 0.02 {
            self = .none
        } else {
            self = rest >= 0.1 && rest > gain ? .calmer : .brighter
        }
    }
}
