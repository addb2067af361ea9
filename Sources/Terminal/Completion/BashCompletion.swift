/// Completion for bash 4 and later; needs nothing but bash itself.
///
/// One function walks the words typed so far to find the command, then offers what can follow.
struct BashCompletion {
    let root: Command

    func script() -> String {
        let nodes = CompletionNode.all(under: root)
        let function = "_" + CompletionNode(command: root, path: []).identifier(root.name)
        let transitions = nodes.filter { !$0.path.isEmpty }
            .map { "            \(shellQuoted(key($0))) ) command=\(shellQuoted(key($0))) ;;" }
        return """
            # Completion of \(root.name) for bash.
            \(function)() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' words='' i
                local IFS=$'\\n'
                # Bash takes the '=' of --name=value for a word of its own.
                if [[ $cur == '=' ]]; then
                    cur=''
                elif [[ $prev == '=' ]] && ((COMP_CWORD > 2)); then
                    prev=${COMP_WORDS[COMP_CWORD-2]}
                fi
                COMPREPLY=()
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case "$command/${COMP_WORDS[i]}" in
            \(transitions.joined(separator: "\n"))
                    esac
                done
                case "$command" in
            \(nodes.map(branch).joined(separator: "\n"))
                esac
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
            }
            complete -F \(function) \(root.name)

            """
    }

    /// How the function remembers a command: `/model/summary`.
    private func key(_ node: CompletionNode) -> String { node.path.map { "/" + $0 }.joined() }

    private func branch(_ node: CompletionNode) -> String {
        var lines = ["        \(shellQuoted(key(node))) )"]
        let values = node.command.options.filter { !$0.isFlag }
        if !values.isEmpty {
            lines.append("            case \"$prev\" in")
            for option in values {
                let names = ["--\(option.name)"] + (option.short.map { ["-\($0)"] } ?? [])
                lines.append("                \(names.joined(separator: "|"))) \(offer(option.completion)) return ;;")
            }
            lines.append("            esac")
        }
        lines.append("            if [[ $cur == -* ]]; then")
        lines.append("                words=\(wordList(node.optionWords))")
        lines.append("            else")
        lines.append("                words=\(wordList(node.subcommandNames))")
        for argument in node.command.positionals {
            switch argument.completion {
            case .none: break
            case .words(let words): lines.append("                words=\(wordList(words))")
            case .files, .directories: lines.append("                \(offer(argument.completion)) return")
            }
        }
        lines += ["            fi", "            ;;"]
        return lines.joined(separator: "\n")
    }

    /// Statements that fill in the reply; each ends with a semicolon.
    private func offer(_ completion: Completion) -> String {
        switch completion {
        case .none: ""
        case .files: "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\");"
        case .directories: "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\");"
        case .words(let words): "mapfile -t COMPREPLY < <(compgen -W \(wordList(words)) -- \"$cur\");"
        }
    }

    /// `compgen -W` expands its words as a command line would, so words that could mean more are left out.
    private func wordList(_ words: [String]) -> String {
        let plain = words.filter { $0.allSatisfy { $0.isLetter || $0.isNumber || "-_.,:+@%/".contains($0) } }
        return "$'" + plain.joined(separator: "\\n") + "'"
    }
}
