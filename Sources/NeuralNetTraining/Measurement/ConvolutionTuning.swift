import NeuralNetCore
import Timing

/// Finds the fastest way of each convolution of a network on this machine, by trying all that can compute it.
public enum ConvolutionTuning {
    /// A convolution, and what was measured of it.
    public struct Result: Sendable {
        /// Its name in the model: the first of those with the same sizes.
        public var layer: String
        /// Batch, shapes and threads that the result is for.
        public var sizes: ConvolutionCase
        /// What is chosen when nothing was measured.
        public var usual: ConvolutionMethod
        /// The usual one unless another is faster by a twentieth or more.
        public var fastest: ConvolutionMethod
        /// How many times as fast the fastest is as the usual one.
        public var gain: Double
    }

    /// Another way than the usual one must be faster by this factor: less is within what measurements differ by.
    private static let leastGain = 1.05

    /// Measures each convolution of `model` alone, all its ways in turn, `rounds` times; medians count. Nothing else may
    /// plan a network meanwhile: `MeasuredConvolutions` holds what is being tried, and afterwards what it held before.
    /// Throws `NeuralNetError` if a layer cannot run.
    public static func measure(
        _ model: Model, batch: Int, isTraining: Bool, threads: ThreadPool, rounds: Int
    ) throws -> [Result] {
        let before = MeasuredConvolutions.all
        defer { MeasuredConvolutions.use(before) }
        MeasuredConvolutions.use([:])
        var results: [Result] = []
        for node in model.nodes {
            guard let layer = node.layer as? Conv2D,
                let choice = try layer.methods(
                    input: node.inputShapes[0], batch: batch, threads: threads.count, isTraining: isTraining),
                choice.possible.count > 1, !results.contains(where: { $0.sizes == choice.case })
            else { continue }
            let trials = try choice.possible.map { method in
                MeasuredConvolutions.use([choice.case: method])
                return try Trial(layer, input: node.inputShapes[0], batch: batch, isTraining, threads)
            }
            MeasuredConvolutions.use([:])
            for _ in 0..<rounds { for trial in trials { trial.run() } }
            let medians = trials.map { $0.seconds.sorted()[$0.seconds.count / 2] }
            let usual = choice.possible.firstIndex(of: choice.usual) ?? 0
            let fastest = medians.indices.min { medians[$0] < medians[$1] } ?? usual
            let gain = medians[usual] / medians[fastest]
            results.append(
                Result(
                    layer: layer.name, sizes: choice.case, usual: choice.usual,
                    fastest: gain >= leastGain ? choice.possible[fastest] : choice.usual,
                    gain: gain >= leastGain ? gain : 1))
        }
        return results
    }

    private final class Nobody: StepObserver {
        func stepBegins() {}
        func stepEnds(_ step: Int, isBackward: Bool) {}
    }

    /// One layer as a network of its own, computed in one way.
    private final class Trial {
        private let executor: Executor
        private let model: Model
        private let batch: Int
        private let isTraining: Bool
        private(set) var seconds: [Double] = []

        init(_ layer: Conv2D, input shape: Shape, batch: Int, _ isTraining: Bool, _ threads: ThreadPool) throws {
            let input = Input(shape)
            model = try Model(inputs: input, outputs: layer(input), seed: 1)
            self.batch = batch
            self.isTraining = isTraining
            executor = try Executor(
                model, maximumBatch: batch, threads: threads, isTraining: isTraining,
                computesInputGradients: isTraining && (shape.last ?? 0) > 4)
            // Watched, all threads run the whole batch layer by layer: the way that is tried.
            executor.observer = Nobody()
            let count = batch * shape.reduce(1, *)
            for i in 0..<count { executor.input()[i] = Float(i % 97) / 97 - 0.5 }
            guard isTraining else { return }
            let outputs = batch * model.outputShapes[0].reduce(1, *)
            for i in 0..<outputs { executor.outputGradient()[i] = Float(i % 89) / 89 - 0.5 }
        }

        func run() {
            // As behind an optimizer's step: what is prepared from the weights counts.
            if isTraining { model.weights.withUnsafeMutableValues { _ in } }
            let start = monotonicSeconds()
            executor.forward(count: batch, isTraining: isTraining)
            if isTraining { executor.backward() }
            seconds.append(monotonicSeconds() - start)
        }
    }
}
