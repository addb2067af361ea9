import EmotionRecognition
import Emotions
import FaceVision
import Randomness

/// Writes a video of one drawn face that stands still, 25 frames a second.
func writeClip(_ path: String, frames: Int = 10) throws {
    var random = RandomGenerator(seed: 4)
    let face = SyntheticFaces().draw(.happy, size: 96, random: &random)
    let writer = try VideoWriter(path, encoders: ["mjpeg"])
    for index in 0..<frames { try writer.append(face, at: Double(index) / 25) }
    try writer.finish()
}

/// Writes a video of drawn faces one after the other, each so many seconds, ten frames a second.
func writeClip(_ path: String, of faces: [(emotion: Emotion, seconds: Int)]) throws {
    let writer = try VideoWriter(path, encoders: ["mjpeg"])
    var frames = 0
    for (emotion, seconds) in faces {
        var random = RandomGenerator(seed: 4)
        let face = SyntheticFaces().draw(emotion, size: 96, random: &random)
        for _ in 0..<10 * seconds {
            try writer.append(face, at: Double(frames) / 10)
            frames += 1
        }
    }
    try writer.finish()
}
