import Terminal
import Testing

@Suite struct UsageErrorTests {
    @Test(arguments: [
        ("", "a subcommand is needed: train, predict, model, completions or manual", "sample"),
        ("trian", "unknown subcommand 'trian'; did you mean 'train'?", "sample"),
        ("xyz", "unknown subcommand 'xyz'", "sample"),
        ("--verison", "unknown option '--verison'; did you mean '--version'?", "sample"),
        ("model", "a subcommand is needed: summary or convert", "sample model"),
        ("model sumary", "unknown subcommand 'sumary'; did you mean 'summary'?", "sample model"),
        ("model summary", "<model> is required", "sample model summary"),
        ("model summary a b", "unexpected argument 'b'", "sample model summary"),
        ("train", "--data is required", "sample train"),
        ("train --data", "--data needs a value: --data <path>", "sample train"),
        ("train --data --json", "--data needs a value: --data <path>", "sample train"),
        ("train --data=", "--data: expected a path, got ''", "sample train"),
        ("train --data d --epoch 3", "unknown option '--epoch'; did you mean '--epochs'?", "sample train"),
        ("train --data d --epohcs=3", "unknown option '--epohcs'; did you mean '--epochs'?", "sample train"),
        ("train --data d --learn 3", "unknown option '--learn'; did you mean '--learning-rate'?", "sample train"),
        ("train --data d -epochs 3", "unknown option '-epochs'; did you mean '--epochs'?", "sample train"),
        ("train --data d --no-augmnt", "unknown option '--no-augmnt'; did you mean '--no-augment'?", "sample train"),
        ("train --data d --no-json", "unknown option '--no-json'", "sample train"),
        ("train --data d --qqqqqqq", "unknown option '--qqqqqqq'", "sample train"),
        ("train --data d -x", "unknown option '-x'", "sample train"),
        ("train --data d --json=yes", "--json takes no value, got 'yes'", "sample train"),
        ("train --data d -v=1", "-v takes no value, got '1'", "sample train"),
        ("train --data d --no-augment=1", "--no-augment takes no value, got '1'", "sample train"),
        ("train --data d --epochs ten", "--epochs: expected a whole number, got 'ten'", "sample train"),
        ("train --data d --epochs 0", "--epochs: expected 1 to 10000, got '0'", "sample train"),
        (
            "train --data d --epochs 99999999999999999999",
            "--epochs: expected a whole number, got '99999999999999999999'", "sample train"
        ),
        ("train --data d --learning-rate -1", "--learning-rate: expected 0.0 or more, got '-1'", "sample train"),
        ("train --data d --learning-rate nan", "--learning-rate: expected a number, got 'nan'", "sample train"),
        ("train --data d --zoom 1", "--zoom: expected at least 0.0 and below 1.0, got '1'", "sample train"),
        (
            "train --data d --arch ccn", "--arch: expected cnn, mini or deep, got 'ccn'; did you mean 'cnn'?",
            "sample train"
        ),
        (
            "train --data d --budget 90",
            "--budget: expected a time with its unit such as 30s, 90m or 2h, got '90'", "sample train"
        ),
        (
            "train --data d --input-range 1..0",
            "--input-range: expected a range such as 0..1 or -1..1, the lower end first, got '1..0'", "sample train"
        ),
        (
            "train --data d --labels a,,b", "--labels: expected a comma-separated list, got 'a,,b'",
            "sample train"
        ),
        ("train --data d --seed -1", "--seed: expected a whole number of 0 or more, got '-1'", "sample train"),
        ("train --data d extra", "unexpected argument 'extra'", "sample train"),
        ("predict --json", "<image> is required", "sample predict"),
        ("help train extra", "unexpected argument 'extra'", "sample train"),
        ("help modle", "unknown subcommand 'modle'; did you mean 'model'?", "sample"),
        (
            "completions basch", "<shell>: expected bash, zsh or fish, got 'basch'; did you mean 'bash'?",
            "sample completions"
        ),
    ])
    func message(_ line: String, _ message: String, _ command: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(
            run(Sample.program, words)
                == Outcome(code: 2, errors: "sample: \(message)\nSee '\(command) --help'.\n"))
    }

    @Test func hostileTextIsEscaped() {
        #expect(
            run(Sample.program, ["\u{1B}[31mred\n\u{202E}"]).errors
                == "sample: unknown subcommand '\\u{1B}[31mred\\n\\u{202E}'\nSee 'sample --help'.\n")
        #expect(printable("plain ünïcode 😀") == "plain ünïcode 😀")
        #expect(printable("\u{9B}2J\u{7F}\r\t\u{0}\u{2028}") == "\\u{9B}2J\\u{7F}\\r\\t\\u{0}\\u{2028}")
    }

    @Test func errorsOfCommands() {
        struct Broken: Error, CustomStringConvertible { let description = "a.h5: not\nHDF5" }
        func program(_ error: any Error & Sendable) -> Program {
            Program(Command("p", summary: "", parameters: []) { _, _ in throw error }, version: "1")
        }
        #expect(run(program(Broken()), []) == Outcome(code: 1, errors: "p: a.h5: not\\nHDF5\n"))
        #expect(
            run(program(UsageError.conflict("--a", "--b")), [])
                == Outcome(code: 2, errors: "p: --a and --b can't be used together\nSee 'p --help'.\n"))
        #expect(run(program(UsageError.other("odd")), []).errors == "p: odd\nSee 'p --help'.\n")
        #expect(run(program(StreamError.readerGone), []) == Outcome(code: 0))
        #expect(run(program(StreamError.failed(28)), []).code == 1)
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
    func distance(_ a: String, _ b: String, _ expected: Int) {
        #expect(editDistance(a, b) == expected)
        #expect(editDistance(b, a) == expected)
    }
}
