import NeuralNetCore

/// What one executor does with some samples of each batch: outputs, losses, what is measured, gradients.
final class BatchWorker {
    let executor: Executor
    /// The loss of the batch under way, then the metrics' sums.
    var sums: [Double]
    private let options: TrainingOptions
    private let losses: [any Loss]
    private let metrics: MetricSums
    private let teacher: TeacherRun?
    private let classTargets: Int
    private let sampleWeights: UnsafeMutablePointer<Float>

    /// What all samples of a batch have in common.
    struct Step {
        var seed: UInt64
        var dropoutScale: Float
        /// Factor of each sample's loss in the gradient.
        var share: Float
        /// Adds to the gradients that are there.
        var accumulates: Bool
    }

    /// Where the samples of a batch lie.
    struct Samples {
        var batch: BatchLoader.Batch
        var loader: BatchLoader
        /// Of these, places in the batch.
        var own: Range<Int>
    }

    init(
        _ model: Model, options: TrainingOptions, losses: [any Loss], metrics: MetricSums, teacher: Teacher?,
        data: any TrainingData, maximumBatch: Int, threads: ThreadPool
    ) throws {
        self.options = options
        self.losses = losses
        self.metrics = metrics
        classTargets = data.targetCount
        executor = try Executor(
            model, maximumBatch: maximumBatch, threads: threads, isTraining: true, losses: losses,
            convolution: options.convolution, precision: options.precision)
        self.teacher = try teacher.map { try TeacherRun($0, data: data, batchSize: maximumBatch, threads: threads) }
        sampleWeights = AlignedMemory.allocate(floats: maximumBatch)
        sums = [Double](repeating: 0, count: 1 + metrics.count)
    }

    deinit { AlignedMemory.free(sampleWeights) }

    /// Forward pass and losses: afterwards `sums` has the loss added to, and the metrics, and `backward` may follow.
    func forward(_ samples: Samples, _ step: Step, _ part: BatchPart) {
        let batch = samples.batch, count = samples.own.count, first = samples.own.lowerBound - batch.own.lowerBound
        let loader = samples.loader, model = executor.model
        func inputs(_ input: Int) -> UnsafeMutablePointer<Float> {
            let offset = loader.inputOffsets[input], size = loader.inputOffsets[input + 1] - offset
            return batch.inputs + loader.capacity * offset + first * size
        }
        func targets(_ output: Int) -> UnsafeMutablePointer<Float> {
            let offset = loader.targetOffsets[output], size = loader.targetOffsets[output + 1] - offset
            return batch.targets + loader.capacity * offset + first * size
        }
        for input in model.inputs.indices {
            let size = loader.inputOffsets[input + 1] - loader.inputOffsets[input]
            executor.input(input).update(from: inputs(input), count: count * size)
        }
        executor.forward(
            count: count, isTraining: true, seed: step.seed, dropoutScale: step.dropoutScale, part: part)
        guard count > 0 else { return }
        metrics.update(&sums, from: 1, count: count) { output in
            (UnsafePointer(executor.output(output)), UnsafePointer(targets(output)))
        }
        teacher?.teach(inputs: inputs(0), targets: targets(0), count: count)
        let weights = weights(batch.weights.map { $0 + first }, targets(0), count: count)
        for (output, loss) in losses.enumerated() {
            let factor = options.lossWeight(ofOutput: output)
            sums[0] +=
                Double(factor)
                * executor.lossSum(
                    loss, targets: targets(output), sampleWeights: weights, output: output, scale: step.share * factor)
        }
    }

    /// Factors of the samples: their own times those of their classes, mixed as the targets are; nil if all are 1.
    private func weights(
        _ own: UnsafeMutablePointer<Float>?, _ targets: UnsafePointer<Float>, count: Int
    ) -> UnsafePointer<Float>? {
        let classes = options.classWeights.count
        guard classes > 0 else { return own.map { UnsafePointer($0) } }
        let columns = classTargets
        for row in 0..<count {
            var sum: Float = 0
            if columns == classes {
                for i in 0..<classes { sum += targets[row * classes + i] * options.classWeights[i] }
            } else {
                let label = Probabilities.label(targets[row * columns], classes)
                sum = label < classes ? options.classWeights[label] : 1
            }
            sampleWeights[row] = sum * (own?[row] ?? 1)
        }
        return UnsafePointer(sampleWeights)
    }
}
