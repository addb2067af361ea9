/// The shells completion scripts can be written for.
public enum Shell: String, ArgumentChoice, Sendable {
    case bash, zsh, fish

    public static var placeholder: String { "shell" }
}

/// The script that teaches a shell to complete the command lines of a program.
public func completionScript(for root: Command, shell: Shell) -> String {
    switch shell {
    case .bash: BashCompletion(root: root).script()
    case .zsh: ZshCompletion(root: root).script()
    case .fish: FishCompletion(root: root).script()
    }
}

/// `program completions bash|zsh|fish`.
func completionsCommand(of root: Command) -> Command {
    let shell = Argument<Shell>("shell", help: "The shell to write for.")
    let name = root.name
    return Command(
        "completions", summary: "Print a script that completes command lines in a shell.",
        examples: [
            Example("source <(\(name) completions bash)", "in ~/.bashrc"),
            Example("source <(\(name) completions zsh)", "in ~/.zshrc, after compinit"),
            Example("\(name) completions fish > ~/.config/fish/completions/\(name).fish", "once, for fish"),
        ],
        parameters: [shell]
    ) { arguments, console in
        try console.output.write(completionScript(for: root, shell: arguments[shell]))
        return .done
    }
}

/// A command with the names that lead to it, without the program's.
struct CompletionNode {
    let command: Command
    let path: [String]

    /// The command and all below it.
    static func all(under command: Command, path: [String] = []) -> [CompletionNode] {
        [CompletionNode(command: command, path: path)]
            + command.subcommands.flatMap { all(under: $0, path: path + [$0.name]) }
    }

    /// What can be completed after the command's name besides options.
    var subcommandNames: [String] {
        command.subcommands.isEmpty ? [] : command.subcommands.map(\.name) + ["help"]
    }

    /// All spellings of the options, `--help` included.
    var optionWords: [String] {
        let own = command.options.flatMap { option -> [String] in
            var words = ["--\(option.name)"]
            if option.isInvertible { words.append("--no-\(option.name)") }
            if let short = option.short { words.append("-\(short)") }
            return words
        }
        return own + ["--help"] + (path.isEmpty ? ["--version"] : [])
    }

    /// An identifier for shell functions and variables.
    func identifier(_ root: String) -> String {
        ([root] + path).map { $0.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined() }
            .joined(separator: "__")
    }
}

/// Text in single quotes for sh, bash and zsh.
func shellQuoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
