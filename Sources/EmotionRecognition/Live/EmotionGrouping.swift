/// Fewer or other names than a model's classes: classes put together or left out.
public struct EmotionGrouping: Sendable, Equatable {
    /// A name and the classes that count for it.
    public struct Group: Sendable, Equatable {
        public var name: String
        /// Names of the model's classes, whose probabilities are added up.
        public var classes: [String]

        public init(name: String, classes: [String]) {
            self.name = name
            self.classes = classes
        }
    }

    /// In the order in which readings' probabilities will lie.
    public let groups: [Group]

    /// Throws `EmotionGroupingError` unless each group has a name of its own and no class is in two groups.
    public init(_ groups: [Group]) throws(EmotionGroupingError) {
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

    /// How a model's outputs become groups. Throws `EmotionGroupingError` if the model lacks a class.
    func sums(of classNames: [String]) throws(EmotionGroupingError) -> GroupSums {
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
