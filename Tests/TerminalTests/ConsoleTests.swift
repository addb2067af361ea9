import Threads
import Terminal
import Testing

@Suite struct ConsoleTests {
    /// A clock the test moves by hand.
    final class FakeClock: Sendable {
        private let time = Guarded(Duration.zero)
        var now: Duration { time.withLock { $0 } }
        func advance(_ step: Duration) { time.withLock { $0 += step } }
    }

    @Test func plainProgress() {
        let capture = Capture(), clock = FakeClock()
        let progress = ProgressDisplay("epoch 1/2", total: 1000, stream: capture.stream(), clock: { clock.now })
        for step in 1...100 {
            clock.advance(.seconds(1))
            progress.update(step * 10, fields: [("images/s", "10"), ("loss", fixed(1.5, 2))])
        }
        progress.finish(fields: [("loss", "0.90")])
        progress.finish()
        progress.update(5)
        let lines = capture.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 11)
        #expect(lines.first == "epoch 1/2: 100/1000, 10 %, images/s 10, loss 1.50, 1 min 30 s left")
        #expect(lines.last == "epoch 1/2: 1000/1000, 100 %, loss 0.90, took 1 min 40 s")
        #expect(!capture.text.contains("\r") && !capture.text.contains("\u{1B}"))
    }

    @Test func plainProgressOfSlowAndFastJobs() {
        let slow = Capture(), fast = Capture(), clock = FakeClock()
        let slowJob = ProgressDisplay("slow", total: 1_000_000, stream: slow.stream(), clock: { clock.now })
        let fastJob = ProgressDisplay("fast", total: 100, stream: fast.stream(), clock: { clock.now })
        for step in 1...100 {
            clock.advance(.milliseconds(10))
            fastJob.update(step)
        }
        fastJob.finish()
        #expect(fast.text == "fast: 100/100, 100 %, took 1 s\n")
        for step in 1...100 {
            clock.advance(.seconds(1))
            slowJob.update(step)
        }
        #expect(slow.text.split(separator: "\n").count == 3)
    }

    @Test func liveProgress() {
        let capture = Capture(), clock = FakeClock()
        let stream = capture.stream(isTerminal: true, width: 60)
        let progress = ProgressDisplay("train", total: 200, start: 100, stream: stream, clock: { clock.now })
        progress.update(100)
        for _ in 1...50 {  // all within a tenth of a second: nothing is drawn
            clock.advance(.milliseconds(1))
            progress.update(110)
        }
        clock.advance(.milliseconds(9950))
        progress.update(150, fields: [("loss", "1.25"), ("bad\u{1B}[2J", "x\ny")])
        progress.note("saved \u{7}")
        progress.finish(fields: [("loss", "1.20")])
        let states = capture.text.split(separator: "\r", omittingEmptySubsequences: true).map(String.init)
        #expect(states.count == 5)
        #expect(states[0] == "train  50 % ███████████████░░░░░░░░░░░░░░░\u{1B}[K")
        #expect(states[1].hasSuffix("  10 s left\u{1B}[K") && states[1].contains("75 %"))
        #expect(states[1].contains("bad\\u{1B}[2J x\\ny"))
        #expect(states[2] == "\u{1B}[Ksaved \\u{7}\n")
        #expect(states[4].hasSuffix("loss 1.20  took 10 s\u{1B}[K\n"))
    }

    @Test(arguments: [1, 2, 10, 15, 20, 40, 200])
    func liveLineNeverWraps(_ width: Int) {
        let capture = Capture()
        let progress = ProgressDisplay("a title", total: 7, stream: capture.stream(isTerminal: true, width: width))
        progress.update(3, fields: [("images/s", "123.4"), ("loss", "0.123"), ("accuracy", "0.5")])
        let line = capture.text.dropFirst().dropLast(3)
        #expect(line.count <= max(1, width - 1), "\(line)")
    }

    @Test func oddTotals() {
        let capture = Capture()
        for total in [nil, 0, -5, 3] {
            for count in [-1, 0, 3, 100] {
                let progress = ProgressDisplay("x", total: total, stream: capture.stream(isTerminal: count > 0))
                progress.update(count)
                progress.finish()
            }
        }
        #expect(capture.text.contains("x: 0/0, 100 %, took 0 s\n"))
    }

    @Test func table() {
        var table = TextTable([.left("class"), .right("images"), .right("recall")])
        table.add("happy", "7215", percent(0.875))
        table.add("disgust\u{1B}", "436")
        #expect(
            table.render() == """
                class          images  recall
                -------------  ------  ------
                happy            7215  87.5 %
                disgust\\u{1B}     436

                """)
        var bare = TextTable([.left(""), .right("")])
        bare.add("a", "1")
        bare.add("long", "22")
        #expect(bare.render() == "a      1\nlong  22\n")
    }

    @Test(
        arguments: [
            ([:], true), (["NO_COLOR": "1"], false), (["NO_COLOR": ""], true), (["TERM": "dumb"], false),
            (["TERM": "xterm"], true),
        ] as [([String: String], Bool)])
    func colors(_ environment: [String: String], _ expected: Bool) {
        #expect(TextStream.colorIsWelcome { environment[$0] } == expected)
        let stream = Capture().stream(usesColor: expected)
        #expect(stream.styled("x", .red) == (expected ? "\u{1B}[31mx\u{1B}[0m" : "x"))
    }

    @Test func numbers() {
        #expect(fixed(0.12345, 3) == "0.123")
        #expect(fixed(-2, 0) == "-2")
        #expect(fixed(.greatestFiniteMagnitude, 17).count == 327)
        #expect(fixed(.nan, 2) == "nan" && fixed(-.infinity, 2) == "-inf")
        #expect(percent(0.6592) == "65.9 %")
        #expect(
            [0, 59, 65, 3720, 100_000].map { timeText(.seconds($0)) }
                == ["0 s", "59 s", "1 min 05 s", "1 h 02 min", "1 d 3 h"])
    }
}
