import Timing

/// The text of one state of a job.
struct ProgressLine {
    let title: String
    let completed: Int
    let start: Int
    let total: Int?
    var isShare = false
    let fields: [(name: String, value: String)]
    let elapsed: Duration
    let isLast: Bool

    /// The share of the work that is done, 0 to 1; `nil` if the total isn't known.
    private var share: Double? {
        guard let total else { return nil }
        return total == 0 ? 1 : min(max(Double(completed) / Double(total), 0), 1)
    }

    /// "1 min 20 s left" while it runs, "took 5 min 02 s" at the end; the mean speed so far decides.
    private var time: String? {
        if isLast { return "took \(timeText(elapsed))" }
        guard let total, completed > start, elapsed > .zero else { return nil }
        let left = elapsed.seconds * Double(max(0, total - completed)) / Double(completed - start)
        // A guess beyond a year is no information.
        return left < 3.2e7 ? "\(timeText(.seconds(left.rounded()))) left" : nil
    }

    private var fieldTexts: [String] {
        fields.map { printable($0.name.isEmpty ? $0.value : "\($0.name) \($0.value)") }
    }

    private var count: String {
        total.map { "\(completed)/\($0)" } ?? "\(completed)"
    }

    /// A complete line for a log.
    var plain: String {
        var parts = isShare ? [] : [count]
        if let share { parts.append("\(Int(share * 100)) %") }
        return title + ": " + (parts + fieldTexts + [time].compactMap { $0 }).joined(separator: ", ")
    }

    /// A line that fits into `width` columns: the bar takes what is left, fields go first when it's narrow.
    func live(width: Int) -> String {
        // The last column stays free: filling it makes some terminals wrap.
        let room = max(1, width - 1)
        let lead = share.map { "\(title) \(pad(Int($0 * 100), 3)) %" } ?? "\(title) \(count)"
        var tail = fieldTexts + [time].compactMap { $0 }
        func tailText() -> String { tail.map { "  " + $0 }.joined() }
        while !tail.isEmpty, lead.count + tailText().count > room {
            // The time left is worth more than the last field.
            tail.remove(at: tail.count > 1 && time != nil ? tail.count - 2 : tail.count - 1)
        }
        let barWidth = min(30, room - lead.count - tailText().count - 1)
        let bar = share.map { barWidth >= 8 ? " " + Self.bar($0, width: barWidth) : "" } ?? ""
        return String((lead + bar + tailText()).prefix(room))
    }

    /// Eighths of a block make the bar move smoothly.
    private static func bar(_ share: Double, width: Int) -> String {
        let eighths = Int((share * Double(width * 8)).rounded(.down))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let full = String(repeating: "█", count: eighths / 8)
        return full + partial + String(repeating: "░", count: width - eighths / 8 - (partial.isEmpty ? 0 : 1))
    }

    private func pad(_ number: Int, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - "\(number)".count)) + "\(number)"
    }
}
