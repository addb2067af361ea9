import Files
import JSON
import JSONCoding
import NeuralNet

/// What a model file says about its model: how to feed it, what its outputs mean, how it came about.
public struct ModelCard: Sendable, Equatable, Codable {
    /// Results on one split of a data set.
    public struct Result: Sendable, Equatable, Codable {
        /// The part of the data set, as `FaceDataset.Split` names it.
        public var split: String
        /// Pictures.
        public var count: Int
        /// Share of right answers, 0...1.
        public var accuracy: Double
        /// The mean of the classes' F1, 0...1.
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
        /// All settings of the run.
        public var recipe: TrainingRecipe
        /// Of the data, see `FaceDataset.trainingFingerprint`.
        public var dataFingerprint: String
        /// Of the teacher's weights; nil without a teacher.
        public var teacherFingerprint: String?
        /// Of the weights that the run started from; nil for random ones.
        public var baseFingerprint: String?
        /// Pictures that were trained on.
        public var trainingCount: Int
        /// The epoch whose weights these are.
        public var epoch: Int
        /// Of training, over all interruptions, and what each epoch brought; also of the epochs after `epoch`.
        public var seconds: Double
        /// The bits of the weights depend on it, since sums are split between threads.
        public var threads: Int
        /// One record per epoch.
        public var history: [EpochRecord]
        /// When the run began and when this file was written, UTC; nil in old files, as is the machine.
        public var started: String?
        /// When this file was written, UTC.
        public var written: String?
        public var machine: String?
    }

    /// What wrote the file.
    public var program = "fermusic \(Fermusic.version)"
    /// What the outputs mean, in order.
    public var classNames: [String]
    /// What the network wants of pictures.
    public var input: InputFormat
    /// What makes the confidence mean what it says; see `TemperatureScaling`. nil: not calibrated.
    public var temperature: Float?
    /// The probability from which on an answer is certain, see `Certainty`; nil: not fitted.
    public var certaintyThreshold: Float?
    /// On the splits that the model was measured on; empty for none.
    public var results: [Result] = []
    /// Nil for models that this program did not train.
    public var training: Training?

    /// A card that says only what is needed to use a model.
    public init(classNames: [String], input: InputFormat) {
        self.classNames = classNames
        self.input = input
    }

    /// Reads what `ModelFile` found in the group `fermusic`. Throws `RecognitionError.file`.
    public init(json: JSONValue, path: String) throws {
        do {
            self = try JSONValue.decode(ModelCard.self, from: json.text())
            if let problem { throw RecognitionError.file(path: path, place: "fermusic", reason: problem) }
        } catch let error as RecognitionError {
            throw error
        } catch {
            throw RecognitionError.file(path: path, place: "fermusic", reason: "the model's description is damaged")
        }
    }

    /// Which of its numbers is impossible; nil if none is.
    private var problem: String? {
        if let temperature, !(temperature >= 0.05 && temperature <= 20) { return "a temperature of \(temperature)" }
        if let light = input.light, !light.isValid { return "a light that no picture has" }
        if let threshold = certaintyThreshold, !(threshold >= 0 && threshold <= 1) {
            return "a certainty of \(threshold)"
        }
        if let seconds = training?.seconds, !(seconds >= 0 && seconds <= 1e10) {
            return "a training of \(seconds) seconds"
        }
        return nil
    }

    /// What cannot be right about it as the card of a network; nil if nothing is wrong.
    func problem(with model: Model) -> String? {
        guard model.inputShapes.count == 1, model.outputShapes.count == 1, model.outputShapes[0].count == 1 else {
            return "inputs \(model.inputShapes) and outputs \(model.outputShapes) are not one picture and its classes"
        }
        let shape = [input.height, input.width, input.channels], classes = model.outputShapes[0][0]
        guard model.inputShapes[0] == shape, [1, 3].contains(input.channels) else {
            return "an input of \(model.inputShapes[0]) for pictures of \(shape), with 1 or 3 channels"
        }
        guard classNames.count == classes else { return "\(classNames.count) labels for \(classes) outputs" }
        if let size = input.pictureSize, size < max(shape[0], shape[1]) || size > InputFormat.largestPicture {
            return "pictures of \(size) pixels for a network that sees \(shape[1])x\(shape[0])"
        }
        guard [input.black, input.white].allSatisfy({ abs($0) <= InputFormat.largestValue }),
            input.black != input.white
        else { return "black and white pixels that become \(input.black) and \(input.white)" }
        return problem
    }

    /// When the model's answers are certain.
    public var certainty: Certainty { certaintyThreshold.map(Certainty.init(threshold:)) ?? .usual }

    var json: JSONValue {
        get throws { try JSONValue(parsing: JSONValue.encode(self)) }
    }
}
