import Terminal
import Testing

@Suite struct CurvePlotTests {
    @Test func linesFillTheirBox() {
        let plot = CurvePlot(
            title: "loss", series: [.init("training", [3, 2, 1]), .init("validation", [3, nil, 2])], steps: 5,
            decimals: 1)
        let lines = plot.lines(width: 30, height: 8)
        #expect(lines.count == 8 && lines.allSatisfy { $0.count == 30 })
        #expect(lines[0].contains("loss") && lines[0].contains("training"))
        #expect(lines[1].hasPrefix("  3.0 ┤") && lines[6].hasPrefix("  1.0 ┤"))
        #expect(lines[7].hasSuffix("5"))
        #expect(lines[1...6].joined().contains { ("\u{2801}"..."\u{28FF}").contains($0) })
    }

    /// One step down a straight line: the second series fills one dot per column from corner to corner.
    @Test func curvesGoThroughTheirPoints() {
        let plot = CurvePlot(title: "t", series: [.init("a", []), .init("b", [1, 0])], steps: 2, decimals: 0)
        let lines = plot.lines(width: 9, height: 3)
        // Two characters of 2 x 4 dots: rows 0 to 3 over columns 0 to 3.
        #expect(lines[1].suffix(2) == "⠑⢄")
    }

    @Test func emptyAndFlatCurvesAreHarmless() {
        for values in [[], [Double?.none], [1.0, 1.0], [.nan, .infinity]] as [[Double?]] {
            let lines = CurvePlot(title: "t", series: [.init("a", values)], steps: 2, decimals: 2).lines(
                width: 20, height: 5)
            #expect(lines.count == 5 && lines.allSatisfy { $0.count == 20 })
        }
    }

    @Test func panelsStayInTheirPlace() {
        let capture = Capture()
        let panel = LivePanel(capture.stream(isTerminal: true, width: 11))
        var seen = 0
        func written() -> String {
            defer { seen = capture.text.count }
            return String(capture.text.dropFirst(seen))
        }
        panel.draw(["one", "two is too long"])
        #expect(written() == "\rone\u{1B}[K\ntwo is too\u{1B}[K")
        panel.draw(["three", "four", "five"])
        #expect(written() == "\u{1B}[1A\rthree\u{1B}[K\nfour\u{1B}[K\nfive\u{1B}[K")
        panel.draw(["six"])
        #expect(written() == "\u{1B}[2A\rsix\u{1B}[K\u{1B}[J")
        panel.finish()
        #expect(written() == "\n")
        panel.finish()
        #expect(written().isEmpty)
    }
}
