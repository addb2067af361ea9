import EmotionRecognition
import FaceVision
import Terminal

/// What a camera sees, on a terminal: drawn over itself, so that nothing scrolls. Elsewhere, and where standard output is
/// for programs, a line whenever something happens.
final class LiveView {
    private let console: Console
    private let text: FaceText
    private let panel: LivePanel
    /// Said below the faces; asked for with each drawing.
    var music: () throws -> String = { "" }
    private var lastDrawn: ContinuousClock.Instant?
    private var events: [String] = []
    private var status = ""
    private let isDrawn: Bool
    /// Twelve pictures a second are enough to look smooth.
    private static let interval = Duration.milliseconds(80)

    init(_ console: Console, classNames: [String], isDrawn: Bool) {
        self.console = console
        self.isDrawn = isDrawn && console.output.isTerminal
        text = FaceText(classNames: classNames)
        panel = LivePanel(console.output)
    }

    /// Says what the source does: connecting, running, dark, gone.
    func note(_ state: LiveCapture.State) throws {
        status = printable(state.description)
        if isDrawn { return draw([]) }
        // That it is tried again was said with why.
        if state != .connecting { try console.errors.line(status) }
    }

    func update(_ result: FrameResult, latency: LatencyMeter, dropped: Int, calibration: Double?) throws {
        let news = text.events(result)
        guard isDrawn else {
            for line in news { try console.output.line(line) }
            _ = try music()
            return
        }
        events = (events + news).suffix(4)
        if let last = lastDrawn, last.duration(to: .now) < Self.interval { return }
        lastDrawn = .now
        let playing = try music()
        draw(lines(result, latency, dropped, calibration) + (playing.isEmpty ? [] : ["", playing]))
    }

    private func lines(
        _ result: FrameResult, _ latency: LatencyMeter, _ dropped: Int, _ calibration: Double?
    ) -> [String] {
        var lines = [styled(speed(latency, dropped), .dim)]
        if let seconds = calibration {
            lines.append(styled("calibrating: look neutral for \(Int(seconds.rounded(.up))) s", .yellow))
        }
        let most = max(1, (console.output.height - 8) / (text.classNames.count + 2))
        for (index, face) in result.faces.enumerated() {
            lines.append("")
            lines.append(styled("face \(face.identity ?? 0)  \(text.mood(face))\(text.notes(face))", .bold))
            if index < most { lines += bars(face.probabilities, strongest: face.label) }
        }
        if result.faces.isEmpty { lines += ["", "no face in view"] }
        if result.faces.count > 1, let group = result.group {
            lines += ["", "together  \(text.classNames[group.label]) \(percent(Double(group.confidence)))"]
        }
        return lines
    }

    /// Draws the status, the lines and what happened last over what was drawn before.
    private func draw(_ middle: [String]) {
        let lines = [styled(status, .dim)] + middle + [""] + events.map { styled($0, .dim) }
        // What others print comes below, on a line of its own.
        panel.draw(Array(lines.prefix(max(4, console.output.height - 1))) + [""])
    }

    private func styled(_ line: String, _ style: TextStyle) -> String { console.output.styled(line, style) }

    private func speed(_ latency: LatencyMeter, _ dropped: Int) -> String {
        var parts: [String] = []
        if let rate = latency.framesPerSecond { parts.append("\(fixed(rate, 1)) frames/s") }
        if let median = latency.age(share: 0.5), let late = latency.age(share: 0.95) {
            parts.append("latency \(fixed(median * 1e3, 0)) ms, 95 % within \(fixed(late * 1e3, 0)) ms")
        }
        if dropped > 0 { parts.append("\(dropped) dropped") }
        return parts.joined(separator: "  ")
    }

    private func bars(_ probabilities: [Float], strongest: Int) -> [String] {
        let names = text.classNames, width = names.map(\.count).max() ?? 0
        let room = max(8, min(40, console.output.width - width - 14))
        return names.indices.map { label in
            let name = names[label] + String(repeating: " ", count: width - names[label].count)
            let share = Double(probabilities[label])
            let bar = text.bar(share, width: room)
            let number = fixed(share * 100, 0)
            let line = "  \(name) \(String(repeating: " ", count: 3 - min(3, number.count)))\(number) % \(bar)"
            return label == strongest ? styled(line, .cyan) : line
        }
    }
}
