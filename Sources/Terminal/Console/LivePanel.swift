/// Lines that are drawn over and over in the same place of a terminal. For one thread.
public final class LivePanel {
    private let stream: TextStream
    private var drawn = 0

    public init(_ stream: TextStream) { self.stream = stream }

    /// Replaces what was drawn before. Lines are cut to the terminal's width; a line that can't be written is dropped.
    public func draw(_ lines: [String]) {
        let room = max(1, stream.width - 1)
        var text = drawn > 1 ? "\u{1B}[\(drawn - 1)A" : ""
        text += "\r" + lines.map { LivePanel.cut($0, room) + "\u{1B}[K" }.joined(separator: "\n")
        // Fewer lines than before: the rest goes.
        if lines.count < drawn { text += "\u{1B}[J" }
        try? stream.write(text)
        drawn = lines.count
    }

    /// The beginning of a line. Styles take no room, and end with the line.
    private static func cut(_ line: String, _ room: Int) -> String {
        guard line.count > room else { return line }
        var result = "", left = room, isEscape = false, isStyled = false
        for character in line {
            if isEscape {
                isEscape = !character.isLetter
            } else if character == "\u{1B}" {
                isEscape = true
                isStyled = true
            } else if left == 0 {
                return isStyled ? result + "\u{1B}[0m" : result
            } else {
                left -= 1
            }
            result.append(character)
        }
        return result
    }

    /// Leaves the last state where it is; what comes next goes below.
    public func finish() {
        guard drawn > 0 else { return }
        try? stream.write("\n")
        drawn = 0
    }

    /// The line of a `ProgressDisplay`, for a panel that shows more than it.
    public static func progressLine(
        _ title: String, completed: Int, start: Int, total: Int, fields: [(name: String, value: String)],
        elapsed: Duration, width: Int
    ) -> String {
        ProgressLine(
            title: title, completed: completed, start: start, total: total, fields: fields, elapsed: elapsed,
            isLast: false
        ).live(width: width)
    }
}
