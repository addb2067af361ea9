extension Model {
    /// The first output for any number of inputs, one after another: `samples * outputs` values. Makes an `Executor` each
    /// time; keep one for many calls. Throws `NeuralNetError` if the count does not fit, or the model has several inputs.
    public func predict(_ inputs: [Float], batchSize: Int = 64, threads: ThreadPool) throws -> [Float] {
        let size = inputShapes[0].reduce(1, *)
        guard self.inputs.count == 1, inputs.count % size == 0, !inputs.isEmpty else {
            throw NeuralNetError.incompatibleData(
                expected: "samples of \(TrainingParts.text(inputShapes))", received: "\(inputs.count) values")
        }
        let count = inputs.count / size, columns = outputShapes[0].reduce(1, *)
        let executor = try Executor(self, maximumBatch: max(1, min(batchSize, count)), threads: threads)
        var result: [Float] = []
        result.reserveCapacity(count * columns)
        var done = 0
        while done < count {
            let part = min(executor.maximumBatch, count - done)
            inputs.withUnsafeBufferPointer {
                executor.input().update(from: $0.baseAddress! + done * size, count: part * size)
            }
            executor.forward(count: part)
            result.append(contentsOf: UnsafeBufferPointer(start: executor.output(), count: part * columns))
            done += part
        }
        return result
    }

    /// Mean loss and metrics over a data set, see `Evaluator`.
    public func evaluate(
        _ data: any TrainingData, loss: any Loss, metrics: [any Metric]? = nil, threads: ThreadPool
    ) throws -> EvaluationResult {
        try Evaluator(self, threads: threads).evaluate(data, loss: loss, metrics: metrics)
    }

    /// A table of the layers: name and class, output shape, weights, what each reads where it is not the layer before it.
    public func summary() -> String {
        var rows = [["layer (class)", "output", "weights", "reads"]]
        for (index, node) in nodes.enumerated() {
            let count = node.parameters.reduce(0) { $0 + weights.entries[$1].specification.count }
            let sources =
                node.inputs == [index - 1] ? "" : node.inputs.map { nodes[$0].layer.name }.joined(separator: ", ")
            rows.append([
                "\(node.layer.name) (\(type(of: node.layer).className))", "\(node.outputShape)", "\(count)", sources,
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        func pad(_ text: String, _ column: Int) -> String {
            let blanks = String(repeating: " ", count: widths[column] - text.count)
            return column == 2 ? blanks + text : text + blanks
        }
        var lines = rows.map { row in
            var line = row.indices.map { pad(row[$0], $0) }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
        let trainable = weights.entries.reduce(0) {
            $0 + ($1.specification.isTrainable ? $1.specification.count : 0)
        }
        lines.append("\(parameterCount) weights, \(trainable) of them trainable")
        return lines.joined(separator: "\n")
    }
}
