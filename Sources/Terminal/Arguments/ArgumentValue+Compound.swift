import TextCoding

/// A span of time with units: `30s`, `90m`, `2h`, `1d`, `1h30m`, `250ms`.
///
/// A bare number is refused, because nobody can tell whether `--budget 90` means seconds or minutes.
extension Duration: ArgumentValue {
    public init?(argument: String) {
        var total = 0.0
        var rest = Substring(argument)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), let seconds = Self.secondsPerUnit(unit) else { return nil }
            total += number * seconds
        }
        // A century is more than any command needs and far from overflowing.
        guard total.isFinite, total <= 3.2e9 else { return nil }
        self = .milliseconds(Int64((total * 1000).rounded()))
    }

    private static func secondsPerUnit(_ unit: Substring) -> Double? {
        switch unit {
        case "ms": 0.001
        case "s", "sec": 1
        case "m", "min": 60
        case "h": 3600
        case "d": 86400
        default: nil
        }
    }

    public var argumentText: String {
        var milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "0s" }
        var text = ""
        for (unit, size) in [("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
        where milliseconds >= size {
            text += "\(milliseconds / size)\(unit)"
            milliseconds %= size
        }
        return text
    }

    public static var placeholder: String { "time" }
    public static var expectation: String { "a time with its unit such as 30s, 90m or 2h" }
}

/// Two numbers, the lower first: `0..1`, `-1..1`, `0..255`.
public struct NumericRange: ArgumentValue, Hashable {
    public let lower: Double
    public let upper: Double

    /// - Precondition: `lower < upper`, both finite.
    public init(_ lower: Double, _ upper: Double) {
        precondition(lower < upper && lower.isFinite && upper.isFinite, "a range needs lower < upper")
        self.lower = lower
        self.upper = upper
    }

    public init?(argument: String) {
        let text = Array(argument)
        // Three dots are looked for first: in `0...5` the third dot doesn't belong to the number.
        for separator in [3, 2] {
            guard text.count > separator else { continue }
            for start in 0...(text.count - separator) where text[start..<start + separator].allSatisfy({ $0 == "." }) {
                guard let lower = Double(argument: String(text[..<start])),
                    let upper = Double(argument: String(text[(start + separator)...])), lower < upper
                else { return nil }
                self.init(lower, upper)
                return
            }
        }
        return nil
    }

    public var argumentText: String { "\(Self.short(lower))..\(Self.short(upper))" }
    private static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    public static var placeholder: String { "a..b" }
    public static var expectation: String { "a range such as 0..1 or -1..1, the lower end first" }
}

/// Values in one word, separated by commas: `--labels angry,happy,sad`.
public struct CommaSeparated<Element: ArgumentValue>: ArgumentValue {
    /// At least one value.
    public let values: [Element]

    public init(_ values: [Element]) { self.values = values }

    public init?(argument: String) {
        var values: [Element] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let word = part.trimmingBlanks
            guard !word.isEmpty, let value = Element(argument: word) else { return nil }
            values.append(value)
        }
        self.values = values
    }

    public var argumentText: String { values.map(\.argumentText).joined(separator: ",") }
    public static var placeholder: String { "\(Element.placeholder),..." }
    public static var expectation: String {
        let list = "a comma-separated list"
        return Element.self == String.self ? list : "\(list), each \(Element.expectation)"
    }
    public static var completion: Completion { Element.completion }

    /// The list with what can't be read replaced.
    public static func suggestion(for text: String) -> String? {
        let words = text.split(separator: ",", omittingEmptySubsequences: true).map(\.trimmingBlanks)
        var isBetter = false
        let better = words.compactMap { word -> String? in
            if Element(argument: word) != nil { return word }
            isBetter = true
            return Element.suggestion(for: word)
        }
        return isBetter && better.count == words.count ? better.joined(separator: ",") : nil
    }
}

extension CommaSeparated: Equatable where Element: Equatable {}
extension CommaSeparated: Hashable where Element: Hashable {}
