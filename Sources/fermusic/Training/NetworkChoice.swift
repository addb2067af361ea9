import EmotionRecognition
import NeuralNet
import Terminal

/// A network by name, or as a file with Keras's model JSON.
enum NetworkChoice: ArgumentValue {
    case named(Architecture)
    case file(String)

    init?(argument: String) {
        if let known = Architecture(rawValue: argument) {
            self = .named(known)
        } else if argument.hasSuffix(".json"), argument.count > 5 {
            self = .file(argument)
        } else {
            return nil
        }
    }

    var argumentText: String {
        switch self {
        case .named(let architecture): architecture.rawValue
        case .file(let path): path
        }
    }

    static var names: String { Architecture.allCases.map(\.rawValue).joined(separator: ", ") }
    static var placeholder: String { "name|file.json" }
    static var expectation: String { "\(names), or a .json file" }
    static var completion: Completion { .words(Architecture.allCases.map(\.rawValue)) }

    /// The network with random weights; what a file says about sizes and classes stands. Throws `NeuralNetError`.
    func makeModel(_ options: NetworkOptions, seed: UInt64) throws -> Model {
        switch self {
        case .named(let architecture): return try architecture.makeModel(options, seed: seed)
        case .file(let path):
            let model = try ModelFile.readArchitecture(path, inputSize: (options.size, options.size))
            model.weights.initialize(seed: seed)
            return model
        }
    }
}
