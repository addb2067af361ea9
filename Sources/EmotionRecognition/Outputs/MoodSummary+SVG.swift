import FaceVision
import Report
import TextCoding

extension MoodSummary {
    /// A picture of the session: a bar per emotion with its share of time, and below a timeline in which the height of
    /// each colour is the probability of its emotion.
    public func svg(title: String) -> String {
        let width = 860.0, left = 20.0, plotWidth = width - 2 * left
        let barTop = 64.0, barStep = 24.0
        let timelineTop = barTop + Double(classNames.count) * barStep + 44, timelineHeight = 150.0
        let height = timelineTop + timelineHeight + 44
        var svg = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(decimal(width, 0)) \(decimal(height, 0))" \
            font-family="system-ui, sans-serif" font-size="13" role="img">
            <title>\(escaped(title))</title>
            <rect width="100%" height="100%" fill="#ffffff"/>
            <text x="\(decimal(left, 0))" y="28" font-size="17" font-weight="600" fill="#222">\(escaped(title))</text>
            <text x="\(decimal(left, 0))" y="48" fill="#555">\(escaped(facts))</text>

            """
        for (label, name) in classNames.enumerated() {
            let y = barTop + Double(label) * barStep
            svg += text(name, x: left, y: y + 15, "#222")
            svg += rectangle(left + 90, y + 3, shares[label] * (plotWidth - 160), 15, fill: hex(label))
            svg += text(
                "\(decimal(shares[label] * 100, 1)) %", x: left + 98 + shares[label] * (plotWidth - 160), y: y + 15,
                "#555")
        }
        svg += text(holdsPicturesOnly ? "Picture by picture" : "Over time", x: left, y: timelineTop - 12, "#222")
        svg += rectangle(left, timelineTop, plotWidth, timelineHeight, fill: "#f2f3f5")
        let span = max(duration, stretchSeconds)
        for (index, stretch) in stretches.enumerated() where stretch.seconds > 0 {
            let start = Double(index) * stretchSeconds
            let x = left + start / span * plotWidth
            let wide = min(stretchSeconds, span - start) / span * plotWidth
            var y = timelineTop + timelineHeight
            for label in classNames.indices {
                let part = stretch.sums[label] / stretch.seconds * timelineHeight
                y -= part
                // A hair wider, or the paper shows between neighbours.
                svg += rectangle(x, y, max(0, wide) + 0.3, part, fill: hex(label))
            }
        }
        for part in 0...4 {
            let x = left + plotWidth * Double(part) / 4
            let anchor = part == 0 ? "start" : part == 4 ? "end" : "middle"
            svg += """
                <text x="\(decimal(x, 1))" y="\(decimal(timelineTop + timelineHeight + 18, 1))" fill="#555" \
                text-anchor="\(anchor)">\(place(span * Double(part) / 4))</text>

                """
        }
        return svg + "</svg>\n"
    }

    private var holdsPicturesOnly: Bool { pictures > 0 && pictures == frames }

    private var facts: String {
        let share = frames > 0 ? Double(framesWithFaces) / Double(frames) * 100 : 0
        let faces = "a face in \(decimal(share, 1)) % of them, at most \(mostFaces) at once"
        let photos = counted(pictures, "picture")
        if holdsPicturesOnly { return "\(photos), \(faces)" }
        let moods = counted(changes, "change of mood", "changes of mood")
        let all = counted(frames - pictures, "frame") + (pictures > 0 ? " and \(photos)" : "")
        return "\(clock(duration)), \(all), \(faces), \(moods)"
    }

    /// A place on the timeline.
    private func place(_ seconds: Double) -> String {
        holdsPicturesOnly ? decimal(seconds, seconds == seconds.rounded() ? 0 : 1) : clock(seconds)
    }

    /// `1:02` or `1:02:03`, with tenths below ten seconds.
    private func clock(_ seconds: Double) -> String {
        if seconds < 10 { return "\(decimal(seconds, 1)) s" }
        let whole = Int(min(1e15, seconds).rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let minutes = whole / 60 % 60
        return whole < 3600 ? "\(minutes):\(two(whole % 60))" : "\(whole / 3600):\(two(minutes)):\(two(whole % 60))"
    }

    private func text(_ text: String, x: Double, y: Double, _ color: String) -> String {
        "<text x=\"\(decimal(x, 1))\" y=\"\(decimal(y, 1))\" fill=\"\(color)\">\(escaped(text))</text>\n"
    }

    private func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String) -> String {
        guard width > 0.01, height > 0.01 else { return "" }
        return "<rect x=\"\(decimal(x, 2))\" y=\"\(decimal(y, 2))\" width=\"\(decimal(width, 2))\" "
            + "height=\"\(decimal(height, 2))\" fill=\"\(fill)\"/>\n"
    }

    private func hex(_ label: Int) -> String {
        let color = FaceAnnotator.color(classNames[label], index: label)
        return "#"
            + [color.red, color.green, color.blue].map {
                let text = String($0, radix: 16)
                return text.count < 2 ? "0" + text : text
            }.joined()
    }
}
