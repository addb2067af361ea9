extension UsageError: CustomStringConvertible {
    /// One line, safe to print, without a full stop.
    public var description: String {
        switch self {
        case .unknownOption(let name, let suggestion):
            "unknown option '\(printable(name))'\(didYouMean(suggestion))"
        case .unknownSubcommand(let name, let suggestion):
            "unknown subcommand '\(printable(name))'\(didYouMean(suggestion))"
        case .missingSubcommand(let names):
            "a subcommand is needed: \(alternatives(names))"
        case .missingValue(let name, let placeholder):
            "\(name) needs a value: \(name) <\(placeholder)>"
        case .unexpectedValue(let name, let value):
            "\(name) takes no value, got '\(printable(value))'"
        case .invalidValue(let name, let value, let expected, let suggestion):
            "\(name): expected \(expected), got '\(printable(value))'\(didYouMean(suggestion))"
        case .notAllowed(let name, let value, let allowed, let suggestion):
            "\(name): expected \(alternatives(allowed)), got '\(printable(value))'\(didYouMean(suggestion))"
        case .outOfRange(let name, let value, let bounds):
            "\(name): expected \(bounds), got '\(printable(value))'"
        case .missingOption(let name):
            "\(name) is required"
        case .missingArgument(let name):
            "\(name) is required"
        case .unexpectedArgument(let text, let suggestion):
            "unexpected argument '\(printable(text))'\(didYouMean(suggestion))"
        case .conflict(let first, let second):
            "\(first) and \(second) can't be used together"
        case .other(let sentence):
            printable(sentence)
        }
    }
}

private func didYouMean(_ suggestion: String?) -> String {
    suggestion.map { "; did you mean '\($0)'?" } ?? ""
}

/// "a", "a or b", "a, b or c".
private func alternatives(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " or " + last
}
