import NeuralNetCore

extension Trainer {
    /// The arrays that must be kept, besides `progress`, to go on exactly: weights, moments, average, best weights.
    ///
    /// Valid while the trainer lives and does not run.
    public var stateArrays: [String: UnsafeMutableBufferPointer<Float>] {
        var arrays = ["weights": buffer(model.weights.values, model.weights.count)]
        for (name, values) in optimizer.arrays { arrays["optimizer/" + name] = values }
        if let average { arrays["average"] = buffer(average.weights.values, model.weights.count) }
        if let bestWeights {
            let latest = average == nil ? "weights" : "average"
            // The model may hold the best weights now; what is kept is what the run goes on with.
            arrays["best"] = holdsBestWeights ? arrays[latest] : buffer(bestWeights, model.weights.count)
            if holdsBestWeights { arrays[latest] = buffer(bestWeights, model.weights.count) }
        }
        return arrays
    }

    /// Continues from a saved state. `read` fills each array of `stateArrays` by its name and throws if it has none
    /// of that size.
    public func restore(
        _ saved: TrainingProgress, read: (String, UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws {
        showLatestWeights()
        let arrays = stateArrays.sorted { $0.key < $1.key }
        func fill() throws { for (name, target) in arrays { try read(name, target) } }
        try model.weights.withUnsafeMutableValues { _ in
            if let average { try average.weights.withUnsafeMutableValues { _ in try fill() } } else { try fill() }
        }
        optimizer.iteration = saved.step
        progress = saved
        if progress.metricSums.count != metrics.count {
            progress.metricSums = [Double](repeating: 0, count: metrics.count)
        }
    }

    /// Gives all ranks what rank 0 has restored: `progress` is its progress, which the others take over with the arrays.
    public func shareState(_ saved: TrainingProgress) throws {
        if communicator.isAlone { return }
        if communicator.rank == 0 {
            for (_, values) in stateArrays.sorted(by: { $0.key < $1.key }) {
                communicator.broadcast(UnsafeMutableRawBufferPointer(values))
            }
        } else {
            try restore(saved) { _, target in communicator.broadcast(UnsafeMutableRawBufferPointer(target)) }
        }
    }

    private func buffer(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: pointer, count: count)
    }
}
