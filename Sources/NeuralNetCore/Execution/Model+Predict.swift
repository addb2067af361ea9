extension Model {
    /// The first output for any number of inputs, one after another: `samples * outputs` values. Makes an `Executor` each
    /// time; keep one for many calls. Throws `NeuralNetError` if the count does not fit, or the model has several inputs.
    public func predict(_ inputs: [Float], batchSize: Int = 64, threads: ThreadPool) throws -> [Float] {
        let size = inputShapes[0].reduce(1, *)
        guard self.inputs.count == 1, inputs.count % size == 0, !inputs.isEmpty else {
            throw NeuralNetError.incompatibleData(
                expected: "samples of \(inputShapes.listed)", received: "\(inputs.count) values")
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
}
