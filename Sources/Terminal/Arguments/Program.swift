import Files
import Glibc

/// A command-line program: a tree of commands and a version.
///
///     Program(fermusic, version: "1.0").main()
///
/// `help`, `--help`, `--version`, `completions bash|zsh|fish` and `manual` come by themselves.
public struct Program: Sendable {
    let root: Command
    let version: String
    let otherNames: [String: String]
    private let errorText: @Sendable (any Error) -> String

    /// - Parameters:
    ///   - root: a group of verbs, or a single command.
    ///   - otherNames: what options are called in other programs, without dashes: "did you mean" knows them.
    ///   - errorText: what is printed of an error that a command throws.
    public init(
        _ root: Command, version: String, otherNames: [String: String] = [:],
        errorText: @escaping @Sendable (any Error) -> String = { "\($0)" }
    ) {
        self.errorText = errorText
        self.version = version
        self.otherNames = otherNames
        guard !root.subcommands.isEmpty else {
            self.root = root
            return
        }
        // Both list themselves, so the commands are added first and then given the whole tree.
        var complete = root
        complete.subcommands += [completionsCommand(of: root), manualCommand(of: root, version: version)]
        let own = complete.subcommands.count - 2
        (complete.subcommands[own], complete.subcommands[own + 1]) = (
            completionsCommand(of: complete), manualCommand(of: complete, version: version)
        )
        self.root = complete
    }

    /// Runs a command line, by default that of this process, and ends the process. Words that are not UTF-8 are taken for
    /// paths, see `String.init(pathBytes:)`.
    public func main(_ words: [String]? = nil, console: Console = .standard) -> Never {
        let words =
            words
            ?? (1..<max(Int(CommandLine.argc), 1)).compactMap { index in
                CommandLine.unsafeArgv[index].map { String(pathBytes: $0) }
            }
        // Writing to a closed pipe shall be an error we can handle, not a death in the middle of saving.
        signal(SIGPIPE, SIG_IGN)
        // So shall a file that reaches the size limit.
        signal(SIGXFSZ, SIG_IGN)
        // Started with a closed standard stream, the first file opened would take its place and receive our messages.
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
        exit(run(words, console: console).rawValue)
    }

    /// Runs a command line. All text goes to `console`; nothing is thrown and nothing exits.
    public func run(_ words: [String], console: Console) -> ExitCode {
        var path = [root.name]
        do {
            switch try ArgumentParser(root: root, otherNames: otherNames).parse(words) {
            case .help(let command, let path):
                try console.output.write(HelpText(command, path: path, width: console.output.width).render())
                return .done
            case .version:
                try console.output.line("\(root.name) \(version)")
                return .done
            case .run(let command, let arguments):
                path = arguments.commandPath
                guard let action = command.run else { preconditionFailure("a command without action was parsed") }
                return try action(arguments, console)
            }
        } catch StreamError.readerGone {
            // `fermusic ... | head`: the reader has what it wanted.
            return .done
        } catch let error as CommandLineError {
            return report(error.error, path: error.commandPath, to: console.errors)
        } catch let error as UsageError {
            return report(error, path: path, to: console.errors)
        } catch {
            try? console.errors.line(message(printable(errorText(error)), console.errors))
            return .failed
        }
    }

    private func report(_ error: UsageError, path: [String], to errors: TextStream) -> ExitCode {
        try? errors.line(message("\(error)", errors))
        try? errors.line("See '\(path.joined(separator: " ")) --help'.")
        return .usage
    }

    private func message(_ text: String, _ stream: TextStream) -> String {
        stream.styled("\(root.name):", .red) + " " + text
    }
}
