import CKernels
import NeuralNetCore

/// The factor that the optimizer's learning rate is multiplied with as training goes on.
public enum LearningRateSchedule: Sendable, Equatable {
    case constant
    /// Times `factor` after each `epochs` epochs.
    case step(epochs: Int, factor: Float)
    /// Rises linearly during `warmupEpochs`, then falls along half a cosine to `minimum` (a share of the full rate) at
    /// the last epoch. I. Loshchilov, F. Hutter, "SGDR", 2017, equation 5.
    case cosine(warmupEpochs: Float = 0, minimum: Float = 0)
    /// Times `factor` when the validation loss has not improved for `patience` epochs, not below `minimum`.
    case reduceOnPlateau(factor: Float = 0.1, patience: Int = 10, minimum: Float = 0)

    /// The factor for a place in training, in epochs (2.5: half through the third of `total`). `plateau` is the
    /// product of the reductions so far, for `reduceOnPlateau`.
    public func factor(epoch: Double, total: Int, plateau: Float = 1) -> Float {
        switch self {
        case .constant: return 1
        case .step(let epochs, let factor): return powf(factor, Float(Int(epoch) / max(epochs, 1)))
        case .reduceOnPlateau: return plateau
        case .cosine(let warmup, let minimum):
            if epoch < Double(warmup) { return Float((epoch + 1e-3) / Double(warmup)) }
            let length = max(Double(total) - Double(warmup), 1e-9)
            let progress = min(1, (epoch - Double(warmup)) / length)
            return minimum + (1 - minimum) * Float(0.5 * (1 + cos(Double.pi * progress)))
        }
    }
}
