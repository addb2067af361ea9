// Finds faces in the pictures named line by line on standard input, one line of JSON each, as mtcnn_peer.py --serve does.
//
//     mtcnn-serve [threads] [repetitions]

import FaceVision
import Glibc
import NeuralNet

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let threads = ThreadPool(threads: arguments.first ?? ThreadPool.availableProcessors)
let repetitions = arguments.dropFirst().first ?? 1
let detector = try MTCNNDetector(weights: MTCNNWeights(), threads: threads)

while let path = readLine() {
    let image = try ImageFile.read(path)
    var faces: [DetectedFace] = []
    var milliseconds: [Double] = []
    for _ in 0...repetitions {
        let start = ContinuousClock.now
        faces = try detector.detect(in: image)
        milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
    }
    let list = faces.map { face in
        let box = [face.box.x, face.box.y, face.box.width, face.box.height]
        let named = face.landmarks.map {
            [
                ("left_eye", $0.leftEye), ("right_eye", $0.rightEye), ("nose", $0.nose),
                ("mouth_left", $0.mouthLeft), ("mouth_right", $0.mouthRight),
            ]
        }
        let points = (named ?? []).map { "\"\($0)\": [\($1.x), \($1.y)]" }.joined(separator: ", ")
        return "{\"box\": \(box), \"confidence\": \(face.confidence), \"landmarks\": {\(points)}}"
    }
    print("{\"faces\": [\(list.joined(separator: ", "))], \"milliseconds\": \(milliseconds.dropFirst().map { $0 })}")
    fflush(nil)
}
