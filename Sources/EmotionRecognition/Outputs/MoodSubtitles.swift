import Glibc

/// Moods as SubRip subtitles: a new subtitle whenever what would be shown changes.
public struct MoodSubtitles: Sendable {
    private let classNames: [String]
    private var shown: (text: String, since: Double)?
    private var last = (time: 0.0, step: 0.04)
    private var count = 0
    /// What is complete so far.
    public private(set) var text = ""

    /// Gets the names that the readings' labels stand for: `FaceReader.classNames`.
    public init(classNames: [String]) { self.classNames = classNames }

    /// Frames come in the order of their time.
    public mutating func add(_ result: FrameResult) {
        if result.time > last.time { last = (result.time, min(result.time - last.time, 1)) }
        if let duration = result.duration { last = (result.time, duration) }
        let line = result.faces.map { face in
            let name = classNames[face.label] + (face.isUncertain ? "?" : "")
            return result.faces.count > 1 ? "\(face.identity ?? 0): \(name)" : name
        }.joined(separator: ", ")
        guard line != shown?.text ?? "" else { return }
        close(at: result.time)
        if !line.isEmpty { shown = (line, result.time) }
    }

    /// Ends the last subtitle with the last frame.
    public mutating func finish() { close(at: last.time + last.step) }

    private mutating func close(at end: Double) {
        guard let (line, since) = shown else { return }
        shown = nil
        count += 1
        text += "\(count)\n\(Self.stamp(since)) --> \(Self.stamp(end))\n\(line)\n\n"
    }

    /// `01:02:03,456`
    static func stamp(_ seconds: Double) -> String {
        let milliseconds = Int((max(0, min(seconds, 359_999)) * 1000).rounded())
        func digits(_ value: Int, _ count: Int) -> String {
            let text = "\(value)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let whole = milliseconds / 1000
        return "\(digits(whole / 3600, 2)):\(digits(whole / 60 % 60, 2)):\(digits(whole % 60, 2)),"
            + digits(milliseconds % 1000, 3)
    }
}
