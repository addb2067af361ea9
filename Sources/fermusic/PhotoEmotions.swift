import EmotionRecognition
import Emotions
import FaceVision
import Files
import NeuralNet
import Terminal

/// What a face in a picture feels.
enum PhotoEmotions {
    static let model = Option<Path?>(
        "model", short: "m", help: "The model that looks at the photo; the one that comes with fermusic by default.")

    /// The probabilities that a model gives for the face that fills a picture. Throws what reading model and picture
    /// throw.
    static func read(_ path: String, _ arguments: Arguments, _ console: Console) throws -> EmotionVector {
        let image = try ImageFile.read(path)
        guard
            let modelPath = arguments[model]?.string
                ?? ProgramFile.path("fer2013-cnn.h5", checkoutFolder: "Checkpoints")
        else { throw UsageError.missingOption("--model") }
        let emotionModel = try EmotionModel(reading: modelPath)
        let recogniser = try EmotionRecogniser(
            emotionModel, batchSize: 1, threads: SharedOptions.threadPool(arguments))
        let result = recogniser.recognise([image])[0]
        let vector = try vector(result.probabilities, names: emotionModel.card.classNames, modelPath)
        try console.errors.line("\(printable(path)): \(vector.text)")
        return vector
    }

    /// A model's outputs as emotions, by their names. Throws `NeuralNetError.file` if they are no emotions.
    static func vector(_ probabilities: [Float], names: [String], _ model: String) throws -> EmotionVector {
        var weights = Emotion.allCases.map { _ in 0.0 }
        for (name, probability) in zip(names, probabilities) {
            guard let emotion = Emotion(name: name) else {
                throw NeuralNetError.file(path: model, place: nil, reason: "its output '\(name)' is no emotion")
            }
            weights[emotion.rawValue] += Double(probability)
        }
        guard let vector = EmotionVector(weights: weights) else {
            throw NeuralNetError.file(path: model, place: nil, reason: "its outputs are no probabilities")
        }
        return vector
    }
}
