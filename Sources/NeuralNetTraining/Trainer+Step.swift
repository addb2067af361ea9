import CKernels
import NeuralNetCore

extension Trainer {
    /// One optimizer step from the gradients at hand.
    func step() throws {
        let weights = model.weights
        weights.withUnsafeValues { values in
            for entry in weights.entries where entry.specification.isTrainable && entry.specification.l2 != 0 {
                fm_add_scaled(
                    executor.gradients.baseAddress! + entry.offset, values + entry.offset,
                    2 * entry.specification.l2, entry.specification.count)
            }
        }
        lastLearningRate = currentLearningRate
        try optimizer.step(executor.gradients, learningRate: lastLearningRate)
        progress.step = optimizer.iteration
        shareStatistics()
        updateAverage()
    }

    /// Makes the running statistics the mean over all ranks, where each looks at its own part of a batch only.
    private func shareStatistics() {
        guard let statistics else { return }
        model.weights.withUnsafeMutableValues { values in
            for entry in model.weights.entries where entry.specification.name.hasPrefix("moving_") {
                let own = values + entry.offset, count = entry.specification.count
                let all = statistics.gather(own, count: count)
                for i in 0..<count {
                    var sum = 0.0
                    for rank in 0..<statistics.count { sum += Double(all[rank * count + i]) }
                    own[i] = Float(sum / Double(statistics.count))
                }
            }
        }
    }

    /// The learning rate of the step under way.
    public var currentLearningRate: Float {
        let epoch = Double(progress.epoch) + Double(progress.samplesInEpoch) / Double(data.count)
        return options.optimizer.learningRate
            * options.schedule.factor(epoch: epoch, total: options.epochs, plateau: progress.plateauFactor)
    }

    private func updateAverage() {
        guard let average, let decay = options.averageDecay else { return }
        let steps = Float(progress.step)
        let keep = min(decay, (1 + steps) / (10 + steps))
        model.weights.withUnsafeValues { source in
            average.weights.withUnsafeMutableValues { target in
                executor.threads.runRanges(model.weights.count) { _, range in
                    fm_interpolate(target + range.lowerBound, source + range.lowerBound, keep, range.count)
                }
            }
        }
    }
}
