/// Runs a model over a data set without training it.
public final class Evaluator {
    private let executor: Executor
    private let batchSize: Int

    /// Allocates for batches of the given size. Throws as `Executor` does.
    public init(
        _ model: Model, batchSize: Int = 64, precision: Precision = .float, threads: ThreadPool
    ) throws {
        executor = try Executor(model, maximumBatch: batchSize, threads: threads, precision: precision)
        self.batchSize = batchSize
    }

    /// The outputs for all samples, one row each, in order. `progress` gets the number done so far. Throws
    /// `NeuralNetError` if the samples do not fit the model.
    public func predict(_ data: any TrainingData, progress: (Int) -> Void = { _ in }) throws -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(data.count * data.targetCount)
        try forEachBatch(data) { batch in
            result.append(
                contentsOf: UnsafeBufferPointer(start: executor.output(), count: batch.count * data.targetCount))
            progress(batch.start + batch.count)
        }
        return result
    }

    /// Mean loss and classification metrics over all samples. Throws `NeuralNetError` if they do not fit the model.
    public func evaluate(
        _ data: any TrainingData, loss: Loss
    ) throws -> (loss: Double, metrics: ClassificationMetrics) {
        var total = 0.0
        var metrics = ClassificationMetrics(classes: data.targetCount)
        try forEachBatch(data) { batch in
            total += loss.evaluate(
                executor.output(), targets: batch.targets, weights: nil, count: batch.count,
                columns: data.targetCount, fromLogits: false, scale: 1, gradient: nil)
            for row in 0..<batch.count {
                guard let label = data.label(of: batch.start + row) else { continue }
                let start = executor.output() + row * data.targetCount
                metrics.add(
                    label: label,
                    probabilities: ArraySlice(UnsafeBufferPointer(start: start, count: data.targetCount)))
            }
        }
        return (total / Double(max(data.count, 1)), metrics)
    }

    private func forEachBatch(_ data: any TrainingData, _ body: (BatchLoader.Batch) -> Void) throws {
        try data.requireFit(executor.model)
        let loader = BatchLoader(data, batchSize: batchSize)
        loader.begin(0..<data.count, epoch: nil)
        let size = data.inputShape.reduce(1, *)
        while let batch = loader.next() {
            executor.input().update(from: batch.inputs, count: batch.count * size)
            executor.forward(count: batch.count)
            body(batch)
            loader.release()
        }
    }
}
