import EmotionRecognition
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
