/// The shape of one sample, without the batch: `[height, width, channels]` or `[features]`.
public typealias Shape = [Int]

extension Shape {
    /// The largest tensor that a model may have, and the most weights: 1 GB of floats.
    package static let largestCount = 1 << 28

    /// The number of elements, or nil if it is negative or beyond `largestCount`.
    package var checkedCount: Int? {
        var count = 1
        for size in self {
            guard size >= 0, size <= Shape.largestCount else { return nil }
            // Also where Int has 32 bits.
            let (product, overflows) = count.multipliedReportingOverflow(by: size)
            guard !overflows, product <= Shape.largestCount else { return nil }
            count = product
        }
        return count
    }
}

extension [Shape] {
    /// `[48, 48, 1]`, or `[48, 48, 1], [5]` for several.
    package var listed: String { map { "\($0)" }.joined(separator: ", ") }
}
