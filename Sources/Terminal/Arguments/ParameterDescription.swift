/// One option, flag or positional argument without its type: what parsing, help and completion share.
public struct ParameterDescription: Sendable {
    /// Which of the three it is.
    public enum Kind: Sendable, Equatable {
        case option
        /// `invertible` flags also answer to `--no-name`.
        case flag(invertible: Bool)
        case positional
    }

    public let kind: Kind
    /// The long name without dashes.
    public let name: String
    public let short: Character?
    /// The word in angle brackets; empty for flags.
    public let placeholder: String
    public let help: String
    public let isRequired: Bool
    public let isRepeated: Bool
    /// What holds when nothing is given, if that's worth showing.
    public internal(set) var defaultText: String?
    /// The limits of a number in words.
    public let boundsText: String?
    /// All legal texts if there are few of them.
    public let allowedValues: [String]
    public let completion: Completion
    /// The heading it is listed under in help; `nil` is the ordinary list.
    public internal(set) var group: String?

    /// Turns the texts given (for a flag "true" and "false") into the typed result.
    let read: @Sendable ([String]) throws(UsageError) -> any Sendable

    /// How messages name it: `--epochs` or `<image>`.
    public var displayName: String { kind == .positional ? "<\(name)>" : "--\(name)" }

    /// Whether `--no-name` is understood.
    var isInvertible: Bool { kind == .flag(invertible: true) }
    var isFlag: Bool { kind == .flag(invertible: true) || kind == .flag(invertible: false) }
}

/// Anything that can be listed in a command's `parameters`.
public protocol Parameter: Sendable {
    var description: ParameterDescription { get }
}
