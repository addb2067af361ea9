import Emotions
import Files
import TextCoding

extension EmotionGrouping {
    /// The five that many programs show, see `EmotionSelection.five`.
    public static let five = try! EmotionGrouping(
        EmotionSelection.five.emotions.map { Group(name: $0.name, classes: [$0.name]) })

    /// Leaves out what is not among the emotions of a selection; nil if a model has nothing else. Throws
    /// `EmotionGroupingError` if fewer than two classes are left.
    public init?(_ selection: EmotionSelection, of classNames: [String]) throws {
        let emotions = selection.emotions
        let kept = classNames.filter { name in Emotion(name: name).map(emotions.contains) ?? false }
        if kept.count == classNames.count { return nil }
        do {
            try self.init(kept.map { Group(name: $0, classes: [$0]) })
        } catch {
            throw EmotionGroupingError(
                "of the model's classes \(classNames.joined(separator: ", ")) only \(kept.count) are among the "
                    + "\(selection.rawValue) emotions")
        }
    }

    /// Reads lines such as `good = happy, surprise`; `#` begins a comment. Classes that are not named are left out.
    /// Throws `EmotionGroupingError` naming file and line.
    public init(reading path: String) throws {
        let text: String
        do {
            text = String(decoding: try FileBytes.read(path, limit: 1 << 20), as: UTF8.self)
        } catch let failure as FileFailure {
            throw EmotionGroupingError("\(path): cannot read the groups: \(failure.reason)")
        }
        var groups: [Group] = []
        // Windows' editors end lines with two characters, which Swift takes for one, and begin files with a mark.
        let lines = text.drop { $0 == "\u{FEFF}" }.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let content = line.prefix { $0 != "#" }.trimmingBlanks
            if content.isEmpty { continue }
            let parts = content.split(separator: "=", omittingEmptySubsequences: false)
            let name = parts[0].trimmingBlanks
            guard parts.count == 2, !name.isEmpty else {
                throw EmotionGroupingError("\(path): line \(number + 1): expected 'name = class, class'")
            }
            groups.append(Group(name: name, classes: parts[1].split(separator: ",").map(\.trimmingBlanks)))
        }
        do {
            try self.init(groups)
        } catch {
            throw EmotionGroupingError("\(path): \(error)")
        }
    }
}
