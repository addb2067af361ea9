/// A verb of a program: what it is called, what it takes, what it does. Groups of verbs are commands too.
///
///     let json = Flag("json", help: "Print one JSON object.")
///     let files = Argument<[Path]>("image", help: "Pictures of faces.")
///
///     let predict = Command(
///         "predict", summary: "Name the emotion of faces.",
///         examples: [Example("fermusic predict --json face.png", "one face, for a program to read")],
///         parameters: [files, json]
///     ) { arguments, console in
///         for file in arguments[files] { try console.output.line(file.string) }
///         return .done
///     }
public struct Command: Sendable {
    /// What a command does. Throws `UsageError` for values that don't fit together, any other error for a failure.
    public typealias Action = @Sendable (Arguments, Console) throws -> ExitCode

    public let name: String
    /// One sentence.
    public let summary: String
    /// Paragraphs separated by empty lines; wrapped to the terminal's width.
    public let discussion: String
    public let examples: [Example]
    /// Options and flags in the order of the help, positional arguments in the order of the command line.
    public let parameters: [ParameterDescription]
    public internal(set) var subcommands: [Command]
    let run: Action?

    /// A verb that does something.
    public init(
        _ name: String, summary: String, discussion: String = "", examples: [Example] = [],
        parameters: [any Parameter] = [], run: @escaping Action
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.parameters = parameters.map(\.description)
        self.subcommands = []
        self.run = run
        checkParameters()
    }

    /// A group of verbs.
    public init(
        _ name: String, summary: String, discussion: String = "", examples: [Example] = [], subcommands: [Command]
    ) {
        precondition(!subcommands.isEmpty, "a group needs subcommands")
        precondition(Set(subcommands.map(\.name)).count == subcommands.count, "subcommands of '\(name)' share a name")
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.parameters = []
        self.subcommands = subcommands
        self.run = nil
    }

    var positionals: [ParameterDescription] { parameters.filter { $0.kind == .positional } }
    var options: [ParameterDescription] { parameters.filter { $0.kind != .positional } }

    private func checkParameters() {
        precondition(Set(parameters.map(\.name)).count == parameters.count, "parameters of '\(name)' share a name")
        let shorts = parameters.compactMap(\.short)
        precondition(Set(shorts).count == shorts.count, "options of '\(name)' share a short name")
        precondition(positionals.dropLast().allSatisfy { !$0.isRepeated }, "only the last argument may be repeated")
        let firstOptional = positionals.firstIndex { !$0.isRequired } ?? positionals.count
        precondition(
            positionals[firstOptional...].allSatisfy { !$0.isRequired }, "required arguments come before optional ones")
    }
}

/// A command line to copy, with a few words on what it does.
public struct Example: Sendable {
    public let command: String
    public let explanation: String

    public init(_ command: String, _ explanation: String = "") {
        self.command = command
        self.explanation = explanation
    }
}
