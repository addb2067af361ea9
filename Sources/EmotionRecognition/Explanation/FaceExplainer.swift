import FaceVision
import NeuralNet
import Threads

/// Shows what in a face makes a network name an emotion. For one thread at a time.
public final class FaceExplainer {
    /// What was found out about one face.
    public struct Explanation: Sendable {
        /// Where the face is in the photo, and what the network says about it.
        public var reading: FaceReading
        /// What the network saw of the photo; nil if that is the whole, squeezed into a square.
        public var square: FaceSquare?
        /// The class that the heat speaks for.
        public var label: Int
        /// Over what the network sees.
        public var heat: GradCAM.Map

        /// The face in the photo, in pixels.
        public var box: Rectangle { reading.box }
        /// In the order of the model's classes.
        public var probabilities: [Float] { reading.probabilities }
    }

    /// The model that is explained.
    public var emotionModel: EmotionModel { reader.recogniser.emotionModel }
    /// The layer whose activations are looked at, and their width and height.
    public var layer: (name: String, height: Int, width: Int) {
        let node = emotionModel.model.nodes[cam.node]
        return (node.layer.name, node.outputShape[0], node.outputShape[1])
    }

    private let cam: GradCAM
    private let reader: FaceReader

    /// Explains what the reader reads; its groups don't count. `layer` names another layer than the usual one. Throws
    /// `RecognitionError`.
    public init(_ reader: FaceReader, layer: String? = nil, threads: ThreadPool) throws {
        self.reader = reader
        cam = try GradCAM(reader.recogniser.emotionModel.model, layer: layer, threads: threads)
    }

    /// Without a detector each picture is taken to be one face. The framing is the detector's own unless given. Throws
    /// `RecognitionError`.
    public convenience init(
        _ emotionModel: EmotionModel, detector: (any FaceDetector)?, layer: String? = nil,
        framing: FaceFraming? = nil, threads: ThreadPool
    ) throws {
        var options = FaceReader.Options()
        options.framing = framing
        let recogniser = try EmotionRecogniser(emotionModel, batchSize: 1, threads: threads)
        try self.init(FaceReader(recogniser, detector: detector, options: options), layer: layer, threads: threads)
    }

    /// All faces, the largest first. `label` is the class to explain; for each face its most probable one by default.
    /// Throws what the detector throws, and `NeuralNetError.incompatibleData` for a class that the model lacks.
    public func explain(_ photo: Image, label: Int? = nil) throws -> [Explanation] {
        let found = try reader.find(photo)
        return try zip(found, reader.recognise(found)).map { face, reading in
            let result = try cam.map(reader.recogniser.input(of: face.picture), class: label)
            return Explanation(reading: reading, square: face.square, label: result.label, heat: result.map)
        }
    }
}
