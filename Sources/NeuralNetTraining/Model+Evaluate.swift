import NeuralNetCore

extension Model {
    /// Mean loss and metrics over a data set, see `Evaluator`.
    public func evaluate(
        _ data: any TrainingData, loss: any Loss, metrics: [any Metric]? = nil, threads: ThreadPool
    ) throws -> EvaluationResult {
        try Evaluator(self, threads: threads).evaluate(data, loss: loss, metrics: metrics)
    }
}
