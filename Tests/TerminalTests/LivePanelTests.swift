import Terminal
import Testing

@Suite struct LivePanelTests {
    private func drawn(_ line: String, width: Int) -> String {
        let capture = Capture()
        LivePanel(capture.stream(isTerminal: true, width: width)).draw([line])
        return capture.text
    }

    @Test func stylesTakeNoRoomAndEndWithTheLine() {
        let styled = "\u{1B}[2mseven letters\u{1B}[0m"
        #expect(drawn(styled, width: 14) == "\r\(styled)\u{1B}[K")
        #expect(drawn(styled, width: 13) == "\r\u{1B}[2mseven letter\u{1B}[0m\u{1B}[K")
        #expect(drawn(styled, width: 6) == "\r\u{1B}[2mseven\u{1B}[0m\u{1B}[K")
        #expect(drawn("a\u{1B}[1mbc", width: 3) == "\ra\u{1B}[1mb\u{1B}[0m\u{1B}[K")
    }
}
