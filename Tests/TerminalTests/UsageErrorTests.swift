import Synchronization
import Terminal
import Testing

/// What a command line prints and returns, without a process.
struct Outcome: Equatable {
    var code: Int32
    var output = ""
    var errors = ""
}

/// Collects what is written to a stream.
final class Capture: Sendable {
    private let buffer = Mutex("")
    var text: String { buffer.withLock { $0 } }
    func stream(isTerminal: Bool = false, usesColor: Bool = false, width: Int = 80) -> TextStream {
        TextStream(isTerminal: isTerminal, usesColor: usesColor, width: { width }) { text throws(StreamError) in
            self.buffer.withLock { $0 += text }
        }
    }
}

func run(_ program: Program, _ words: [String], width: Int = 80) -> Outcome {
    let output = Capture(), errors = Capture()
    let code = program.run(
        words, console: Console(output: output.stream(width: width), errors: errors.stream(width: width)))
    return Outcome(code: code.rawValue, output: output.text, errors: errors.text)
}

/// A program that looks like a real one.
enum Sample {
    enum Arch: String, ArgumentChoice { case cnn, mini, deep }

    static let data = Option<Path>("data", short: "d", help: "The data set, a CSV file or a folder.")
    static let epochs = Option<Int>(
        "epochs", short: "n", default: 75, help: "Passes over the data.", range: 1...10_000)
    static let rate = Option<Double>("learning-rate", default: 0.001, help: "Step size.", range: 0.0...)
    static let arch = Option<Arch>("arch", default: .cnn, help: "The network.")
    static let budget = Option<Duration?>("budget", help: "Stop after this time.")
    static let inputRange = Option<NumericRange>(
        "input-range", default: NumericRange(0, 1), help: "What pixels are scaled to.")
    static let labels = Option<CommaSeparated<String>?>("labels", help: "Names of the classes in order.")
    static let tags = Option<[String]>("tag", help: "A note for the log.")
    static let seed = Option<UInt64?>("seed", help: "Makes the run repeatable.")
    static let offset = Option<Int?>("offset", help: "Where to start.")
    static let json = Flag("json", help: "Print one JSON object.")
    static let verbose = Flag("verbose", short: "v", help: "Say more.")
    static let augment = Flag("augment", default: true, help: "Vary the images.").group("Augmentation")
    static let zoom = Option<Double>("zoom", default: 0.1, help: "Largest zoom.", range: 0..<1).group("Augmentation")

    static let train = Command(
        "train", summary: "Train a network.",
        discussion: """
            Reads the data, trains, and saves the best weights. Stopping with Ctrl-C saves the state, and the same
            command goes on from there.

            A second paragraph.
            """,
        examples: [
            Example("sample train --data fer2013.csv --epochs 75", "the documented recipe:"),
            Example("sample train -d faces/"),
        ],
        parameters: [
            data, epochs, rate, arch, budget, inputRange, labels, tags, seed, offset, json, verbose, augment, zoom,
        ]
    ) { arguments, console in
        try console.output.line("\(arguments[data]) \(arguments[epochs]) \(arguments[arch])")
        return .done
    }

    static let images = Argument<[Path]>("image", help: "Pictures or folders.")
    static let predict = Command("predict", summary: "Name emotions.", parameters: [json, images]) {
        arguments, console in
        try console.output.line(arguments[images].map(\.string).joined(separator: "|"))
        return .done
    }

    static let file = Argument<Path>("model", help: "A model file.")
    static let target = Argument<Path?>("target", help: "Where to write.")
    static let model = Command(
        "model", summary: "Look at models.",
        subcommands: [
            Command("summary", summary: "List the layers.", parameters: [file]) { arguments, console in
                try console.output.line("summary of \(arguments[file])")
                return .done
            },
            Command("convert", summary: "Convert a model.", parameters: [file, target]) { arguments, console in
                try console.output.line("\(arguments[file]) -> \(arguments[target]?.string ?? "none")")
                return .done
            },
        ])

    static let program = Program(
        Command("sample", summary: "A sample program.", subcommands: [train, predict, model]), version: "1.2.3")

    /// The values of a `train` line.
    static func parse(_ words: String...) throws -> Arguments {
        let values = Mutex<Arguments?>(nil)
        let command = Command(
            "train", summary: "", parameters: [
                data, epochs, rate, arch, budget, inputRange, labels, tags, seed, offset, json, verbose, augment, zoom,
            ]
        ) { arguments, _ in
            values.withLock { $0 = arguments }
            return .done
        }
        let outcome = run(Program(command, version: "1"), words)
        try #require(outcome.code == 0, "\(outcome.errors)")
        return try #require(values.withLock { $0 })
    }
}

@Suite struct UsageErrorTests {
    @Test(arguments: [
        ("", "a subcommand is needed: train, predict, model or completions", "sample"),
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
            "train --data d --labels a,,b", "--labels: expected a comma-separated list without gaps, got 'a,,b'",
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
