import CKernels

extension Trainer {
    /// One optimizer step from the gradients at hand.
    func step() throws {
        let weights = model.weights
        for entry in weights.entries where entry.specification.isTrainable && entry.specification.l2 != 0 {
            fm_add_scaled(
                executor.gradients.baseAddress! + entry.offset, weights.values + entry.offset,
                2 * entry.specification.l2, entry.specification.count)
        }
        let threads = executor.threads
        var scale: Float = 1
        if let limit = options.globalClipNorm {
            let norm = gradientNorm()
            guard norm.isFinite else {
                throw NeuralNetError.notFinite(quantity: "the gradient", step: progress.step + 1)
            }
            scale = min(1, limit / max(norm, 1e-12))
        }
        progress.step += 1
        let rate = currentLearningRate
        lastLearningRate = rate
        let iteration = progress.step
        threads.run { thread in
            for (index, entry) in weights.entries.enumerated() where entry.specification.isTrainable {
                let lines = (entry.specification.count + 15) / 16  // whole cache lines per thread
                let first = lines * thread / threads.count * 16, last = lines * (thread + 1) / threads.count * 16
                guard first < last else { continue }
                let at = entry.offset + first
                options.optimizer.update(
                    OptimizerStep(
                        weights: weights.values + at, gradients: UnsafePointer(executor.gradients.baseAddress! + at),
                        slots: (slots.first.map { $0 + at }, slots.count > 1 ? slots[1] + at : nil),
                        count: last - first, learningRate: rate, iteration: iteration, gradientScale: scale,
                        weightDecay: decayOf[index]))
            }
        }
        weights.didChange()
        updateAverage()
    }

    /// The learning rate of the step under way.
    public var currentLearningRate: Float {
        let epoch = Double(progress.epoch) + Double(progress.samplesInEpoch) / Double(data.count)
        return options.optimizer.learningRate
            * options.schedule.factor(epoch: epoch, total: options.epochs, plateau: progress.plateauFactor)
    }

    private func gradientNorm() -> Float {
        let threads = executor.threads, gradients = executor.gradients
        for thread in 0..<threads.count { partialNorms[thread] = 0 }
        threads.runRanges(gradients.count) { thread, range in
            partialNorms[thread] = fm_sum_squares(gradients.baseAddress! + range.lowerBound, range.count)
        }
        var sum = 0.0
        for thread in 0..<threads.count { sum += partialNorms[thread] }
        return Float(sum.squareRoot())
    }

    private func updateAverage() {
        guard let average, let decay = options.averageDecay else { return }
        let steps = Float(progress.step)
        let keep = min(decay, (1 + steps) / (10 + steps))
        let source = model.weights.values, target = average.weights.values
        executor.threads.runRanges(model.weights.count) { _, range in
            fm_interpolate(target + range.lowerBound, source + range.lowerBound, keep, range.count)
        }
        average.weights.didChange()
    }
}
