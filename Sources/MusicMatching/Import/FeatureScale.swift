import TextCoding

/// How a feature is written.
enum FeatureScale: Equatable {
    /// 0 to 1.
    case unit
    /// 0 to 100.
    case percent
    /// 1 to 9, as norms of words are.
    case nine

    var range: ClosedRange<Double> {
        switch self {
        case .unit: 0...1
        case .percent: 0...100
        case .nine: 1...9
        }
    }

    /// 0 to 1.
    func value(_ number: Double) -> Double {
        (number - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// What most numbers of a column speak for; `nil` if nothing does.
    static func of(_ texts: [String]) -> FeatureScale? {
        let numbers = texts.compactMap(number)
        if numbers.isEmpty { return .unit }
        let inside = numbers.count { (0...100).contains($0) }
        guard inside * 10 >= numbers.count * 8 else { return nil }
        // Fractions speak for one, larger numbers for the other; 0 and 1 for neither.
        let fractions = numbers.count { $0 > 0 && $0 < 1 }, large = numbers.count { $0 > 1 && $0 <= 100 }
        if large <= fractions { return .unit }
        // Up to 10 it may be anything: marks from 1 to 5, to 7, to 10.
        let isPercent = numbers.contains { $0 > 10 } || texts.contains { $0.hasSuffix("%") }
        return large > 3 * fractions && isPercent ? .percent : nil
    }

    /// Whether numbers that say nothing by themselves are of percent beside columns that are.
    static func mayBePercent(_ texts: [String]) -> Bool {
        texts.compactMap(number).allSatisfy { (0...100).contains($0) && ($0 == 0 || $0 >= 1) }
    }

    /// A number as people write it: with a point or a comma, perhaps with a percent sign behind it.
    static func number(_ text: String) -> Double? {
        var bytes = Array(text.utf8)
        if bytes.last == 0x25 { bytes.removeLast() }
        if let comma = bytes.firstIndex(of: 0x2C), !bytes.contains(0x2E), bytes.lastIndex(of: 0x2C) == comma {
            bytes[comma] = 0x2E
        }
        return TextDecoding.number(bytes[...])
    }
}
