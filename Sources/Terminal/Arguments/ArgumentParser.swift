/// What a command line asks for.
enum ParsedCommandLine: Sendable {
    case run(Command, Arguments)
    case help(Command, path: [String])
    case version
}

/// A usage error together with the command it concerns, so that the message can point at the right help.
struct CommandLineError: Error, Equatable {
    let error: UsageError
    let commandPath: [String]
}

/// Reads command lines for a tree of commands.
struct ArgumentParser: Sendable {
    let root: Command
    var otherNames: [String: String] = [:]

    /// - Parameter words: the command line without the program's name.
    func parse(_ words: [String]) throws(CommandLineError) -> ParsedCommandLine {
        var words = words[...]
        var command = root
        var path = [root.name]
        while !command.subcommands.isEmpty {
            guard let word = words.popFirst() else {
                throw fail(.missingSubcommand(of: command.subcommands.map(\.name)), path)
            }
            switch word {
            case "--help", "-h": return .help(command, path: path)
            case "--version" where path.count == 1: return .version
            case "help": return try helpTopic(command, path, words)
            case "version" where path.count == 1: return .version
            default: break
            }
            if word.hasPrefix("-"), word.count > 1 {
                let names = ["--help"] + (path.count == 1 ? ["--version"] : [])
                throw fail(.unknownOption(optionName(word), suggestion: suggestOption(word, names)), path)
            }
            command = try subcommand(word, of: command, path)
            path.append(command.name)
        }
        // Help wins over whatever else is wrong with the line: who asks for it doesn't know better yet.
        let beforeTerminator = words.prefix { $0 != "--" }
        if beforeTerminator.contains("--help") || beforeTerminator.contains("-h") {
            return .help(command, path: path)
        }
        if path.count == 1, beforeTerminator.contains("--version") { return .version }
        do throws(UsageError) {
            var scanner = ArgumentScanner(command: command, words: words, otherNames: otherNames)
            let texts = try scanner.scan()
            return .run(command, try Arguments(texts, parameters: command.parameters, commandPath: path))
        } catch {
            throw fail(error, path)
        }
    }

    /// `program help verb ...`
    private func helpTopic(
        _ start: Command, _ startPath: [String], _ words: ArraySlice<String>
    ) throws(CommandLineError) -> ParsedCommandLine {
        var command = start, path = startPath
        for word in words where !word.hasPrefix("-") {
            guard !command.subcommands.isEmpty else { throw fail(.unexpectedArgument(word), path) }
            command = try subcommand(word, of: command, path)
            path.append(command.name)
        }
        return .help(command, path: path)
    }

    private func subcommand(
        _ word: String, of command: Command, _ path: [String]
    ) throws(CommandLineError) -> Command {
        if let found = command.subcommands.first(where: { $0.name == word }) { return found }
        let suggestion = nearest(to: word, in: command.subcommands.map(\.name) + ["help"])
        throw fail(.unknownSubcommand(word, suggestion: suggestion), path)
    }

    private func fail(_ error: UsageError, _ path: [String]) -> CommandLineError {
        CommandLineError(error: error, commandPath: path)
    }
}

/// The part of an option before `=`.
///
/// By scalars: an accent behind `=` belongs to the value, though they make one character.
func optionName(_ word: String) -> String { String(word.unicodeScalars.prefix { $0 != "=" }) }

/// The option nearest to a mistyped one, or the one that is called so elsewhere; `names` and the result have their dashes.
func suggestOption(_ word: String, _ names: [String], _ otherNames: [String: String] = [:]) -> String? {
    let bare = String(optionName(word).drop { $0 == "-" })
    if let name = otherNames[bare.replacing("_", with: "-")].map({ "--\($0)" }), names.contains(name) { return name }
    return nearest(to: bare, in: names.map { String($0.dropFirst(2)) }).map { "--\($0)" }
}
