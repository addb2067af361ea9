import NeuralNet
import Testing

/// The coordinate of an element, such as `[2, 0, 3]`.
func coordinate(_ index: Int, in shape: Shape) -> [Int] {
    var rest = index
    return Array(
        shape.reversed().map { size in
            defer { rest /= max(size, 1) }
            return rest % max(size, 1)
        }.reversed())
}

/// Compares two tensors, first their sizes and then each element: differences count relative to the largest magnitude
/// of `expected`, or to `least`. A failure names the tensor and the coordinate that is furthest off.
func expectClose(
    _ actual: [Float], _ expected: [Float], shape: Shape, tolerance: Float, _ what: String, least: Float = 1e-6,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let count = shape.reduce(1, *)
    guard actual.count == count, expected.count == count else {
        Issue.record(
            "\(what): \(actual.count) elements against \(expected.count), expected shape \(shape)",
            sourceLocation: sourceLocation)
        return
    }
    let scale = expected.reduce(0) { max($0, abs($1)) }
    var worst = -1
    var worstDifference: Float = 0
    for i in 0..<count where !(abs(actual[i] - expected[i]) <= worstDifference) {
        worst = i
        worstDifference = abs(actual[i] - expected[i])
        if worstDifference.isNaN { break }
    }
    if worst >= 0, !(worstDifference <= tolerance * max(scale, least)) {
        Issue.record(
            "\(what) at \(coordinate(worst, in: shape)): \(actual[worst]), expected \(expected[worst]), largest \(scale)",
            sourceLocation: sourceLocation)
    }
}

extension RandomGenerator {
    mutating func values(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in uniform(in: range) }
    }
}

/// What counts for the largest gradient of a weight at least. The bias of attention's keys moves all scores alike: its
/// gradient is 0 but for rounding.
func leastGradient(of weight: String) -> Float { weight.hasSuffix("key_bias") ? 1e-2 : 1e-6 }
