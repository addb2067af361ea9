import FaceVision
import NeuralNet
import Threads

/// Shows what in a face makes a network name an emotion. For one thread at a time.
public final class FaceExplainer {
    /// What was found out about one face.
    public struct Explanation: Sendable {
        /// Where the face is in the photo.
        public var box: Rectangle
        /// What the network saw of the photo; nil if that is the whole, squeezed into a square.
        public var square: FaceSquare?
        /// In the order of the model's classes.
        public var probabilities: [Float]
        /// The class that the heat speaks for.
        public var label: Int
        /// Over what the network sees.
        public var heat: GradCAM.Map
    }

    public let emotionModel: EmotionModel
    /// The layer whose activations are looked at, and their width and height.
    public var layer: (name: String, height: Int, width: Int) {
        let node = emotionModel.model.nodes[cam.node]
        return (node.layer.name, node.outputShape[0], node.outputShape[1])
    }

    private let cam: GradCAM
    private let recogniser: EmotionRecogniser
    private let detector: (any FaceDetector)?
    private let framing: FaceFraming

    /// Without a detector each picture is taken to be one face. `layer` names another layer than the usual one. The
    /// framing is the detector's own unless given.
    /// Throws `RecognitionError`.
    public init(
        _ emotionModel: EmotionModel, detector: (any FaceDetector)?, layer: String? = nil,
        framing: FaceFraming? = nil, threads: ThreadPool
    ) throws {
        self.emotionModel = emotionModel
        self.detector = detector
        self.framing = framing ?? detector?.framing ?? FaceFraming()
        cam = try GradCAM(emotionModel.model, layer: layer, threads: threads)
        recogniser = try EmotionRecogniser(emotionModel, batchSize: 1, threads: threads)
    }

    /// All faces, the largest first. `label` is the class to explain; for each face its most probable one by default.
    /// Throws what the detector throws.
    public func explain(_ photo: Image, label: Int? = nil) throws -> [Explanation] {
        guard let detector else {
            let box = Rectangle(x: 0, y: 0, width: Double(photo.width), height: Double(photo.height))
            return [explain(photo, box: box, square: nil, label: label)]
        }
        let size = emotionModel.card.input.scaledSize
        return try detector.detect(in: photo).sorted { $0.box.area > $1.box.area }.map { face in
            let crop = photo.face(
                in: face.box, landmarks: face.landmarks, framing: framing, size: max(size.width, size.height))
            return explain(
                crop, box: face.box, square: framing.square(around: face.box, landmarks: face.landmarks), label: label)
        }
    }

    private func explain(_ face: Image, box: Rectangle, square: FaceSquare?, label: Int?) -> Explanation {
        let result = cam.map(recogniser.input(of: face), class: label)
        let probabilities =
            emotionModel.card.temperature.map { TemperatureScaling.apply($0, to: result.output) } ?? result.output
        return Explanation(
            box: box, square: square, probabilities: probabilities, label: result.label, heat: result.map)
    }
}
