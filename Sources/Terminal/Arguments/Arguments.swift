/// The values of one command line, typed by the parameters that declared them.
public struct Arguments: Sendable {
    private var values: [String: any Sendable] = [:]
    private var given: Set<String> = []

    /// The names of the command, from the program's down: `["fermusic", "model", "summary"]`.
    public let commandPath: [String]

    /// Reads what was found on the command line.
    init(_ texts: [String: [String]], parameters: [ParameterDescription], commandPath: [String]) throws(UsageError) {
        self.commandPath = commandPath
        given = Set(texts.keys)
        // Wrong values are reported before missing ones: they are what the user just typed.
        for parameter in parameters where texts[parameter.name] != nil {
            values[parameter.name] = try parameter.read(texts[parameter.name] ?? [])
        }
        for parameter in parameters where texts[parameter.name] == nil {
            values[parameter.name] = try parameter.read([])
        }
    }

    /// The value of an option.
    /// - Precondition: the command lists the option.
    public subscript<Value>(option: Option<Value>) -> Value { value(option.description) }

    /// Whether a flag is set.
    /// - Precondition: the command lists the flag.
    public subscript(flag: Flag) -> Bool { value(flag.description) }

    /// The value of a positional argument.
    /// - Precondition: the command lists the argument.
    public subscript<Value>(argument: Argument<Value>) -> Value { value(argument.description) }

    /// Whether the user wrote it, as opposed to a default.
    public func wasGiven(_ parameter: some Parameter) -> Bool { given.contains(parameter.description.name) }

    private func value<Value>(_ parameter: ParameterDescription) -> Value {
        guard let value = values[parameter.name] as? Value else {
            preconditionFailure(
                "\(parameter.displayName) isn't a parameter of '\(commandPath.joined(separator: " "))'")
        }
        return value
    }
}
