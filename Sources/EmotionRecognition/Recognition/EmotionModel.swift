import Files
import JSON
import NeuralNet

/// A network that names emotions, with what must be known to use it.
public struct EmotionModel: Sendable {
    /// One input, `[height, width, channels]`, and one output, `[classes]`.
    public let model: Model
    /// How to feed it, and what its outputs mean.
    public internal(set) var card: ModelCard
    /// What was noticed while the file was read, a line each.
    public internal(set) var notes: [Note] = []

    /// The model that comes with the program.
    public static let standardName = "ferplus-vgg.h5"

    /// Where it is; `nil` if it is not beside the program.
    public static var standardPath: String? { ProgramFile.path(standardName, checkoutFolder: "Checkpoints") }

    /// What the user says about files that do not say it themselves; what a file says counts more.
    public struct Hints: Sendable {
        /// What the bytes 0 and 255 become.
        public var inputRange: (black: Float, white: Float)?
        /// The names of the outputs, in order.
        public var classNames: [String]?
        /// Which of several outputs names the emotions.
        public var outputName: String?
        /// What the outputs are, where the last layer does not tell.
        public var outputKind: OutputKind?
        /// Width and height of the input, where the file leaves them open.
        public var inputSize: Int?

        public init(
            inputRange: (black: Float, white: Float)? = nil, classNames: [String]? = nil, outputName: String? = nil,
            outputKind: OutputKind? = nil, inputSize: Int? = nil
        ) {
            self.inputRange = inputRange
            self.classNames = classNames
            self.outputName = outputName
            self.outputKind = outputKind
            self.inputSize = inputSize
        }

        /// What a model's file says otherwise, in words; nil if nothing.
        public func contradiction(to card: ModelCard) -> String? {
            if let range = inputRange, range != (card.input.black, card.input.white) {
                return "the file itself says how it is fed: \(card.input.summary)"
            }
            if let classNames, ModelLabels.standard(classNames) != ModelLabels.standard(card.classNames) {
                return "the file itself names its outputs: \(card.classNames.joined(separator: ", "))"
            }
            return contradiction(toInput: card.input.width, card.input.height)
        }

        /// The same of an input of that size.
        public func contradiction(toInput width: Int, _ height: Int) -> String? {
            guard let inputSize, (inputSize, inputSize) != (width, height) else { return nil }
            return "the file itself says how large its input is: \(width)x\(height)"
        }
    }

    /// A network with its card. Throws `RecognitionError.invalidSetting` unless it has one input of the card's size and one
    /// output with a value for each of the card's classes, and the card's numbers are possible.
    public init(model: Model, card: ModelCard) throws {
        if let problem = card.problem(with: model) {
            throw RecognitionError.invalidSetting("the network does not fit its card: \(problem)")
        }
        self.model = model
        self.card = card
    }

    /// Reads a Keras file, `.h5` or `.keras`, or an ONNX file. Files of this program say how they are fed; for others `hints`
    /// must. Throws `RecognitionError.file`, with a remedy where a hint would help, and `NeuralNetError.file`.
    public init(reading path: String, hints: Hints = Hints()) throws {
        let contents = try NetworkFile.read(path, inputSize: hints.inputSize)
        try self.init(contents.model, metadata: contents.metadata, hints: hints, path: path)
        notes = contents.warnings.map { Note("\(path): \($0)") } + notes
    }

    /// Reads a file of weights alone into the network they belong to. Throws `RecognitionError.file`.
    public init(readingWeights path: String, into network: Model, hints: Hints = Hints()) throws {
        try ModelFile.readWeights(path, into: network)
        try self.init(network, metadata: nil, hints: hints, path: path)
    }

    private init(_ model: Model, metadata: JSONValue?, hints: Hints, path: String) throws {
        func failure(_ reason: String, _ remedy: Remedy? = nil) -> RecognitionError {
            .file(path: path, reason: reason, remedy: remedy)
        }
        let (model, notes) = try EmotionModel.namingEmotions(model, hints, path: path)
        self.notes = notes
        let shape = model.inputShapes[0], classes = model.outputShapes[0][0]
        guard shape[2] == 1 || shape[2] == 3 else { throw failure("its input has \(shape[2]) channels, not 1 or 3") }
        var card: ModelCard
        if let metadata {
            card = try ModelCard(json: metadata, path: path)
        } else {
            guard hints.inputRange != nil else {
                throw failure("the file does not say how pixels are scaled", .inputRange)
            }
            guard hints.classNames != nil else {
                throw failure("the file does not name its \(classes) outputs", .classNames)
            }
            card = ModelCard(classNames: ModelLabels.standard(hints.classNames ?? []), input: InputFormat())
            card.program = "unknown"
            if let range = hints.inputRange { (card.input.black, card.input.white) = range }
        }
        card.input.height = shape[0]
        card.input.width = shape[1]
        card.input.channels = shape[2]
        if let problem = card.problem(with: model) { throw failure(problem) }
        self.model = model
        self.card = card
    }

    /// Writes model and card, whole or not at all, in the format that the name says; Keras will go on training with the
    /// settings of the card's recipe.
    /// Throws `RecognitionError.file`.
    public func write(to path: String, precision: StoredPrecision = .float32) throws {
        let training = card.training?.recipe.compilation ?? ModelFile.Training()
        try NetworkFile.write(model, metadata: try card.json, training: training, precision: precision, to: path)
    }
}
