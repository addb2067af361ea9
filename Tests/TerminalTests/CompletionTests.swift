import ChildProcess
import Foundation
import Terminal
import Testing

/// Runs a program and returns what it printed, both streams together.
private func shell(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = ChildProcess(), pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
}

private func isInstalled(_ shellName: String) -> Bool {
    (try? shell(["sh", "-c", "command -v \(shellName)"]).status == 0) ?? false
}

/// A script in a file of its own, removed afterwards.
private func withScript<T>(
    _ name: String, of program: Program = Sample.program, _ body: (String) throws -> T
) throws -> T {
    let outcome = run(program, ["completions", name])
    try #require(outcome.code == 0)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).\(name)").path
    try outcome.output.write(toFile: path, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

@Suite struct CompletionTests {
    @Test(arguments: ["bash", "zsh", "fish"].filter(isInstalled))
    func scriptIsValid(_ name: String) throws {
        try withScript(name) { path in
            let result = try shell([name, "-n", path])
            #expect(result.status == 0)
            #expect(result.output == "")
        }
    }

    /// Everything in help texts that means something to a shell.
    @Test(arguments: ["bash", "zsh", "fish"].filter(isInstalled))
    func oddTextsAreQuoted(_ name: String) throws {
        let text = "it's [1]: $(touch /x) `y` \\ \"z\" {a,b} * ; & | # é"
        let option = Option<String>("odd", short: "o", help: text, placeholder: "a:b", choices: ["plain", "a b", "$x"])
        let command = Command("do-it", summary: text, parameters: [option]) { _, _ in .done }
        let program = Program(Command("odd-name", summary: text, subcommands: [command]), version: "1")
        try withScript(name, of: program) { path in
            let check = try shell([name, "-n", path])
            #expect(check.status == 0 && check.output == "", "\(check.output)")
            let load = ["bash": ["bash", "--norc"], "zsh": ["zsh", "-f"], "fish": ["fish", "--no-config"]]
            let loaded = try shell((load[name] ?? []) + ["-c", "source '\(path)'; true"])
            #expect(loaded.status == 0 && loaded.output == "", "\(loaded.output)")
        }
    }

    /// The words after the program's name, the last one being completed; bash splits at `=`.
    @Test(
        .enabled(if: isInstalled("bash")),
        arguments: [
            (["tr"], ["train"]),
            ([""], ["train", "predict", "model", "completions", "manual", "help"]),
            (["--v"], ["--version"]),
            (["help", "mod"], ["model"]),
            (["model", ""], ["summary", "convert", "help"]),
            (["model", "s"], ["summary"]),
            (["train", "--ep"], ["--epochs"]),
            (["train", "--no"], ["--no-augment"]),
            (["train", "--arch", ""], ["cnn", "mini", "deep"]),
            (["train", "--arch", "=", "m"], ["mini"]),
            (["train", "--arch", "="], ["cnn", "mini", "deep"]),
            (["train", "--epochs", ""], []),
            (["train", "--data", "/et"], ["/etc"]),
            (["train", "-d", "=", "/et"], ["/etc"]),
            (["predict", "/et"], ["/etc"]),
            (["train", "--data", "train", "--see"], ["--seed"]),
            (["completions", "z"], ["zsh"]),
        ] as [([String], [String])])
    func bash(_ words: [String], _ expected: [String]) throws {
        try withScript("bash") { path in
            let list = (["sample"] + words).map { "'\($0)'" }.joined(separator: " ")
            let result = try shell([
                "bash", "--norc", "-c",
                "source '\(path)'; COMP_WORDS=(\(list)); COMP_CWORD=\(words.count); _sample; "
                    + "printf '%s\\n' \"${COMPREPLY[@]}\"",
            ])
            #expect(result.output.split(separator: "\n").map(String.init) == expected)
        }
    }

    @Test(
        .enabled(if: isInstalled("fish")),
        arguments: [
            ("sample tr", ["train"]),
            ("sample model ", ["convert", "help", "summary"]),
            ("sample train --ep", ["--epochs"]),
            ("sample train --arch ", ["cnn", "deep", "mini"]),
            ("sample train --arch=m", ["--arch=mini"]),
            ("sample train --data /et", ["/etc/"]),
            ("sample predict /et", ["/etc/"]),
            ("sample completions f", ["fish"]),
        ])
    func fish(_ line: String, _ expected: [String]) throws {
        try withScript("fish") { path in
            let result = try shell(["fish", "--no-config", "-c", "source '\(path)'; complete -C '\(line)'"])
            let words = result.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
            #expect(words.sorted() == expected)
        }
    }

    /// Zsh itself runs its completion, in a pseudo terminal, and types the one match that is left.
    @Test(
        .enabled(if: isInstalled("zsh")),
        arguments: [
            ("sample tra", "sample train "), ("sample model sum", "sample model summary "),
            ("sample train --epo", "sample train --epochs="), ("sample train --arch mi", "sample train --arch mini "),
            ("sample train --arch=de", "sample train --arch=deep "),
            ("sample completions fi", "sample completions fish "),
            ("sample predict /et", "sample predict /etc/"),
        ])
    func zsh(_ line: String, _ expected: String) throws {
        try withScript("zsh") { path in
            let result = try shell([
                "timeout", "300", "zsh", "-f", "-c",
                """
                zmodload zsh/zpty
                zpty -b shell zsh -f -i
                zpty -w shell $'PS1=; autoload -Uz compinit; compinit -u -D; source \(path)'
                zpty -w shell $'show() { print -r -- "<<$BUFFER>>"; zle kill-buffer }; zle -N show'
                zpty -w shell $'bindkey "^X" show; print rea""dy'
                zpty -r -m shell out '*ready*'
                zpty -n -w shell $'\(line)\\t\\C-x'
                zpty -r -m shell out '*>>*'
                print -r -- "$out"
                zpty -d shell
                """,
            ])
            #expect(result.output.contains("<<\(expected)>>"), "\(result.output)")
        }
    }
}
