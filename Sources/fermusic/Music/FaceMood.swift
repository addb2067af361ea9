import EmotionRecognition
import Emotions
import FaceVision
import NeuralNet
import Terminal

/// What faces feel, in a picture or over some seconds before a camera.
struct FaceMood {
    /// Seconds of faces before a camera that are averaged.
    private static let seconds = 3.0
    /// Seconds in which a face must come.
    private static let patience = 15.0

    /// A picture without a face.
    struct NoFace: Error, CustomStringConvertible {
        var path: String
        var description: String { "\(path): no face found; \(FaceText.noFaceHint)" }
    }

    private let reader: FaceReader
    private let classes: EmotionClasses
    private let modelPath: String

    /// Throws what reading a model throws, `RecognitionError.file` if its classes are no emotions, and what
    /// `FaceOptions.reader` throws.
    init(_ a: Arguments) throws {
        modelPath = try SharedOptions.modelPath(a)
        let model = try EmotionModel(reading: modelPath)
        classes = try FaceMood.classes(of: model, modelPath)
        reader = try FaceOptions.reader(model, a)
    }

    /// Throws `RecognitionError.file` if they are no emotions.
    static func classes(of model: EmotionModel, _ path: String) throws -> EmotionClasses {
        do throws(EmotionClasses.NoEmotion) {
            return try EmotionClasses(model.card.classNames)
        } catch {
            throw RecognitionError.file(path: path, reason: "\(error)")
        }
    }

    /// Of the largest face in a picture. Throws what reading the picture throws, and `NoFace`.
    func inPicture(_ path: String, _ console: Console) throws -> EmotionVector {
        let image = try ImageFile.read(path, grayscale: !reader.needsColor)
        guard let face = try reader.read(image).first else { throw NoFace(path: path) }
        return try told(face.probabilities, path, console)
    }

    /// The mean of what a camera saw; of several faces together, see `GroupMood`. Throws what the camera throws, and
    /// `NoFace`.
    func beforeCamera(_ address: String, _ console: Console) throws -> EmotionVector {
        let options = FaceOptions.capture(needsColor: reader.needsColor, SignalWatcher.start())
        let source = try FrameSources.open(address, options: options)
        try console.errors.line("watching \(printable(source.description)) for \(Int(FaceMood.seconds)) s")
        var tracker = MoodTracker()
        var sums = classes.names.map { _ in Float(0) }
        var firstSeen: Double?
        while let frame = try source.next() {
            if let group = try tracker.process(frame, using: reader).group {
                firstSeen = firstSeen ?? frame.time
                for (index, probability) in group.probabilities.enumerated() { sums[index] += probability }
            }
            if let firstSeen, frame.time - firstSeen >= FaceMood.seconds { break }
            if firstSeen == nil, frame.time > FaceMood.patience { break }
        }
        guard firstSeen != nil else { throw NoFace(path: address) }
        return try told(sums, address, console)
    }

    private func told(_ probabilities: [Float], _ source: String, _ console: Console) throws -> EmotionVector {
        guard let vector = classes.vector(probabilities) else {
            throw RecognitionError.file(path: modelPath, reason: "its outputs are no probabilities")
        }
        try console.errors.line("\(printable(source)): \(vector.text)")
        return vector
    }
}
