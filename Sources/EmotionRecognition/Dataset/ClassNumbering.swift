/// The numbers that published data sets use for expressions.
public enum ClassNumbering: String, CaseIterable, Sendable {
    case fer2013, rafdb, affectnet, ferplus, ckplus

    /// The first number.
    var first: Int { self == .rafdb ? 1 : 0 }

    /// The classes in the order of their numbers.
    var classNames: [String] {
        switch self {
        case .fer2013: return ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
        case .rafdb: return ["surprise", "fear", "disgust", "happy", "sad", "angry", "neutral"]
        case .affectnet: return ["neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "contempt"]
        case .ferplus: return ["neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt"]
        case .ckplus: return ["neutral", "angry", "contempt", "disgust", "fear", "happy", "sad", "surprise"]
        }
    }

    /// The class of a number; nil if it has none.
    public func className(_ number: Int) -> String? {
        classNames.indices.contains(number - first) ? classNames[number - first] : nil
    }

    /// "fer2013 (0 angry, 1 disgust, ...)"
    var summary: String {
        rawValue + " (" + classNames.enumerated().map { "\($0 + first) \($1)" }.joined(separator: ", ") + ")"
    }

    /// Those that have all of these numbers.
    static func fitting(_ numbers: Set<Int>) -> [ClassNumbering] {
        allCases.filter { numbering in numbers.allSatisfy { numbering.className($0) != nil } }
    }
}
