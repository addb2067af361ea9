/// Completion for fish: a list of `complete` lines, each bound to the command it belongs to.
struct FishCompletion {
    let root: Command

    func script() -> String {
        let nodes = CompletionNode.all(under: root)
        let function = "__" + CompletionNode(command: root, path: []).identifier(root.name) + "_at"
        let keys = nodes.filter { !$0.path.isEmpty }.map { quoted(key($0)) }
        return """
            # Completion of \(root.name) for fish.
            function \(function)
                set -l command \(quoted(root.name))
                for word in (commandline -opc)[2..-1]
                    switch "$command/$word"
                        case \(keys.joined(separator: " "))
                            set command "$command/$word"
                    end
                end
                test "$command" = "$argv[1]"
            end
            complete -c \(root.name) -f
            \(nodes.flatMap { lines($0, function) }.joined(separator: "\n"))

            """
    }

    /// How the function names a command: `program/model/summary`.
    private func key(_ node: CompletionNode) -> String { ([root.name] + node.path).joined(separator: "/") }

    private func lines(_ node: CompletionNode, _ function: String) -> [String] {
        let start = "complete -c \(root.name) -n \(quoted("\(function) \(key(node))"))"
        var lines = node.command.subcommands.map { "\(start) -a \(quoted($0.name)) -d \(quoted($0.summary))" }
        if !lines.isEmpty { lines.append("\(start) -a help -d 'Print help of a subcommand.'") }
        for option in node.command.options {
            let short = option.short.map { " -s \($0)" } ?? ""
            let text = "-d \(quoted(option.help))"
            lines.append("\(start) -l \(option.name)\(short) \(value(option))\(text)")
            if option.isInvertible { lines.append("\(start) -l no-\(option.name) \(text)") }
        }
        lines.append("\(start) -l help -s h -d 'Print this help.'")
        if node.path.isEmpty { lines.append("\(start) -l version -d 'Print the version.'") }
        for argument in node.command.positionals {
            switch argument.completion {
            case .none: break
            case .files: lines.append("\(start) -F")
            case .directories: lines.append("\(start) -a '(__fish_complete_directories)'")
            case .words(let words): lines.append("\(start) -a \(quoted(words.joined(separator: " ")))")
            }
        }
        return lines
    }

    /// The part that says whether and which value an option takes; ends with a space unless empty.
    private func value(_ option: ParameterDescription) -> String {
        if option.isFlag { return "" }
        switch option.completion {
        case .none: return "-x "
        case .files: return "-r -F "
        case .directories: return "-x -a '(__fish_complete_directories)' "
        case .words(let words): return "-x -a \(quoted(words.joined(separator: " "))) "
        }
    }

    private func quoted(_ text: String) -> String {
        "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
    }
}
