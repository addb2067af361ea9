import CKernels
import NeuralNetCore

/// Whether two classifiers differ, from the samples that only one of them gets right.
///
/// Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions", 1947; for many
/// samples with the continuity correction of A. L. Edwards, 1948.
public struct McNemarTest: Sendable, Equatable {
    /// Samples that only the first, or only the second, gets right.
    public let onlyFirst: Int
    /// Samples that only the second gets right.
    public let onlySecond: Int

    /// A test from counts.
    public init(onlyFirst: Int, onlySecond: Int) {
        self.onlyFirst = onlyFirst
        self.onlySecond = onlySecond
    }

    /// Samples that only one of the two gets right.
    public var discordant: Int { onlyFirst + onlySecond }

    /// Up to this many discordant pairs the binomial distribution itself is summed up.
    public static let exactLimit = 1000

    /// Whether `probability` is the binomial distribution's, not the chi-squared approximation.
    public var isExact: Bool { discordant <= McNemarTest.exactLimit }

    /// Edwards's statistic, to be compared with the chi-squared distribution of one degree of freedom.
    public var statistic: Double {
        guard discordant > 0 else { return 0 }
        let difference = max(0, abs(Double(onlyFirst - onlySecond)) - 1)
        return difference * difference / Double(discordant)
    }

    /// The probability of a difference at least this large if both were equally good, two-sided.
    public var probability: Double {
        guard discordant > 0 else { return 1 }
        guard isExact else { return erfc((statistic / 2).squareRoot()) }
        let n = Double(discordant), smaller = min(onlyFirst, onlySecond)
        var sum = 0.0
        for k in 0...smaller {
            let logarithm = lgamma(n + 1) - lgamma(Double(k) + 1) - lgamma(n - Double(k) + 1) - n * log(2)
            sum += exp(logarithm)
        }
        return min(1, 2 * sum)
    }
}
