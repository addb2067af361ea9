/// The manual page of a program, for `man`: what `--help` says of every command, on one page.
///
/// Macros of man(7), which every formatter has.
struct ManualPage {
    let root: Command
    let version: String

    func text() -> String {
        let name = root.name
        var lines = [
            ".TH \(escaped(name.uppercased())) 1 \"\" \"\(escaped(name)) \(escaped(version))\"",
            ".SH NAME", "\(escaped(name)) \\- \(escaped(root.summary))",
            ".SH SYNOPSIS", ".B \(escaped(name))", "\\fIsubcommand\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]",
        ]
        lines += section("DESCRIPTION", paragraphs(root.discussion))
        lines += section("SUBCOMMANDS", nodes(under: root).flatMap(subcommand))
        lines += section("EXAMPLES", examples(root))
        return lines.joined(separator: "\n") + "\n"
    }

    /// All commands that do something, with the names that lead to them.
    private func nodes(under command: Command) -> [CompletionNode] {
        CompletionNode.all(under: command).filter { $0.command.subcommands.isEmpty && !$0.path.isEmpty }
    }

    private func subcommand(_ node: CompletionNode) -> [String] {
        let command = node.command
        let arguments = command.positionals.map { argument in
            let word = "\\fI\(escaped(argument.name))\\fR" + (argument.isRepeated ? "..." : "")
            return argument.isRequired ? word : "[\(word)]"
        }
        var lines = [".SS \(escaped(([root.name] + node.path).joined(separator: " ")))"]
        if !arguments.isEmpty { lines += ["Arguments: \(arguments.joined(separator: " "))", ".PP"] }
        lines.append(escaped(command.summary))
        lines += paragraphs(command.discussion).flatMap { [".PP", $0] }
        for parameter in command.positionals + command.options {
            lines += [".TP", label(parameter), escaped(HelpText.describe(parameter))]
        }
        return lines + examples(command)
    }

    private func label(_ parameter: ParameterDescription) -> String {
        if parameter.kind == .positional { return "\\fI\(escaped(parameter.name))\\fR" }
        let names =
            (parameter.short.map { ["-\($0)"] } ?? [])
            + ["--\(parameter.isInvertible ? "[no-]" : "")\(parameter.name)"]
        let value = parameter.isFlag ? "" : " \\fI\(escaped(parameter.placeholder))\\fR"
        return names.map { "\\fB\(escaped($0))\\fR" }.joined(separator: ", ") + value
    }

    private func examples(_ command: Command) -> [String] {
        command.examples.flatMap { example in
            let explanation = example.explanation.isEmpty ? [".PP"] : [".PP", "\(escaped(example.explanation)):"]
            return explanation + [".RS", ".nf", escaped(example.command), ".fi", ".RE"]
        }
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [".SH \(title)"] + lines
    }

    private func paragraphs(_ text: String) -> [String] {
        text.split(separator: "\n\n").map { escaped(String($0)) }
    }

    /// Text that no formatter takes for a request: backslashes, dashes that are to be copied, a dot at the start.
    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "\n": result += " "
            default: result.append(character)
            }
        }
        return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
    }
}

/// `program manual`
func manualCommand(of root: Command, version: String) -> Command {
    let name = root.name
    return Command(
        "manual", summary: "Print the manual page: the help of all subcommands.",
        examples: [Example("\(name) manual | man -l -", "to read it where it is not installed")]
    ) { _, console in
        try console.output.write(ManualPage(root: root, version: version).text())
        return .done
    }
}
