import EmotionRecognition
import MusicMatching

extension FrameJSON {
    /// With moods where the map has them.
    public init(_ classNames: [String], _ moodMap: MoodMap) {
        self.init(classNames: classNames) { emotions in
            let point = moodMap.mood(of: emotions)
            return (point.valence, point.energy)
        }
    }
}
