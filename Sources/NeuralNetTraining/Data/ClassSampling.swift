import NeuralNetCore
import Randomness

/// How often the classes are drawn in an epoch. An epoch always has as many samples as there are.
public enum ClassSampling: String, Sendable, Codable, CaseIterable {
    /// Each sample once.
    case natural
    /// Classes in shares as the square roots of their counts: rare ones more often, common ones still more.
    case squareRoot = "square-root"
    /// All classes equally often.
    case balanced

    /// The order of the samples in an epoch, a function of the generator. `labels` has the class of each sample.
    func order(of labels: [Int], random: inout RandomGenerator) -> [Int] {
        var indices = Array(labels.indices)
        if self != .natural { indices = draw(labels, &random) }
        // Fisher, Yates.
        for i in stride(from: indices.count - 1, to: 0, by: -1) { indices.swapAt(i, random.integer(below: i + 1)) }
        return indices
    }

    /// Takes from each class its share; within a class samples come round again only when all were taken.
    private func draw(_ labels: [Int], _ random: inout RandomGenerator) -> [Int] {
        let classes = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }.map(\.value)
        let weights = classes.map { self == .balanced ? 1 : Double($0.count).squareRoot() }
        let total = weights.reduce(0, +)
        var result: [Int] = []
        result.reserveCapacity(labels.count)
        var passed = 0.0
        for (members, weight) in zip(classes, weights) {
            passed += weight
            // Shares are cut from the whole, so that their roundings add up.
            let end = Int((passed / total * Double(labels.count)).rounded())
            var pool: [Int] = []
            while result.count < end {
                if pool.isEmpty {
                    pool = members
                    for i in stride(from: pool.count - 1, to: 0, by: -1) {
                        pool.swapAt(i, random.integer(below: i + 1))
                    }
                }
                result.append(pool.removeLast())
            }
        }
        return result
    }
}
