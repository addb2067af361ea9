/// Why a model, a recipe or a run cannot be used. The description is one clear line.
public enum RecognitionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file cannot be read or does not hold what it should; `place` is a part of it. `remedy`: what would help.
    case file(path: String, place: String? = nil, reason: String, remedy: Remedy? = nil)
    /// Settings of a network or a run that cannot be used.
    case invalidSetting(String)
    /// Pictures and classes that do not fit a model.
    case incompatibleData(expected: String, received: String)

    public var description: String {
        switch self {
        case .file(let path, let place, let reason, _):
            place.map { "\(path): \($0): \(reason)" } ?? "\(path): \(reason)"
        case .invalidSetting(let reason): reason
        case .incompatibleData(let expected, let received): "data: expected \(expected), received \(received)"
        }
    }
}

/// What somebody who knows could say that a file does not. Errors and notes carry it; whoever asks people for it says how.
public enum Remedy: Equatable, Sendable {
    /// See `EmotionModel.Hints`.
    case inputRange, classNames, outputKind, inputSize
    /// One of these outputs, see `EmotionModel.Hints`.
    case outputName([String])
    /// What classes are, see `ClassAssignment`: one of these known numberings, or words for each; `example` is one of the names.
    case classes(fitting: [String], example: String)
    /// One of the models that come with the program, instead of what was named.
    case shippedModel([String], for: String)
    /// A file that says how the network is fed: the same model, written by this program.
    case description
}

/// An error with something that would help.
public protocol RemediableError: Error {
    var remedy: Remedy? { get }
}

extension RecognitionError: RemediableError {
    public var remedy: Remedy? { if case .file(_, _, _, let remedy) = self { remedy } else { nil } }
}

/// What was noticed, as a line, and what to say if it is wrong.
public struct Note: Equatable, Sendable, CustomStringConvertible {
    /// One line.
    public var text: String
    /// What to say if the note is wrong; nil where nothing would help.
    public var remedy: Remedy?

    public init(_ text: String, remedy: Remedy? = nil) {
        self.text = text
        self.remedy = remedy
    }

    public var description: String { text }
}
