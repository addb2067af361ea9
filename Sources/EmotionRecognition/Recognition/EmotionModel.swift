import Files
import NeuralNet

/// A network that names emotions, with what must be known to use it.
public struct EmotionModel: Sendable {
    public let model: Model
    public internal(set) var card: ModelCard

    /// The model that comes with the program.
    public static let standardName = "fer2013-vgg.h5"

    /// Where it is; `nil` if it is not beside the program.
    public static var standardPath: String? { ProgramFile.path(standardName, checkoutFolder: "Checkpoints") }

    /// What the user says about files that do not say it themselves; what a file says counts more.
    public struct Hints: Sendable {
        /// What the bytes 0 and 255 become.
        public var inputRange: (black: Float, white: Float)?
        /// The names of the outputs, in order.
        public var classNames: [String]?

        public init(inputRange: (black: Float, white: Float)? = nil, classNames: [String]? = nil) {
            self.inputRange = inputRange
            self.classNames = classNames
        }

        /// What a model's file says otherwise, in words; nil if nothing.
        public func contradiction(to card: ModelCard) -> String? {
            if let range = inputRange, range != (card.input.black, card.input.white) {
                return "the file itself says how it is fed: \(card.input.summary)"
            }
            if let classNames, ModelLabels.standard(classNames) != ModelLabels.standard(card.classNames) {
                return "the file itself names its outputs: \(card.classNames.joined(separator: ", "))"
            }
            return nil
        }
    }

    public init(model: Model, card: ModelCard) {
        self.model = model
        self.card = card
    }

    /// Reads a Keras HDF5 file or an ONNX file. Files of this program say how they are fed; for others `hints` must.
    /// Throws `NeuralNetError.file`.
    ///
    /// - Parameter pictureSize: height and width where an ONNX file leaves them open.
    public init(reading path: String, hints: Hints = Hints(), pictureSize: Int? = nil) throws {
        let contents = try NetworkFile.read(path, pictureSize: pictureSize)
        try self.init(contents.model, metadata: contents.metadata, hints: hints, path: path)
    }

    /// Reads a file of weights alone into the network they belong to. Throws `NeuralNetError.file`.
    public init(readingWeights path: String, into network: Model, hints: Hints) throws {
        try ModelFile.readWeights(path, into: network)
        try self.init(network, metadata: nil, hints: hints, path: path)
    }

    private init(_ model: Model, metadata: JSONValue?, hints: Hints, path: String) throws {
        func failure(_ reason: String) -> NeuralNetError { .file(path: path, place: nil, reason: reason) }
        guard model.inputs.count == 1, model.outputs.count == 1, model.inputShapes[0].count == 3,
            model.outputShapes[0].count == 1
        else {
            throw failure(
                "its input must be one picture and its output one vector, not \(model.inputShapes) and \(model.outputShapes)"
            )
        }
        guard model.endsInSoftmax else {
            throw failure("its outputs are no probabilities: the last layer must be a softmax")
        }
        let shape = model.inputShapes[0], classes = model.outputShapes[0][0]
        guard shape[2] == 1 || shape[2] == 3 else { throw failure("its input has \(shape[2]) channels, not 1 or 3") }
        var card: ModelCard
        if let metadata {
            card = try ModelCard(json: metadata, path: path)
        } else {
            guard hints.inputRange != nil else {
                throw failure("the file does not say how pixels are scaled; give --input-range=0..1, -1..1 or 0..255")
            }
            guard hints.classNames != nil else {
                throw failure("the file does not name its \(classes) outputs; give --labels=NAME,NAME,...")
            }
            card = ModelCard(classNames: ModelLabels.standard(hints.classNames ?? []), input: InputFormat())
            card.program = "unknown"
            if let range = hints.inputRange { (card.input.black, card.input.white) = range }
        }
        card.input.height = shape[0]
        card.input.width = shape[1]
        card.input.channels = shape[2]
        guard card.classNames.count == classes else {
            throw failure("\(card.classNames.count) labels for \(classes) outputs")
        }
        let input = card.input
        if let size = input.pictureSize, size < max(shape[0], shape[1]) || size > InputFormat.largestPicture {
            throw failure("pictures of \(size) pixels for a network that sees \(shape[1])x\(shape[0])")
        }
        guard [input.black, input.white].allSatisfy({ abs($0) <= InputFormat.largestValue }),
            input.black != input.white
        else { throw failure("black and white pixels that become \(input.black) and \(input.white)") }
        self.model = model
        self.card = card
    }

    /// Writes model and card, whole or not at all, as ONNX if the name says so; Keras will go on training with the settings of the card's recipe.
    /// Throws `NeuralNetError.file`.
    public func write(to path: String) throws {
        let training = card.training?.recipe.compilation ?? ModelFile.Training()
        try NetworkFile.write(model, metadata: try card.json, training: training, to: path)
    }
}
