import Emotions

/// The classes of a data set, and what the names that were found became.
struct ClassMapping {
    /// FER2013's seven if all classes are among them; otherwise the emotions there are in their order, then the others by
    /// name.
    private(set) var classNames: [String] = []
    /// What was found, to its place in `classNames`.
    private(set) var places: [String: Int] = [:]
    /// What people should know, a line each.
    private(set) var notes: [Note] = []

    /// - Parameters:
    ///   - found: names of folders or labels, each once.
    ///   - certain: the numbering, where the data set is known by its files' names.
    /// Throws `DatasetError` where numbers don't say what they mean, or `given` does not fit.
    init(_ found: [String], given: ClassAssignment?, certain: ClassNumbering? = nil, path: String) throws {
        let words = Dictionary(uniqueKeysWithValues: found.map { ($0, ClassWord($0)) })
        let numbers = Set(words.values.compactMap { if case .number(let number) = $0 { number } else { nil } })
        let given = given ?? certain.map { ClassAssignment($0) }
        let saysNeutral = words.contains { $1 == .emotion(.neutral) && !$0.lowercased().contains("calm") }
        var names: [String: String] = [:]
        var guesses: [String] = []
        for name in found {
            if let said = try given?.className(name, numbers: numbers.sorted()) {
                names[name] = said
                continue
            }
            switch words[name]! {
            case .emotion(.neutral) where saysNeutral && name.lowercased().contains("calm"): names[name] = name
            case .emotion(let emotion): names[name] = emotion.name
            case .nearEmotion(let emotion):
                names[name] = emotion.name
                guesses.append("\(name) was taken for \(emotion.name)")
            case .number: throw ClassMapping.unclear(numbers, path: path)
            case .other(let own): names[name] = own
            }
        }
        let present = Set(names.values)
        let emotions = Emotion.allCases.map(\.name)
        let others = present.subtracting(emotions).sorted()
        let standard = FaceDataset.standardClassNames
        classNames = present.isSubset(of: standard) ? standard : emotions.filter(present.contains) + others
        for (name, own) in names { places[name] = classNames.firstIndex(of: own)! }
        describe(names, guesses: guesses, others: others)
    }

    private mutating func describe(_ names: [String: String], guesses: [String], others: [String]) {
        let foundFor = Dictionary(grouping: names.keys.sorted()) { names[$0]! }
        let renamed = classNames.compactMap { own -> String? in
            guard let found = foundFor[own], found != [own] else { return nil }
            return "\(found.joined(separator: " and ")) = \(own)"
        }
        if !renamed.isEmpty { notes.append(Note("classes: \(renamed.joined(separator: ", "))")) }
        if !guesses.isEmpty {
            notes.append(
                Note(
                    "\(guesses.joined(separator: ", ")): a typing error?",
                    remedy: .classes(fitting: [], example: foundFor.values.joined().min() ?? "")))
        }
        if !others.isEmpty, others.count < classNames.count {
            notes.append(Note("no emotions, classes of their own: \(others.joined(separator: ", "))"))
        }
    }

    private static func unclear(_ numbers: Set<Int>, path: String) -> DatasetError {
        let fitting = ClassNumbering.fitting(numbers)
        let ends = numbers.count > 1 ? "\(numbers.min()!) to \(numbers.max()!)" : "\(numbers.first!)"
        let fits = fitting.isEmpty ? "" : "; what would fit: \(fitting.map(\.summary).joined(separator: "; "))"
        return .unclearClasses(
            path: path, row: nil, reason: "class names that are numbers (\(ends)) don't say the emotions\(fits)",
            remedy: .classes(fitting: fitting.map(\.rawValue), example: "\(numbers.min()!)"))
    }
}
