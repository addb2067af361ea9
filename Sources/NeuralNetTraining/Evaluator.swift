import NeuralNetCore

/// What a model is worth on a data set.
public struct EvaluationResult: Sendable, Equatable {
    /// The mean over the samples, as in training but without the penalties of weights.
    public var loss: Double
    /// By name; a metric without a result is not there.
    public var metrics: [String: Double]
    /// For classifiers: which classes are taken for which.
    public var classification: ClassificationMetrics?
}

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

    /// The first output for all samples, one row each, in order. `progress` gets the number done so far. Throws
    /// `NeuralNetError` if the samples do not fit the model.
    public func predict(_ data: any TrainingData, progress: (Int) -> Void = { _ in }) throws -> [Float] {
        let columns = executor.model.outputShapes[0].reduce(1, *)
        var result: [Float] = []
        result.reserveCapacity(data.count * columns)
        try data.requireFit(executor.model)
        try forEachBatch(data) { batch, _ in
            result.append(contentsOf: UnsafeBufferPointer(start: executor.output(), count: batch.count * columns))
            progress(batch.start + batch.count)
        }
        return result
    }

    /// Mean loss and metrics over all samples: those given, one list for each output, or what the losses suggest. Throws
    /// `NeuralNetError` if samples, model, losses and metrics do not fit each other.
    public func evaluate(
        _ data: any TrainingData, losses: [any Loss], lossWeights: [Float] = [], metrics: [[any Metric]]? = nil
    ) throws -> EvaluationResult {
        var options = TrainingOptions()
        options.losses = losses
        options.lossWeights = lossWeights
        options.metrics = metrics
        let model = executor.model
        try options.validate(for: model)
        let all = options.losses(for: model)
        try data.requireFit(model, losses: all)
        let sums = MetricSums(model, losses: all, metrics: model.outputs.indices.map(options.metrics(ofOutput:)))
        return try evaluate(data, options: options, metrics: sums)
    }

    /// The same for one output.
    public func evaluate(_ data: any TrainingData, loss: any Loss, metrics: [any Metric]? = nil) throws
        -> EvaluationResult
    {
        try evaluate(data, losses: [loss], metrics: metrics.map { [$0] })
    }

    func evaluate(_ data: any TrainingData, options: TrainingOptions, metrics: MetricSums) throws -> EvaluationResult {
        let model = executor.model, losses = options.losses(for: model)
        var total = 0.0
        var sums = [Double](repeating: 0, count: metrics.count)
        let shape = model.outputShapes[0]
        let isClassifier = model.outputs.count == 1 && shape.count == 1 && shape[0] > 1 && data.label(of: 0) != nil
        var classification = isClassifier ? ClassificationMetrics(classes: shape[0]) : nil
        try forEachBatch(data) { batch, offsets in
            func targets(_ output: Int) -> UnsafePointer<Float> {
                UnsafePointer(batch.targets + batchSize * offsets[output])
            }
            for (output, loss) in losses.enumerated() {
                total +=
                    Double(options.lossWeight(ofOutput: output))
                    * executor.lossSum(
                        loss, targets: targets(output), sampleWeights: batch.weights.map { UnsafePointer($0) },
                        output: output, scale: 1)
            }
            metrics.update(&sums, count: batch.count) { (UnsafePointer(executor.output($0)), targets($0)) }
            guard isClassifier else { return }
            for row in 0..<batch.count {
                guard let label = data.label(of: batch.start + row) else { continue }
                let start = executor.output() + row * shape[0]
                classification?.add(
                    label: label, probabilities: ArraySlice(UnsafeBufferPointer(start: start, count: shape[0])))
            }
        }
        return EvaluationResult(
            loss: total / Double(max(data.count, 1)), metrics: metrics.results(sums), classification: classification)
    }

    private func forEachBatch(_ data: any TrainingData, _ body: (BatchLoader.Batch, [Int]) -> Void) throws {
        let loader = BatchLoader(data, batchSize: batchSize)
        loader.begin(0..<data.count, epoch: nil)
        while let batch = try loader.next() {
            for input in executor.model.inputs.indices {
                let offset = loader.inputOffsets[input]
                executor.input(input).update(
                    from: batch.inputs + batchSize * offset,
                    count: batch.count * (loader.inputOffsets[input + 1] - offset))
            }
            executor.forward(count: batch.count)
            body(batch, loader.targetOffsets)
            loader.release()
        }
    }
}
