/// All that can be wrong with a command line. The sentences are in `UsageError+Message.swift`.
///
/// Parameters are named as the user sees them: `--epochs`, `<image>`.
public enum UsageError: Error, Equatable, Sendable {
    case unknownOption(String, suggestion: String?)
    case unknownSubcommand(String, suggestion: String?)
    case missingSubcommand(of: [String])
    /// An option that needs a value stands last, or another option follows it.
    case missingValue(String, placeholder: String)
    /// A flag was given a value.
    case unexpectedValue(String, value: String)
    case invalidValue(String, value: String, expected: String, suggestion: String? = nil)
    case notAllowed(String, value: String, allowed: [String], suggestion: String?)
    case outOfRange(String, value: String, bounds: String)
    case missingOption(String)
    case missingArgument(String)
    case unexpectedArgument(String, suggestion: String? = nil)
    /// Two that exclude each other, for a command's own checks.
    case conflict(String, String)
    /// Anything else a command finds wrong with its arguments, as one sentence without a full stop.
    case other(String)
}
