import EmotionRecognition
import FaceVision

/// What a network says about the face of a clip from frame to frame, before anything is steadied.
struct Observations {
    struct Look {
        var time: Double
        /// nil while no face is seen.
        var face: (identity: Int, probabilities: [Float])?
    }

    var looks: [Look] = []
    /// The moods that are shown from each of these times on; none if nothing is known.
    var moods: [(start: Double, mood: Int)] = []
    var seconds = 0.0

    /// Looks at the largest face of each frame as `predict` does, found and followed.
    mutating func add(_ frame: Frame, _ tracker: inout MoodTracker, _ reader: FaceReader) throws {
        let faces = try tracker.process(frame, using: reader).faces.filter(\.isDetected)
        let face = faces.max { $0.box.area < $1.box.area }
        looks.append(Look(time: frame.time, face: face.map { ($0.identity ?? 0, $0.probabilities) }))
    }

    /// A tracker that steadies nothing.
    static var plainTracker: MoodTracker {
        var options = MoodTracker.Options()
        options.mood.timeConstant = 0
        return MoodTracker(options)
    }

    /// What is shown when a filter, made anew for each face, steadies it.
    func shown(
        by make: () -> ([Float], Double) -> (label: Int, confidence: Float), _ certainty: Certainty
    ) -> [MoodScore.Shown] {
        var identity: Int?, label: Int?, filter = make(), isUncertain = false
        return looks.map { look in
            guard let face = look.face else { return MoodScore.Shown(time: look.time, label: nil) }
            if face.identity != identity { (identity, filter, label) = (face.identity, make(), nil) }
            let answer = filter(face.probabilities, look.time)
            // As for faces that are followed: doubt lasts a little longer, but not for another mood or face.
            isUncertain = certainty.isUncertain(answer.confidence, before: answer.label == label && isUncertain)
            label = answer.label
            return MoodScore.Shown(time: look.time, label: answer.label, isUncertain: isUncertain)
        }
    }
}
