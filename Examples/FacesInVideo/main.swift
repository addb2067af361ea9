// Follows the faces of a video, stream or camera (0) and prints whenever a mood changes:
//
//     swift run -c release FacesInVideo ../Checkpoints/fer2013-cnn.h5 clip.mp4
import EmotionRecognition
import FaceVision
import NeuralNet

guard CommandLine.arguments.count == 3 else {
    print("FacesInVideo MODEL SOURCE")
    exit(CommandLine.arguments.count == 1 ? 0 : 64)
}
let threads = ThreadPool()
let model = try EmotionModel(reading: CommandLine.arguments[1])
let detector = try HaarCascadeDetector(cascade: .frontalFace(), threads: threads)
let reader = try FaceReader(EmotionRecogniser(model, threads: threads), detector: detector)
let recogniser = LiveRecogniser(reader)

for try await result in recogniser.results(from: try FrameSources.open(CommandLine.arguments[2])) {
    for case .moodChanged(let face, _, let mood) in result.events {
        print("\(result.time) s: face \(face) is \(recogniser.classNames[mood])")
    }
}
