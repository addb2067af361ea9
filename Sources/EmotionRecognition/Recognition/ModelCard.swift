import Files
import JSON
import JSONCoding
import NeuralNet

/// What a model file says about its model: how to feed it, what its outputs mean, how it came about.
public struct ModelCard: Sendable, Equatable, Codable {
    /// Results on one split of a data set.
    public struct Result: Sendable, Equatable, Codable {
        public var split: String
        public var count: Int
        public var accuracy: Double
        public var macroF1: Double

        public init(split: String, count: Int, accuracy: Double, macroF1: Double) {
            self.split = split
            self.count = count
            self.accuracy = accuracy
            self.macroF1 = macroF1
        }
    }

    /// How a model was trained.
    public struct Training: Sendable, Equatable, Codable {
        public var recipe: TrainingRecipe
        public var dataFingerprint: String
        /// Of the teacher's weights; nil without a teacher.
        public var teacherFingerprint: String?
        /// Of the weights that the run started from; nil for random ones.
        public var baseFingerprint: String?
        public var trainingCount: Int
        /// The epoch whose weights these are.
        public var epoch: Int
        /// Of training, over all interruptions, and what each epoch brought; also of the epochs after `epoch`.
        public var seconds: Double
        public var threads: Int
        public var history: [EpochRecord]
        /// When the run began and when this file was written, UTC; nil in old files, as is the machine.
        public var started: String?
        public var written: String?
        public var machine: String?
    }

    public var program = "fermusic \(Fermusic.version)"
    public var classNames: [String]
    public var input: InputFormat
    /// What makes the confidence mean what it says; see `TemperatureScaling`. nil: not calibrated.
    public var temperature: Float?
    /// The probability from which on an answer is certain, see `Certainty`; nil: not fitted.
    public var certaintyThreshold: Float?
    public var results: [Result] = []
    public var training: Training?

    public init(classNames: [String], input: InputFormat) {
        self.classNames = classNames
        self.input = input
    }

    /// Reads what `ModelFile` found in the group `fermusic`. Throws `RecognitionError.file`.
    public init(json: JSONValue, path: String) throws {
        do {
            self = try JSONValue.decode(ModelCard.self, from: json.text())
            if let temperature, !(temperature >= 0.05 && temperature <= 20) {
                throw RecognitionError.file(path: path, place: "fermusic", reason: "a temperature of \(temperature)")
            }
            if let light = input.light, !light.isValid {
                throw RecognitionError.file(path: path, place: "fermusic", reason: "a light that no picture has")
            }
            if let threshold = certaintyThreshold, !(threshold >= 0 && threshold <= 1) {
                throw RecognitionError.file(path: path, place: "fermusic", reason: "a certainty of \(threshold)")
            }
            if let seconds = training?.seconds, !(seconds >= 0 && seconds <= 1e10) {
                throw RecognitionError.file(path: path, place: "fermusic", reason: "a training of \(seconds) seconds")
            }
        } catch let error as RecognitionError {
            throw error
        } catch {
            throw RecognitionError.file(path: path, place: "fermusic", reason: "the model's description is damaged")
        }
    }

    /// When the model's answers are certain.
    public var certainty: Certainty { certaintyThreshold.map(Certainty.init(threshold:)) ?? .usual }

    var json: JSONValue {
        get throws { try JSONValue(parsing: JSONValue.encode(self)) }
    }
}
