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
        try forEachBatch(data, 0..<data.count) { batch, _ in
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

    /// Several processes take a share each, and all get the result.
    func evaluate(
        _ data: any TrainingData, options: TrainingOptions, metrics: MetricSums,
        communicator: any Communicator = SingleProcess(), shares: BatchShares = BatchShares(SingleProcess())
    ) throws -> EvaluationResult {
        let pieces = try shares.own.map { piece in
            try measure(data, shares.piece(piece, of: data.count), options: options, metrics: metrics)
        }
        var sums = pieces[0].sums, classification = pieces[0].classification
        if shares.pieces > 1 {
            sums = communicator.add(pieces.map(\.sums), shares)
            classification?.add(pieces.dropFirst().compactMap(\.classification), communicator)
        }
        return EvaluationResult(
            loss: sums[0] / Double(max(data.count, 1)), metrics: metrics.results(Array(sums.dropFirst())),
            classification: classification)
    }

    /// The loss of some samples and the metrics' sums behind it.
    private func measure(
        _ data: any TrainingData, _ samples: Range<Int>, options: TrainingOptions, metrics: MetricSums
    ) throws -> (sums: [Double], classification: ClassificationMetrics?) {
        let model = executor.model, losses = options.losses(for: model)
        var sums = [Double](repeating: 0, count: 1 + metrics.count)
        let shape = model.outputShapes[0]
        let isClassifier = model.outputs.count == 1 && shape.count == 1 && shape[0] > 1 && data.label(of: 0) != nil
        var classification = isClassifier ? ClassificationMetrics(classes: shape[0]) : nil
        try forEachBatch(data, samples) { batch, offsets in
            func targets(_ output: Int) -> UnsafePointer<Float> {
                UnsafePointer(batch.targets + batchSize * offsets[output])
            }
            for (output, loss) in losses.enumerated() {
                sums[0] +=
                    Double(options.lossWeight(ofOutput: output))
                    * executor.lossSum(
                        loss, targets: targets(output), sampleWeights: batch.weights.map { UnsafePointer($0) },
                        output: output, scale: 1)
            }
            metrics.update(&sums, from: 1, count: batch.count) { (UnsafePointer(executor.output($0)), targets($0)) }
            guard isClassifier else { return }
            for row in 0..<batch.count {
                guard let label = data.label(of: samples.lowerBound + batch.start + row) else { continue }
                let start = executor.output() + row * shape[0]
                try classification?.add(
                    label: label, probabilities: ArraySlice(UnsafeBufferPointer(start: start, count: shape[0])))
            }
        }
        return (sums, classification)
    }

    private func forEachBatch(
        _ data: any TrainingData, _ samples: Range<Int>, _ body: (BatchLoader.Batch, [Int]) throws -> Void
    ) throws {
        let loader = BatchLoader(data, batchSize: batchSize)
        loader.begin(samples, epoch: nil)
        while let batch = try loader.next() {
            for input in executor.model.inputs.indices {
                let offset = loader.inputOffsets[input]
                executor.input(input).update(
                    from: batch.inputs + batchSize * offset,
                    count: batch.count * (loader.inputOffsets[input + 1] - offset))
            }
            executor.forward(count: batch.count)
            defer { loader.release() }
            try body(batch, loader.targetOffsets)
        }
    }
}
