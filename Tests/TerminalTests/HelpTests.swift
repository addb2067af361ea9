import Terminal
import Testing

@Suite struct HelpTests {
    @Test(arguments: [["train", "--help"], ["help", "train"], ["train", "--epohcs", "x", "-h"]])
    func command(_ words: [String]) {
        let expected = """
            USAGE: sample train --data <path> [options]

            Train a network.

            Reads the data, trains, and saves the best weights. Stopping with Ctrl-C saves
            the state, and the same command goes on from there.

            A second paragraph.

            OPTIONS
              -d, --data <path>         The data set, a CSV file or a folder. (required)
              -n, --epochs <n>          Passes over the data. (1 to 10000; default: 75)
                  --learning-rate <x>   Step size. (0.0 or more; default: 0.001)
                  --arch <name>         The network. (cnn, mini, deep; default: cnn)
                  --budget <time>       Stop after this time.
                  --input-range <a..b>  What pixels are scaled to. (default: 0..1)
                  --labels <text,...>   Names of the classes in order.
                  --tag <text>          A note for the log. (may be repeated)
                  --seed <n>            Makes the run repeatable.
                  --offset <n>          Where to start.
                  --json                Print one JSON object.
              -v, --verbose             Say more.
              -h, --help                Print this help.

            AUGMENTATION
                  --[no-]augment        Vary the images. (default: on)
                  --zoom <x>            Largest zoom. (at least 0.0 and below 1.0; default:
                                        0.1)

            EXAMPLES
              the documented recipe:
                sample train --data fer2013.csv --epochs 75
              sample train -d faces/

            """
        #expect(run(Sample.program, words) == Outcome(code: 0, output: expected))
    }

    @Test(arguments: [["--help"], ["-h"], ["help"]])
    func root(_ words: [String]) {
        let expected = """
            USAGE: sample <subcommand>

            A sample program.

            SUBCOMMANDS
              train        Train a network.
              predict      Name emotions.
              model        Look at models.
              completions  Print a script that completes command lines in a shell.
              manual       Print the manual page: the help of all subcommands.

            OPTIONS
                  --version  Print the version.
              -h, --help     Print this help.

            See 'sample <subcommand> --help' for each of them.

            """
        #expect(run(Sample.program, words) == Outcome(code: 0, output: expected))
    }

    @Test func arguments() {
        let expected = """
            USAGE: sample model convert <model> [<target>]

            Convert a model.

            ARGUMENTS
              <model>   A model file.
              <target>  Where to write.

            OPTIONS
              -h, --help  Print this help.

            """
        #expect(run(Sample.program, ["help", "model", "convert"]).output == expected)
        #expect(
            run(Sample.program, ["predict", "-h"]).output.hasPrefix("USAGE: sample predict [options] <image>...\n"))
    }

    @Test(arguments: [1, 40, 60, 80, 100, 1000])
    func noLineIsWiderThanTheTerminal(_ width: Int) {
        let text = run(Sample.program, ["help", "train"], width: width).output
        for line in text.split(separator: "\n") {
            #expect(line.count <= min(max(width, 40), 100), "\(line)")
            #expect(line.last != " ")
        }
    }
}

/// The manual page says what the helps say, and nothing in it is taken for a request by mistake.
@Suite struct ManualTests {
    @Test func allCommandsAndOptionsAreThere() {
        let outcome = run(Sample.program, ["manual"])
        #expect(outcome.code == 0)
        for text in [
            ".SS sample train", "\\fB\\-n\\fR, \\fB\\-\\-epochs\\fR \\fIn\\fR", "\\fB\\-\\-learning\\-rate\\fR",
            ".SS sample model summary", "Passes over the data. (1 to 10000; default: 75)",
        ] {
            #expect(outcome.output.contains(text), "\(text)")
        }
        let known = ["TH", "SH", "SS", "TP", "PP", "RS", "RE", "nf", "fi", "B"]
        for line in outcome.output.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(known.contains { line.dropFirst() == $0 || line.dropFirst().hasPrefix("\($0) ") }, "\(line)")
        }
    }
}
