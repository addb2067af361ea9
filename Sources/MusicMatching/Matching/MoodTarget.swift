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
}

/// What one song of a list is looked for by.
struct MoodTarget: Equatable {
    var point: MoodPoint
    /// How much it counts that a song is said to suit each emotion; with 1 in all it does completely.
    var labels: [Double]
    /// 0 where labels do not count.
    var labelShare = 1.0

    /// What songs that lift are said to suit.
    private static let uplifting = Emotion.allCases.map { $0.traits.isUplifting ? 1.0 : 0 }

    /// The targets of a list of songs, in order.
    static func targets(_ emotions: EmotionVector, mode: MoodMode, count: Int, map: MoodMap) -> [MoodTarget] {
        let match = map.blend(map.match, emotions)
        let lift = map.blend(map.lift, emotions)
        let neutral = map.match[Emotion.neutral.rawValue]
        let labels = Emotion.allCases.map { emotions[$0] }
        return (0..<count).map { position in
            switch mode {
            case .match: return MoodTarget(point: match, labels: labels)
            case .lift: return MoodTarget(point: lift, labels: uplifting)
            case .amplify:
                let point = neutral.moved(towards: match, share: map.ranking.amplifyGain).clamped
                return MoodTarget(point: point, labels: labels)
            case .path:
                let share = count > 1 ? Double(position) / Double(count - 1) : 0
                return MoodTarget(
                    point: match.moved(towards: lift, share: share),
                    labels: zip(labels, uplifting).map { (1 - share) * $0 + share * $1 })
            }
        }
    }

    /// Songs near another song.
    static func targets(like mood: MoodPoint, count: Int) -> [MoodTarget] {
        let labels = Emotion.allCases.map { _ in 0.0 }
        return Array(repeating: MoodTarget(point: mood, labels: labels, labelShare: 0), count: count)
    }
}

/// How the mood that a list leads to differs from the listener's, for the words in which it is said.
enum MoodChange {
    case none, brighter, calmer

    init(_ request: RecommendationRequest, _ targets: [MoodTarget], map: MoodMap) {
        let start = map.mood(of: request.emotions)
        let end = request.mode == .path ? map.blend(map.lift, request.emotions) : targets.last?.point ?? start
        let gain = end.valence - start.valence, rest = start.energy - end.energy
        if abs(gain) < 0.02, abs(rest) < 0.02 {
            self = .none
        } else {
            self = rest >= 0.1 && rest > gain ? .calmer : .brighter
        }
    }
}
