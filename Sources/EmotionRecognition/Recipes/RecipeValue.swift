/// What a field of a recipe can hold: something that files code, and that a word of a command line can be.
package protocol RecipeValue: Codable, Equatable, Sendable {
    static var kind: RecipeValueKind { get }
    /// Nil when the text isn't one.
    init?(recipeText: String)
    /// What `init?(recipeText:)` reads back as this value.
    var recipeText: String { get }
}

/// Kinds of values, for those who ask a user for one.
package indirect enum RecipeValueKind: Sendable, Equatable {
    case flag
    case whole
    case number
    /// Two numbers, the lower first: `0.9..1.1`.
    case range
    case text
    case path
    case words([String])
    /// Separated by commas.
    case list(of: RecipeValueKind)
}

extension Bool: RecipeValue {
    package static var kind: RecipeValueKind { .flag }
    package init?(recipeText: String) { self.init(recipeText) }
    package var recipeText: String { "\(self)" }
}

extension Int: RecipeValue {
    package static var kind: RecipeValueKind { .whole }
    package init?(recipeText: String) { self.init(recipeText) }
    package var recipeText: String { "\(self)" }
}

extension UInt64: RecipeValue {
    package static var kind: RecipeValueKind { .whole }
    package init?(recipeText: String) { self.init(recipeText) }
    package var recipeText: String { "\(self)" }
}

extension Float: RecipeValue {
    package static var kind: RecipeValueKind { .number }
    package init?(recipeText: String) { self.init(recipeText) }
    package var recipeText: String { shortText(self) }
}

extension Double: RecipeValue {
    package static var kind: RecipeValueKind { .number }
    package init?(recipeText: String) { self.init(recipeText) }
    package var recipeText: String { shortText(self) }
}

/// 10 instead of 10.0.
private func shortText(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

extension String: RecipeValue {
    package static var kind: RecipeValueKind { .text }
    package init?(recipeText: String) { self = recipeText }
    package var recipeText: String { self }
}

/// Enumerations: the names of their cases in files are the words.
extension RecipeValue where Self: CaseIterable & RawRepresentable, RawValue == String {
    package static var kind: RecipeValueKind { .words(allCases.map(\.rawValue)) }
    package init?(recipeText: String) { self.init(rawValue: recipeText) }
    package var recipeText: String { rawValue }
}

extension Array: RecipeValue where Element: RecipeValue {
    package static var kind: RecipeValueKind { .list(of: Element.kind) }
    package init?(recipeText: String) {
        self = []
        for part in recipeText.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = Element(recipeText: String(part)) else { return nil }
            append(value)
        }
    }
    package var recipeText: String { map(\.recipeText).joined(separator: ",") }
}

extension ClosedRange: RecipeValue where Bound: RecipeValue {
    package static var kind: RecipeValueKind { .range }
    package init?(recipeText: String) {
        let ends = recipeText.split(separator: "..", omittingEmptySubsequences: false)
        guard ends.count == 2, let low = Bound(recipeText: String(ends[0])),
            let high = Bound(recipeText: String(ends[1])), low <= high
        else { return nil }
        self = low...high
    }
    package var recipeText: String { "\(lowerBound.recipeText)..\(upperBound.recipeText)" }
}

/// Which values are allowed, with words for them: "must be 1 to 1024".
package struct RecipeLimits<Value: RecipeValue>: Sendable {
    let text: String
    let contains: @Sendable (Value) -> Bool

    init(_ text: String, contains: @escaping @Sendable (Value) -> Bool) {
        self.text = text
        self.contains = contains
    }
}

extension RecipeLimits where Value: Comparable {
    static func range(_ range: ClosedRange<Value>) -> Self {
        Self("\(range.lowerBound.recipeText) to \(range.upperBound.recipeText)") { range.contains($0) }
    }

    static func range(_ range: Range<Value>) -> Self {
        Self("\(range.lowerBound.recipeText) to below \(range.upperBound.recipeText)") { range.contains($0) }
    }

    static func range(_ range: PartialRangeFrom<Value>) -> Self {
        Self("\(range.lowerBound.recipeText) or more") { range.contains($0) }
    }
}

extension RecipeLimits {
    /// For lists: the limits of each value.
    static func each<Element>(_ limits: RecipeLimits<Element>) -> Self where Value == [Element] {
        Self("\(limits.text) each") { $0.allSatisfy(limits.contains) }
    }

    /// For ranges: both ends.
    static func within(_ range: ClosedRange<Float>) -> Self where Value == ClosedRange<Float> {
        Self("\(range.lowerBound.recipeText) to \(range.upperBound.recipeText)") {
            range.contains($0.lowerBound) && range.contains($0.upperBound)
        }
    }
}
