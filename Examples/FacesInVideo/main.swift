// Follows the faces of a video, stream or camera (0) and prints who comes, who goes, and whenever a mood changes:
//
//     swift run -c release FacesInVideo ../Checkpoints/ferplus-vgg.h5 clip.mp4
import EmotionRecognition
import FaceVision
import Glibc
import NeuralNet

guard CommandLine.arguments.count == 3 else {
    print("FacesInVideo MODEL SOURCE")
    exit(CommandLine.arguments.count == 1 ? 0 : 64)
}
let threads = ThreadPool()
let model = try EmotionModel(reading: CommandLine.arguments[1])
let search = try FaceSearch(named: "auto", DetectorSettings(), threads: threads)
let recogniser = LiveRecogniser(try FaceReader(EmotionRecogniser(model, threads: threads), search: search))

for try await result in recogniser.results(from: try FrameSources.open(CommandLine.arguments[2])) {
    for event in result.events {
        switch event {
        case .appeared(let face): print("\(result.time) s: face \(face) appeared")
        case .left(let face): print("\(result.time) s: face \(face) left")
        case .moodChanged(let face, _, let mood):
            print("\(result.time) s: face \(face) is \(recogniser.classNames[mood])")
        }
    }
}
