import CKernels
import NeuralNetCore
import Randomness

/// Training data whose samples are mixed with others: `l x + (1 - l) x'` for inputs and targets alike, with l drawn
/// from Beta(alpha, alpha). H. Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018.
///
/// What is mixed with what is a function of seed, epoch and sample. Cost: each sample is made twice.
public struct MixupData<Base: TrainingData>: DerivedTrainingData {
    /// What is mixed.
    public let base: Base
    /// 0 (nothing is mixed) to 1 (all shares are equally probable).
    public let alpha: Float
    /// Decides, with epoch and sample, what is mixed with what.
    public let seed: UInt64
    /// From this epoch on (counted from 0) nothing is mixed.
    public let endEpoch: Int

    /// Nothing is mixed where samples are only measured. Throws `NeuralNetError.invalidSetting` unless `alpha` is in 0...1.
    public init(_ base: Base, alpha: Float, seed: UInt64, endEpoch: Int = .max) throws {
        guard alpha >= 0, alpha <= 1 else {
            throw NeuralNetError.invalidSetting("mixup's alpha must be 0 to 1, not \(alpha)")
        }
        self.base = base
        self.alpha = alpha
        self.seed = seed
        self.endEpoch = endEpoch
    }

    public func write(
        sample index: Int, epoch: Int?, input: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) throws {
        try base.write(sample: index, epoch: epoch, input: input, target: target)
        guard let epoch, epoch < endEpoch, alpha > 0 else { return }
        var random = RandomGenerator(seed: seed, streams: 0x313, UInt64(epoch), UInt64(index))
        let share = MixupData.betaShare(alpha, &random)
        let partner = random.integer(below: count)
        let inputCount = inputShape.reduce(1, *)
        try withUnsafeTemporaryAllocation(of: Float.self, capacity: inputCount + targetCount) { other in
            let otherTarget = other.baseAddress! + inputCount
            try base.write(sample: partner, epoch: epoch, input: other.baseAddress!, target: otherTarget)
            for i in 0..<inputCount { input[i] = share * input[i] + (1 - share) * other[i] }
            for i in 0..<targetCount { target[i] = share * target[i] + (1 - share) * otherTarget[i] }
        }
    }

    /// Draws from Beta(alpha, alpha) for alpha of up to 1, in expectation with at most two tries.
    ///
    /// Source: M. D. Jöhnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", 1964.
    static func betaShare(_ alpha: Float, _ random: inout RandomGenerator) -> Float {
        while true {
            let u = (Double(random.next() >> 11) + 0.5) * 0x1p-53, v = (Double(random.next() >> 11) + 0.5) * 0x1p-53
            // Small alphas make both powers vanish: their logarithms do not.
            let x = log(u) / Double(alpha), y = log(v) / Double(alpha)
            let largest = max(x, y)
            let sum = largest + log(exp(x - largest) + exp(y - largest))
            if sum <= 0 { return Float(exp(x - sum)) }
        }
    }
}
