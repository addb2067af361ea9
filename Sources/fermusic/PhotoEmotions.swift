import EmotionRecognition
import Emotions
import FaceVision
import NeuralNet
import Terminal

/// What a face in a picture feels.
enum PhotoEmotions {
    /// The probabilities that a model gives for the largest face in a picture. Throws what reading model and picture
    /// throw, and `NoFace`.
    static func read(_ path: String, _ arguments: Arguments, _ console: Console) throws -> EmotionVector {
        let modelPath = try SharedOptions.modelPath(arguments)
        let model = try EmotionModel(reading: modelPath)
        let readers = try FaceReaders(model, arguments, SharedOptions.threadPool(arguments), options: .init())
        // As `predict` decodes it.
        let image = try ImageFile.read(path, grayscale: !readers.needsColor)
        guard let face = try readers.read(image).first else { throw NoFace(path: path) }
        let vector = try vector(face.probabilities, names: model.card.classNames, modelPath)
        try console.errors.line("\(printable(path)): \(vector.text)")
        return vector
    }

    /// A picture without a face.
    struct NoFace: Error, CustomStringConvertible {
        var path: String
        var description: String { "\(path): no face found; \(FaceText.noFaceHint)" }
    }

    /// A model's outputs as emotions, by their names. Throws `RecognitionError.file` if they are no emotions.
    static func vector(_ probabilities: [Float], names: [String], _ model: String) throws -> EmotionVector {
        var weights = Emotion.allCases.map { _ in 0.0 }
        for (name, probability) in zip(names, probabilities) {
            guard let emotion = Emotion(name: name) else {
                throw RecognitionError.file(path: model, reason: "its output '\(name)' is no emotion")
            }
            weights[emotion.rawValue] += Double(probability)
        }
        guard let vector = EmotionVector(weights: weights) else {
            throw RecognitionError.file(path: model, reason: "its outputs are no probabilities")
        }
        return vector
    }
}
