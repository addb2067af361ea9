extension String: ArgumentValue {
    public init?(argument: String) { self = argument }
    public static var placeholder: String { "text" }
    public static var expectation: String { "text" }
}

extension Int: ArgumentValue {
    public init?(argument: String) { self.init(argument) }
    public static var placeholder: String { "n" }
    public static var expectation: String { "a whole number" }
}

extension UInt64: ArgumentValue {
    public init?(argument: String) { self.init(argument) }
    public static var placeholder: String { "n" }
    public static var expectation: String { "a whole number of 0 or more" }
}

extension Double: ArgumentValue {
    public init?(argument: String) {
        guard let value = Double(argument), value.isFinite else { return nil }
        self = value
    }
    public static var placeholder: String { "x" }
    public static var expectation: String { "a number" }
}

extension Float: ArgumentValue {
    public init?(argument: String) {
        guard let value = Float(argument), value.isFinite else { return nil }
        self = value
    }
    public static var placeholder: String { "x" }
    public static var expectation: String { "a number" }
}

/// A yes-or-no value given as a word: `--shuffle=no`. For switches without a value use `Flag`.
extension Bool: ArgumentValue {
    public init?(argument: String) {
        switch argument {
        case "yes", "true", "on": self = true
        case "no", "false", "off": self = false
        default: return nil
        }
    }
    public var argumentText: String { self ? "yes" : "no" }
    public static var placeholder: String { "yes|no" }
    public static var expectation: String { "yes or no" }
    public static var completion: Completion { .words(["yes", "no"]) }
}

/// The path of a file or folder, as it was typed. Whether it exists is for the command to find out.
public struct Path: ArgumentValue, Hashable, CustomStringConvertible {
    /// The path as it was typed; never empty.
    public let string: String

    public init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        string = argument
    }

    public var description: String { string }
    public static var placeholder: String { "path" }
    public static var expectation: String { "a path" }
    public static var completion: Completion { .files }
}

extension Path: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { string = value }
}

/// An enumeration whose cases are the words a user may type.
///
///     enum Architecture: String, ArgumentChoice { case cnn, mini }
public protocol ArgumentChoice: ArgumentValue, CaseIterable, RawRepresentable where RawValue == String {}

extension ArgumentChoice {
    public init?(argument: String) { self.init(rawValue: argument) }
    public var argumentText: String { rawValue }
    public static var placeholder: String { "name" }
    public static var expectation: String { "one of \(allowedValues.joined(separator: ", "))" }
    public static var allowedValues: [String] { allCases.map(\.rawValue) }
    public static var completion: Completion { .words(allowedValues) }
}
