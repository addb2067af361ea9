extension Trainer {
    /// The arrays that must be kept, besides `progress`, to go on exactly: weights, moments, average, best weights.
    ///
    /// Valid while the trainer lives and does not run.
    public var stateArrays: [String: UnsafeMutableBufferPointer<Float>] {
        var arrays = ["weights": buffer(model.weights.values, model.weights.count)]
        for (name, slot) in zip(options.optimizer.slots, slots) {
            arrays["optimizer/" + name] = buffer(slot, model.weights.trainableCount)
        }
        if let average { arrays["average"] = buffer(average.weights.values, model.weights.count) }
        if let bestWeights { arrays["best"] = buffer(bestWeights, model.weights.count) }
        return arrays
    }

    /// Continues from a saved state. `read` fills each array of `stateArrays` by its name and throws if it has none
    /// of that size.
    public func restore(
        _ saved: TrainingProgress, read: (String, UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws {
        for (name, target) in stateArrays.sorted(by: { $0.key < $1.key }) { try read(name, target) }
        model.weights.didChange()
        average?.weights.didChange()
        progress = saved
    }

    private func buffer(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: pointer, count: count)
    }
}
