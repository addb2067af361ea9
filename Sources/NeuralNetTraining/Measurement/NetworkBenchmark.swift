import NeuralNetCore
import Randomness
import Timing

/// Measures a network on random data: training as `Trainer` does it, optimizer included, and inference.
public enum NetworkBenchmark {
    /// A network in training.
    public final class Training {
        /// Pictures per step.
        public let batchSize: Int
        private let trainer: Trainer

        /// Random pictures, random classes, Adam. Throws `NeuralNetError` if the network cannot be trained so.
        public init(
            _ model: Model, batchSize: Int, precision: Precision = .float, threads: ThreadPool, seed: UInt64 = 1
        ) throws {
            self.batchSize = batchSize
            var options = TrainingOptions()
            options.epochs = .max
            options.batchSize = batchSize
            options.precision = precision
            trainer = try Trainer(
                model, options: options, data: NetworkBenchmark.randomData(for: model, count: 4 * batchSize, seed),
                threads: threads)
        }

        /// Bytes of activations, gradients and moments.
        public var memory: Int { trainer.memory }

        /// Trains for about `seconds` and returns images per second.
        public func imagesPerSecond(seconds: Double) throws -> Double {
            let start = monotonicSeconds(), before = trainer.progress.step
            let stop: (Trainer) -> Void = { $0.stopsTraining = monotonicSeconds() - start >= seconds }
            trainer.callbacks = [LambdaCallback(onStepEnd: stop, onEpochEnd: { trainer, _ in stop(trainer) })]
            _ = try trainer.run()
            return Double((trainer.progress.step - before) * batchSize) / (monotonicSeconds() - start)
        }

        /// The cost of each step, from training for about `seconds`.
        public func costs(seconds: Double) throws -> [StepCost] {
            let before = trainer.progress.step
            trainer.executor.startProfile()
            _ = try imagesPerSecond(seconds: seconds)
            let costs = trainer.executor.costs(runs: trainer.progress.step - before)
            trainer.executor.observer = nil
            return costs
        }
    }

    /// A network at work: a batch in, probabilities out.
    public final class Inference {
        /// Pictures per batch.
        public let batchSize: Int
        private let executor: Executor
        private let samples: [Float]
        private let size: Int
        private var position = 0

        /// Random pictures; one batch is computed at once, so that the first measured one finds warm caches.
        /// - Throws: `NeuralNetError` if the network cannot run so.
        public init(
            _ model: Model, batchSize: Int, precision: Precision = .float, threads: ThreadPool, seed: UInt64 = 1
        ) throws {
            self.batchSize = batchSize
            executor = try Executor(model, maximumBatch: batchSize, threads: threads, precision: precision)
            samples = try NetworkBenchmark.randomData(for: model, count: max(16, batchSize), seed).inputs
            size = model.inputShapes[0].reduce(1, *)
            _ = latency()
        }

        /// Seconds of one batch, copying the pictures in included.
        public func latency() -> Double {
            position = (position + batchSize) % max(1, samples.count / size - batchSize + 1)
            let start = monotonicSeconds()
            samples.withUnsafeBufferPointer {
                executor.input().update(from: $0.baseAddress! + position * size, count: batchSize * size)
            }
            executor.forward(count: batchSize)
            return monotonicSeconds() - start
        }

        /// The latencies of all batches that fit into `seconds`.
        public func latencies(seconds: Double) -> [Double] {
            var result: [Double] = []
            let end = monotonicSeconds() + seconds
            repeat { result.append(latency()) } while monotonicSeconds() < end
            return result
        }

        /// The cost of each step, from inference for about `seconds`.
        public func costs(seconds: Double) -> [StepCost] {
            executor.startProfile()
            let runs = latencies(seconds: seconds).count
            defer { executor.observer = nil }
            return executor.costs(runs: runs)
        }
    }

    private static func randomData(for model: Model, count: Int, _ seed: UInt64) throws -> ArrayDataset {
        let shape = model.inputShapes[0], classes = model.outputShapes[0].last ?? 1
        var random = RandomGenerator(seed: seed, streams: 0xBE7C)
        let inputs = (0..<count * shape.reduce(1, *)).map { _ in random.uniform() }
        let labels = (0..<count).map { _ in random.integer(below: classes) }
        return try ArrayDataset(inputs: inputs, labels: labels, inputShape: shape, classes: classes)
    }
}
