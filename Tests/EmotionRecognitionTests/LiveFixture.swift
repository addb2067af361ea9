import EmotionRecognition
import FaceVision
import NeuralNet

/// A small network with random weights, drawn faces, and a detector that says what a test tells it.
enum LiveFixture {
    static func recogniser(certaintyThreshold: Float? = nil) throws -> EmotionRecogniser {
        let model = try Model(
            input: [16, 16, 1],
            layers: [Conv2D(4, kernelSize: 3, activation: .relu), Flatten(), Dense(7, activation: .softmax)], seed: 5)
        var card = ModelCard(
            classNames: FaceDataset.standardClassNames, input: InputFormat(width: 16, height: 16))
        card.certaintyThreshold = certaintyThreshold
        return try EmotionRecogniser(
            try EmotionModel(model: model, card: card), batchSize: 4, threads: ThreadPool(threads: 1))
    }

    static func face(_ seed: UInt64, size: Int = 48) -> Image {
        var random = RandomGenerator(seed: seed)
        return SyntheticFaces().draw(.happy, size: size, random: &random)
    }

    static func frame(_ index: Int, rate: Double = 30) -> Frame {
        Frame(image: face(1, size: 96), time: Double(index) / rate, index: index, source: "test")
    }
}

/// Finds what it is told.
final class ScriptedDetector: FaceDetector {
    var boxes: [Rectangle] = []
    var score: Double?

    func detect(in image: Image, region: Rectangle?) throws -> [DetectedFace] {
        boxes.filter { box in region.map { $0.intersection(box).area > box.area * 0.99 } ?? true }
            .map { DetectedFace(box: $0, confidence: 1, score: score) }
    }
}
