/// The limits of a value, with words for them.
///
/// Written as a Swift range: `1...100`, `0..<1`, `1...`, `...0`.
struct ValueBounds<Value: Comparable & Sendable>: Sendable {
    let contains: @Sendable (Value) -> Bool
    /// "1 to 10000", "1 or more", "at least 0 and below 1", ...
    let text: String

    init(_ range: some RangeExpression<Value> & Sendable) {
        contains = { range.contains($0) }
        text =
            switch range {
            case let range as ClosedRange<Value>: "\(range.lowerBound) to \(range.upperBound)"
            case let range as Range<Value>: "at least \(range.lowerBound) and below \(range.upperBound)"
            case let range as PartialRangeFrom<Value>: "\(range.lowerBound) or more"
            case let range as PartialRangeThrough<Value>: "\(range.upperBound) or less"
            case let range as PartialRangeUpTo<Value>: "below \(range.upperBound)"
            default: "within \(range)"
            }
    }
}
