import Foundation
import Testing

@Suite struct CommandLineTests {
    /// A terminal of 80 columns breaks no line of any command's help.
    @Test func helpFitsATerminal() throws {
        var waiting: [[String]] = [[]], seen = 0
        while let path = waiting.popLast() {
            let help = try Fermusic.run(path + ["--help"])
            #expect(help.status == 0 && help.errors.isEmpty, "\(path)")
            seen += 1
            var isList = false
            for line in help.output.split(separator: "\n", omittingEmptySubsequences: false) {
                #expect(line.count <= 80, "\(path.joined(separator: " ")): \(line)")
                if line.isEmpty { isList = false }
                if isList, line.hasPrefix("  "), !line.hasPrefix("   ") {
                    waiting.append(path + line.split(separator: " ").prefix(1).map(String.init))
                }
                if line == "SUBCOMMANDS" { isList = true }
            }
        }
        #expect(seen > 50, "\(seen) commands")
    }

    @Test func helpAndVersionGoToStandardOutput() throws {
        let help = try Fermusic.run(["--help"])
        #expect(help.status == 0)
        #expect(help.output.hasPrefix("USAGE: fermusic <subcommand>"))
        for verb in ["train", "evaluate", "predict", "model", "dataset", "completions"] {
            #expect(help.output.contains(verb))
            #expect(try Fermusic.run([verb, "--help"]).status == 0)
        }
        #expect(try Fermusic.run(["--version"]).output.hasPrefix("fermusic "))
    }

    @Test(arguments: [
        (["trian"], "did you mean 'train'"),
        (["train", "--epoch", "3"], "did you mean '--epochs'"),
        (["train", "--checkpoint", "a.h5"], "--data"),
        (["train", "--data", "a", "--checkpoint", "a.h5", "--epochs", "0"], "--epochs"),
        (["train", "--data", "a", "--checkpoint", "a.h5", "--arch", "cmn"], "cnn"),
        (["evaluate", "--model", "a.h5"], "--data"),
        (["predict", "--model", "a.h5"], "<source>"),
    ])
    func wrongUsageEndsWithTwo(_ arguments: [String], _ hint: String) throws {
        let result = try Fermusic.run(arguments)
        #expect(result.status == 2)
        #expect(result.errors.lowercased().contains(hint.lowercased()), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionsArePrinted(_ shell: String) throws {
        let result = try Fermusic.run(["completions", shell])
        #expect(result.status == 0)
        #expect(result.output.contains("evaluate"))
    }

    @Test func camerasAreListed() throws {
        let result = try Fermusic.run(["cameras", "--json"])
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("[") && result.output.hasSuffix("]\n"))
        #expect(try Fermusic.run(["cameras"]).status == 0)
    }

    @Test func missingAndForeignFilesAreOneLine() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = folder.appendingPathComponent("text.h5").path
        try "this is not HDF5".write(toFile: text, atomically: true, encoding: .utf8)
        let picture = folder.appendingPathComponent("face.jpg").path
        try "this is not a picture".write(toFile: picture, atomically: true, encoding: .utf8)
        let empty = folder.appendingPathComponent("empty").path
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        let cases: [([String], String)] = [
            (["model", "summary", "\(folder.path)/none.h5"], "none.h5: No such file or directory"),
            (["model", "summary", text], "text.h5: not an HDF5 file"),
            (["dataset", "info", "\(folder.path)/none.csv"], "none.csv: No such file or directory"),
            (["dataset", "info", empty], "no class folders"),
            (["train", "--data", "\(folder.path)/none", "--checkpoint", "\(folder.path)/a.h5"], "none: No such file"),
            (["train", "--data", empty, "--checkpoint", "\(folder.path)/missing/a.h5"], "missing/a.h5: cannot write"),
        ]
        for (arguments, expected) in cases {
            let result = try Fermusic.run(arguments)
            #expect(result.status == 1, "\(arguments)")
            let message = Fermusic.message(result)
            #expect(message.contains(expected), "\(arguments): \(result.errors)")
        }
    }

    @Test func csvErrorsNameTheRow() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("faces.csv").path
        let good = (0..<2304).map { "\($0 % 256)" }.joined(separator: " ")
        try "emotion,pixels,Usage\n3,\(good),Training\n9,\(good),Training\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let result = try Fermusic.run(["dataset", "info", path])
        #expect(result.status == 1)
        #expect(Fermusic.message(result) == "fermusic: \(path): row 3: label 9 is not in 0...6")
        let skipping = try Fermusic.run(["dataset", "info", path, "--skip-bad", "--json"])
        #expect(skipping.status == 0)
        #expect(skipping.output.contains("\"skipped\":1") && skipping.output.contains("\"count\":1"))
    }
}
