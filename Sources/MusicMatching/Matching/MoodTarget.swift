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
    /// How much it counts that a song is said to suit an emotion.
    var labels: EmotionVector
    /// 0 where labels do not count.
    var labelShare: Double

    /// The targets of a list of songs, in order.
    static func targets(_ emotions: EmotionVector, mode: MoodMode, count: Int, map: MoodMap) -> [MoodTarget] {
        let match = map.blend(map.match, emotions)
        let lift = map.blend(map.lift, emotions)
        let neutral = map.match[Emotion.neutral.rawValue]
        return (0..<count).map { position in
            switch mode {
            case .match: return MoodTarget(point: match, labels: emotions, labelShare: 1)
            case .lift: return MoodTarget(point: lift, labels: emotions, labelShare: 0)
            case .amplify:
                let point = neutral.moved(towards: match, share: map.ranking.amplifyGain).clamped
                return MoodTarget(point: point, labels: emotions, labelShare: 1)
            case .path:
                let share = count > 1 ? Double(position) / Double(count - 1) : 0
                return MoodTarget(
                    point: match.moved(towards: lift, share: share), labels: emotions, labelShare: 1 - share)
            }
        }
    }

    /// Songs near another song.
    static func targets(like mood: MoodPoint, count: Int) -> [MoodTarget] {
        Array(repeating: MoodTarget(point: mood, labels: EmotionVector(.neutral), labelShare: 0), count: count)
    }
}
