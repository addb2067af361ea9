import Emotions
import Files
import Glibc
import TextCoding

/// What the user says about the names of classes: a published numbering, or a file.
public struct ClassAssignment: Sendable, Equatable {
    /// What was given, for messages.
    private(set) var source: String
    private var names: [String: String] = [:]
    private var numbers: [Int: String] = [:]
    private var list: [String]?

    /// The published numbering of that name, else the file: lines `folder = emotion`, or one name per line in the order
    /// of the numbers; `#` begins a comment. Throws `DatasetError`.
    public init(_ value: String) throws {
        if let numbering = ClassNumbering(rawValue: value.lowercased()), access(value.cPath, F_OK) != 0 {
            self = ClassAssignment(numbering)
            return
        }
        source = value
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(value, limit: 1 << 20)
        } catch let error as FileFailure {
            let known = ClassNumbering.allCases.map(\.rawValue).joined(separator: ", ")
            throw DatasetError.cannotRead(path: value, reason: "\(error.reason) (a file, or one of \(known))")
        }
        try read(String(decoding: bytes, as: UTF8.self))
    }

    init(_ numbering: ClassNumbering) {
        source = numbering.rawValue
        for (place, name) in numbering.classNames.enumerated() { numbers[numbering.first + place] = name }
    }

    private mutating func read(_ text: String) throws {
        var inOrder: [String] = []
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = raw.trimmingBlanks
            if line.isEmpty || line.hasPrefix("#") { continue }
            func bad(_ reason: String) -> DatasetError {
                .cannotRead(path: source, reason: "line \(index + 1): \(reason)")
            }
            var pieces = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                \.trimmingBlanks)
            // As files of labels are numbered.
            let numbered = line.split(separator: " ", maxSplits: 1).map(\.trimmingBlanks)
            if pieces.count == 1, numbered.count == 2, Int(numbered[0]) != nil { pieces = numbered }
            if pieces.count == 1 {
                inOrder.append(Self.className(line))
                continue
            }
            guard !pieces[0].isEmpty, !pieces[1].isEmpty else { throw bad("expected folder = emotion") }
            let name = Self.className(pieces[1])
            if let number = Int(pieces[0]) {
                guard numbers.updateValue(name, forKey: number) == nil else { throw bad("\(number) is named twice") }
            }
            guard names.updateValue(name, forKey: pieces[0].lowercased()) == nil || Int(pieces[0]) != nil else {
                throw bad("\(pieces[0]) is named twice")
            }
        }
        if !inOrder.isEmpty {
            guard names.isEmpty else {
                throw DatasetError.cannotRead(
                    path: source, reason: "some lines are 'folder = emotion' and some are not")
            }
            list = inOrder
        }
        guard !names.isEmpty || list != nil else { throw DatasetError.empty(path: source, reason: "names no classes") }
    }

    private static func className(_ text: String) -> String {
        switch ClassWord(text) {
        case .emotion(let emotion): return emotion.name
        case .other(let name): return name
        case .nearEmotion, .number: return text
        }
    }

    /// The class of a folder or label; nil if nothing is said about it.
    ///
    /// - Parameter numbers: all numbers there are, for lists: the first name is the smallest's. Nil: lists begin at 0.
    func className(_ name: String, numbers all: [Int]?) throws -> String? {
        if let given = names[name.lowercased()] { return given }
        guard case .number(let number) = ClassWord(name) else { return nil }
        if let list {
            if let all, all.count != list.count {
                throw DatasetError.cannotRead(
                    path: source, reason: "\(list.count) names for \(all.count) numbered classes")
            }
            let place = all?.firstIndex(of: number) ?? number
            if list.indices.contains(place) { return list[place] }
        }
        if let given = numbers[number] { return given }
        throw DatasetError.cannotRead(path: source, reason: "does not name the class \(name)")
    }
}
