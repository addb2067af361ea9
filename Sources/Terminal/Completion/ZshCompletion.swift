/// Completion for zsh: one function per command, each handing its options to `_arguments`.
struct ZshCompletion {
    let root: Command

    func script() -> String {
        let function = name(CompletionNode(command: root, path: []))
        let functions = CompletionNode.all(under: root).map(functionText)
        return """
            #compdef \(root.name)
            # Completion of \(root.name) for zsh.
            \(functions.joined(separator: "\n"))
            if [[ "$funcstack[1]" == \(shellQuoted(function)) ]]; then
                \(function) "$@"
            elif (( $+functions[compdef] )); then
                compdef \(function) \(root.name)
            fi

            """
    }

    private func name(_ node: CompletionNode) -> String { "_" + node.identifier(root.name) }

    private func functionText(_ node: CompletionNode) -> String {
        var specifications = node.command.options.flatMap(specification)
        specifications.append("'(-h --help)'{-h,--help}'[Print this help.]'")
        if node.path.isEmpty { specifications.append("'--version[Print the version.]'") }
        let isGroup = !node.command.subcommands.isEmpty
        if isGroup {
            specifications += ["'1: :->subcommand'", "'*:: :->arguments'"]
        } else {
            for argument in node.command.positionals {
                let place = argument.isRepeated ? "*" : argument.isRequired ? "" : ":"
                specifications.append(shellQuoted("\(place):\(message(argument.name)):\(action(argument.completion))"))
            }
        }
        var lines = ["\(name(node))() {"]
        if isGroup { lines.append("    local context state state_descr line\n    typeset -A opt_args") }
        lines.append("    _arguments -s -S\(isGroup ? " -C" : "") \\")
        lines.append(specifications.map { "        \($0)" }.joined(separator: " \\\n"))
        if isGroup { lines += dispatch(node) }
        lines.append("}")
        return lines.joined(separator: "\n")
    }

    /// What a group does after its own options: offer its subcommands, or pass on to one.
    private func dispatch(_ node: CompletionNode) -> [String] {
        var lines = ["    case $state in", "        subcommand)", "            local -a subcommands=("]
        for command in node.command.subcommands {
            let name = command.name.split(separator: ":").joined(separator: "\\:")
            lines.append("                \(shellQuoted("\(name):\(command.summary)"))")
        }
        lines += [
            "                'help:Print help of a subcommand.'", "            )",
            "            _describe subcommand subcommands ;;", "        arguments)", "            case $line[1] in",
        ]
        for command in node.command.subcommands {
            let child = CompletionNode(command: command, path: node.path + [command.name])
            lines.append("                \(shellQuoted(command.name))) \(name(child)) ;;")
        }
        lines += ["                help) \(name(node)) ;;", "            esac ;;", "    esac"]
        return lines
    }

    /// The specifications `_arguments` takes for an option.
    private func specification(_ option: ParameterDescription) -> [String] {
        let text = shellQuoted("[\(bracketed(option.help))]")
        if option.isFlag {
            let inverse = option.isInvertible ? ["'--no-\(option.name)'\(text)"] : []
            return names(option, long: "--\(option.name)", short: "", text: text) + inverse
        }
        let value = shellQuoted(":\(message(option.placeholder)):\(action(option.completion))")
        return names(option, long: "--\(option.name)=", short: "+", text: text + value)
    }

    private func names(_ option: ParameterDescription, long: String, short: String, text: String) -> [String] {
        guard let letter = option.short else {
            return ["\(option.isRepeated ? "'*'" : "")\(long)\(text)"]
        }
        let prefix = option.isRepeated ? "'*'" : "'(-\(letter) --\(option.name))'"
        return ["\(prefix){-\(letter)\(short),\(long)}\(text)"]
    }

    private func action(_ completion: Completion) -> String {
        switch completion {
        case .none: " "
        case .files: "_files"
        case .directories: "_files -/"
        case .words(let words): "(\(words.filter { $0.allSatisfy { !" ()'\\".contains($0) } }.joined(separator: " ")))"
        }
    }

    private func bracketed(_ text: String) -> String { escaping("[]\\", in: text) }
    private func message(_ text: String) -> String { escaping(":\\", in: text) }

    private func escaping(_ special: String, in text: String) -> String {
        text.map { special.contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
