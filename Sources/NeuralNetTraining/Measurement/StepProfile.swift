import NeuralNetCore
import Timing

/// Seconds that an executor spent in each of its steps.
final class StepProfile: StepObserver {
    private(set) var forward: [Double]
    private(set) var backward: [Double]
    private var start = 0.0

    init(steps: Int) {
        forward = [Double](repeating: 0, count: steps)
        backward = forward
    }

    func stepBegins() { start = monotonicSeconds() }

    func stepEnds(_ step: Int, isBackward: Bool) {
        let seconds = monotonicSeconds() - start
        if isBackward { backward[step] += seconds } else { forward[step] += seconds }
    }
}

/// One step of a network and what it costs.
public struct StepCost: Sendable {
    /// The layer, with the layers that are computed along with it: `conv2d_1+max_pooling2d`.
    public var name: String
    /// The type that computes it: `WinogradConvolution`.
    public var algorithm: String
    /// Of one batch, forwards.
    public var forwardMilliseconds: Double
    /// Of one batch, backwards; 0 for inference.
    public var backwardMilliseconds: Double
    /// Multiplications and additions per sample that a direct 3x3 convolution would need, all passes together; nil for
    /// other layers.
    public var directOperations: Double?

    /// Both passes.
    public var milliseconds: Double { forwardMilliseconds + backwardMilliseconds }
}

extension Executor {
    /// Starts to measure, or starts again from zero.
    package func startProfile() { observer = StepProfile(steps: steps.count) }

    /// The costs of one run out of `runs` since `startProfile`.
    package func costs(runs: Int) -> [StepCost] {
        guard let profile = observer as? StepProfile else { return [] }
        return steps.enumerated().map { index, step in
            var operations: Double?
            let node = step.node
            if let layer = node.layer as? Conv2D, layer.kernelSize == (3, 3), !step.isActivation {
                let taps = 9 * (node.inputShapes[0].last ?? 0)
                let passes = profile.backward[index] == 0 ? 1 : step.computesInputGradient ? 3 : 2
                operations = Double(2 * passes * taps * node.outputShape.reduce(1, *))
            }
            return StepCost(
                name: step.name, algorithm: step.kernel,
                forwardMilliseconds: profile.forward[index] / Double(runs) * 1000,
                backwardMilliseconds: profile.backward[index] / Double(runs) * 1000, directOperations: operations)
        }
    }
}
