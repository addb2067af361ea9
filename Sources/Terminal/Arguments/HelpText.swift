/// The help of one command.
struct HelpText {
    let command: Command
    let path: [String]
    let width: Int

    /// Help of `command` for a terminal of `width` columns.
    init(_ command: Command, path: [String], width: Int = 80) {
        self.command = command
        self.path = path
        // Too narrow can't be read, too wide neither.
        self.width = min(max(width, 40), 100)
    }

    /// The whole text, ending with a line break.
    func render() -> String {
        var sections = [usage, wrap(command.summary, width: width).joined(separator: "\n")]
        if !command.discussion.isEmpty { sections.append(paragraphs(command.discussion)) }
        sections += [
            list("SUBCOMMANDS", command.subcommands.map { ($0.name, $0.summary) }),
            list("ARGUMENTS", command.positionals.map { (argumentLabel($0), HelpText.describe($0)) }),
        ]
        let allOptions = command.options.map(optionLabel) + commonRows.map(\.label)
        let column = textColumn(after: allOptions)
        sections.append(list("OPTIONS", optionRows(inGroup: nil) + commonRows, column: column))
        for group in groups { sections.append(list(group.uppercased(), optionRows(inGroup: group), column: column)) }
        if !command.subcommands.isEmpty {
            sections.append("See '\(path.joined(separator: " ")) <subcommand> --help' for each of them.")
        }
        sections.append(examples)
        return sections.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var usage: String {
        var words: [String] = []
        if command.subcommands.isEmpty {
            for option in command.options where option.isRequired {
                words.append("--\(option.name) <\(option.placeholder)>")
            }
            if command.options.contains(where: { !$0.isRequired }) { words.append("[options]") }
            words += command.positionals.map { $0.isRequired ? argumentLabel($0) : "[\(argumentLabel($0))]" }
        } else {
            words.append("<subcommand>")
        }
        let start = "USAGE: " + path.joined(separator: " ")
        let lines = wrap(words, first: start, indent: min(start.count + 1, width / 2), width: width)
        return lines.joined(separator: "\n")
    }

    private var groups: [String] {
        var names: [String] = []
        for case let group? in command.options.map(\.group) where !names.contains(group) { names.append(group) }
        return names
    }

    private func optionRows(inGroup group: String?) -> [(label: String, text: String)] {
        command.options.filter { $0.group == group }.map { (optionLabel($0), HelpText.describe($0)) }
    }

    private var commonRows: [(label: String, text: String)] {
        let version = path.count == 1 ? [("    --version", "Print the version.")] : []
        return version + [("-h, --help", "Print this help.")]
    }

    private func optionLabel(_ option: ParameterDescription) -> String {
        let short = option.short.map { "-\($0), " } ?? "    "
        if option.isInvertible { return "\(short)--[no-]\(option.name)" }
        return option.isFlag ? "\(short)--\(option.name)" : "\(short)--\(option.name) <\(option.placeholder)>"
    }

    private func argumentLabel(_ argument: ParameterDescription) -> String {
        "<\(argument.name)>" + (argument.isRepeated ? "..." : "")
    }

    /// The help sentence followed by what is worth knowing about legal values.
    static func describe(_ parameter: ParameterDescription) -> String {
        var facts: [String] = []
        if !parameter.allowedValues.isEmpty { facts.append(parameter.allowedValues.joined(separator: ", ")) }
        if let bounds = parameter.boundsText { facts.append(bounds) }
        if parameter.isRepeated, parameter.kind == .option { facts.append("may be repeated") }
        if parameter.isRequired, parameter.kind == .option { facts.append("required") }
        if let text = parameter.defaultText { facts.append("default: \(text)") }
        return facts.isEmpty ? parameter.help : "\(parameter.help) (\(facts.joined(separator: "; ")))"
    }

    private var examples: String {
        guard !command.examples.isEmpty else { return "" }
        var lines = ["EXAMPLES"]
        for example in command.examples {
            if !example.explanation.isEmpty { lines += wrap(example.explanation, indent: 2, width: width) }
            lines += shellLines(example.command, indent: example.explanation.isEmpty ? 2 : 4)
        }
        return lines.joined(separator: "\n")
    }

    /// A command line that can be copied, broken where a shell reads on: never within quotes.
    private func shellLines(_ command: String, indent: Int) -> [String] {
        guard indent + command.count > width else { return [String(repeating: " ", count: indent) + command] }
        var words = [""], isQuoted = false
        for character in command {
            if character == "\"" || character == "'" { isQuoted.toggle() }
            if character == " ", !isQuoted { words.append("") } else { words[words.count - 1].append(character) }
        }
        // Options stay beside their values.
        var parts: [String] = []
        for word in words {
            let isValue =
                parts.last?.hasPrefix("-") == true && !word.hasPrefix("-") && !(parts.last ?? "").contains(" ")
            if isValue { parts[parts.count - 1] += " " + word } else { parts.append(word) }
        }
        var lines = [String(repeating: " ", count: indent)]
        for part in parts {
            let isFirst = lines[lines.count - 1].allSatisfy { $0 == " " }
            if !isFirst, lines[lines.count - 1].count + part.count + 3 > width {
                lines[lines.count - 1] += " \\"
                lines.append(String(repeating: " ", count: indent + 4) + part)
            } else {
                lines[lines.count - 1] += (isFirst ? "" : " ") + part
            }
        }
        return lines
    }

    /// Two aligned columns under a heading; nothing at all without rows.
    private func list(_ title: String, _ rows: [(label: String, text: String)], column: Int? = nil) -> String {
        guard !rows.isEmpty else { return "" }
        let column = column ?? textColumn(after: rows.map(\.label))
        var lines = [title]
        for row in rows {
            let texts = wrap(row.text, indent: column, width: width)
            let label = "  " + row.label
            guard label.count + 2 <= column, let first = texts.first else {
                lines += [label] + texts
                continue
            }
            lines.append(label + first.dropFirst(label.count))
            lines += texts.dropFirst()
        }
        return lines.joined(separator: "\n")
    }

    /// Where the texts beside these labels begin. Very long labels get a line of their own instead of squeezing all.
    private func textColumn(after labels: [String]) -> Int {
        let widest = max(16, min(30, width * 2 / 5))
        return 4 + (labels.map(\.count).filter { $0 <= widest }.max() ?? widest)
    }

    private func paragraphs(_ text: String) -> String {
        text.split(separator: "\n\n", omittingEmptySubsequences: true)
            .map { wrap(String($0), width: width).joined(separator: "\n") }
            .joined(separator: "\n\n")
    }
}

/// Breaks a paragraph into lines of at most `width` columns; longer words stand alone.
func wrap(_ text: String, indent: Int = 0, width: Int) -> [String] {
    wrap(text.split(whereSeparator: \.isWhitespace).map(String.init), first: "", indent: indent, width: width)
}

/// Breaks words into lines; `first` opens the first line, the others are indented.
func wrap(_ words: [String], first: String, indent: Int, width: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = first.isEmpty ? margin : first
    var isEmpty = first.isEmpty
    for word in words {
        if !isEmpty, line.count + 1 + word.count > width {
            lines.append(line)
            line = margin
            isEmpty = true
        }
        line += (isEmpty ? "" : " ") + word
        isEmpty = false
    }
    if !isEmpty { lines.append(line) }
    return lines
}
