import Terminal
import Testing

@Suite struct ArgumentParserTests {
    @Test func defaults() throws {
        let arguments = try Sample.parse("--data", "x.csv")
        #expect(arguments[Sample.data] == "x.csv")
        #expect(arguments[Sample.epochs] == 75)
        #expect(arguments[Sample.rate] == 0.001)
        #expect(arguments[Sample.arch] == .cnn)
        #expect(arguments[Sample.budget] == nil)
        #expect(arguments[Sample.inputRange] == NumericRange(0, 1))
        #expect(arguments[Sample.labels] == nil)
        #expect(arguments[Sample.tags] == [])
        #expect(arguments[Sample.json] == false)
        #expect(arguments[Sample.augment] == true)
        #expect(arguments.wasGiven(Sample.data))
        #expect(!arguments.wasGiven(Sample.epochs))
        #expect(arguments.commandPath == ["train"])
    }

    /// An accent that has no letter of its own is read with the `=` before it as one character.
    @Test(arguments: ["--data=\u{301}x", "-d=\u{301}x", "-d\u{301}x"])
    func valuesBeginWithAnything(word: String) throws {
        let value = try Sample.parse(word)[Sample.data]
        #expect(value.string.unicodeScalars.elementsEqual("\u{301}x".unicodeScalars))
    }

    @Test(arguments: [["--epochs", "3"], ["--epochs=3"], ["-n", "3"], ["-n3"], ["-n=3"], ["-vn3"], ["-n9", "-n3"]])
    func spellings(_ words: [String]) throws {
        let program = Program(
            Command("p", summary: "", parameters: [Sample.epochs, Sample.verbose]) { arguments, console in
                try console.output.write("\(arguments[Sample.epochs]) \(arguments[Sample.verbose])")
                return .done
            }, version: "1")
        #expect(run(program, words).output == (words[0].hasPrefix("-v") ? "3 true" : "3 false"))
    }

    @Test func values() throws {
        let arguments = try Sample.parse(
            "-d", "-", "--arch=deep", "--budget", "1h30m", "--input-range=-1..1", "--labels", "angry, happy",
            "--tag", "a", "--tag=b=c", "--tag=-x", "--seed", "18446744073709551615", "--json", "--no-augment",
            "--offset", "-12")
        #expect(arguments[Sample.data].string == "-")
        #expect(arguments[Sample.arch] == .deep)
        #expect(arguments[Sample.budget] == .seconds(5400))
        #expect(arguments[Sample.inputRange] == NumericRange(-1, 1))
        #expect(arguments[Sample.labels]?.values == ["angry", "happy"])
        #expect(arguments[Sample.tags] == ["a", "b=c", "-x"])
        #expect(arguments[Sample.seed] == .max)
        #expect(arguments[Sample.json])
        #expect(!arguments[Sample.augment])
        #expect(arguments[Sample.offset] == -12)
    }

    @Test func negativeRangeAsItsOwnWord() throws {
        #expect(try Sample.parse("-d", "x", "--input-range", "-1..1")[Sample.inputRange].lower == -1)
        #expect(try Sample.parse("-d", "x", "--input-range", "-.5..0.5")[Sample.inputRange].lower == -0.5)
    }

    @Test func lastFlagCounts() throws {
        #expect(try Sample.parse("-d", "x", "--no-augment", "--augment")[Sample.augment])
        #expect(try !Sample.parse("-d", "x", "--augment", "--no-augment")[Sample.augment])
    }

    @Test(arguments: [
        ("2h", 7200.0), ("90m", 5400), ("30s", 30), ("1d", 86400), ("1h30m15s", 5415), ("1.5h", 5400), ("250ms", 0.25),
        ("0s", 0),
    ])
    func duration(_ text: String, _ seconds: Double) throws {
        #expect(try #require(Duration(argument: text)) == .milliseconds(Int(seconds * 1000)))
    }

    @Test(arguments: ["", "2", "h", "2x", "-2h", "2h 3m", "nans", "1e3s", "99999999999999d", "2h3", "..s", "１h"])
    func noDuration(_ text: String) {
        #expect(Duration(argument: text) == nil)
    }

    @Test func durationText() {
        #expect(Duration.seconds(5415).argumentText == "1h30m15s")
        #expect(Duration.zero.argumentText == "0s")
    }

    @Test(arguments: [
        ("0..1", 0.0, 1.0), ("-1..1", -1, 1), ("0...255", 0, 255), (".5...75", 0.5, 75), ("-2..-1", -2, -1),
    ])
    func range(_ text: String, _ lower: Double, _ upper: Double) {
        #expect(NumericRange(argument: text) == NumericRange(lower, upper))
    }

    @Test(arguments: ["", "..", "...", "1", "1..", "..1", "1..1", "2..1", "nan..1", "0..inf", "a..b", "1.2"])
    func noRange(_ text: String) {
        #expect(NumericRange(argument: text) == nil)
    }

    @Test func positionalArguments() {
        #expect(run(Sample.program, ["predict", "a", "--json", "b"]).output == "a|b\n")
        #expect(run(Sample.program, ["predict", "--", "--json", "-x", "--"]).output == "--json|-x|--\n")
        #expect(run(Sample.program, ["predict", "-5", "-"]).output == "-5|-\n")
        #expect(run(Sample.program, ["model", "summary", "m.h5"]).output == "summary of m.h5\n")
        #expect(run(Sample.program, ["model", "convert", "a"]).output == "a -> none\n")
        #expect(run(Sample.program, ["model", "convert", "a", "b"]).output == "a -> b\n")
    }

    @Test func optionalVariadic() {
        let rest = Argument<[Int]>("n", required: false, help: "")
        let program = Program(
            Command("sum", summary: "", parameters: [rest]) { arguments, console in
                try console.output.write("\(arguments[rest].reduce(0, +))")
                return .done
            }, version: "1")
        #expect(run(program, []).output == "0")
        #expect(run(program, ["3", "-1"]).output == "2")
        #expect(run(program, ["x"]).errors.hasPrefix("sum: <n>: expected a whole number, got 'x'"))
    }

    @Test func choicesKnownAtRunTime() {
        let split = Option<String>("split", default: "b", help: "", choices: ["a", "b"])
        let program = Program(
            Command("p", summary: "", parameters: [split]) { arguments, console in
                try console.output.write(arguments[split])
                return .done
            }, version: "1")
        #expect(run(program, []).output == "b")
        #expect(run(program, ["--split=a"]).output == "a")
        #expect(run(program, ["--split=c"]).errors.hasPrefix("p: --split: expected a or b, got 'c'"))
    }

    @Test func version() {
        #expect(run(Sample.program, ["--version"]) == Outcome(code: 0, output: "sample 1.2.3\n"))
    }
}
