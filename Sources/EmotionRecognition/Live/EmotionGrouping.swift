import Emotions
import Files
import Glibc
import TextCoding

/// Fewer or other names than a model's classes: classes put together or left out.
public struct EmotionGrouping: Sendable, Equatable {
    /// A name and the classes that count for it.
    public struct Group: Sendable, Equatable {
        public var name: String
        public var classes: [String]

        public init(name: String, classes: [String]) {
            self.name = name
            self.classes = classes
        }
    }

    public let groups: [Group]

    /// Throws `EmotionGroupingError` unless each group has a name of its own and no class is in two groups.
    public init(_ groups: [Group]) throws {
        guard groups.count > 1 else { throw EmotionGroupingError("at least two groups are needed") }
        var names = Set<String>(), classes = Set<String>()
        for group in groups {
            guard names.insert(group.name).inserted else { throw EmotionGroupingError("'\(group.name)' comes twice") }
            guard !group.classes.isEmpty else { throw EmotionGroupingError("'\(group.name)' has no classes") }
            for name in group.classes where !classes.insert(name).inserted {
                throw EmotionGroupingError("'\(name)' is in two groups")
            }
        }
        self.groups = groups
    }

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

    /// How a model's outputs become groups. Throws `EmotionGroupingError` if the model lacks a class.
    func sums(of classNames: [String]) throws -> GroupSums {
        var target = [Int?](repeating: nil, count: classNames.count)
        for (number, group) in groups.enumerated() {
            for name in group.classes {
                guard let index = classNames.firstIndex(of: name) else {
                    throw EmotionGroupingError(
                        "the model has no class '\(name)', only \(classNames.joined(separator: ", "))")
                }
                target[index] = number
            }
        }
        return GroupSums(target: target, count: groups.count)
    }
}

/// Adds up the probabilities of grouped classes.
struct GroupSums: Sendable {
    var target: [Int?]
    var count: Int

    /// Sums to 1 again; all the same if everything probable was left out.
    func apply(_ probabilities: [Float]) -> [Float] {
        var result = [Float](repeating: 1e-6, count: count)
        for (index, probability) in probabilities.enumerated() {
            if let group = target[index] { result[group] += probability }
        }
        let sum = result.reduce(0, +)
        return result.map { $0 / sum }
    }
}

/// Groups that make no sense.
public struct EmotionGroupingError: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) { self.description = description }
}
