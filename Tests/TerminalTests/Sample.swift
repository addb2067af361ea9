import Threads
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
    private let buffer = Guarded("")
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
        let values = Guarded<Arguments?>(nil)
        let command = Command(
            "train", summary: "",
            parameters: [
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
