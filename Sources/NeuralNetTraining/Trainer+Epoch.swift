import CKernels
import NeuralNetCore
import Timing

extension Trainer {
    /// Validates, writes the epoch into the history and begins the next one.
    func finishEpoch() throws -> EpochRecord {
        let penalty = penalty()
        var record = EpochRecord(
            epoch: progress.epoch + 1, loss: progress.lossSum / Double(data.count) + penalty,
            metrics: metrics.results(progress.metricSums), learningRate: Double(lastLearningRate),
            seconds: progress.secondsInEpoch)
        if let evaluator, let validation {
            let start = monotonicSeconds()
            let result = try evaluator.evaluate(
                validation, options: options, metrics: metrics, communicator: communicator, shares: shares)
            record.validationLoss = result.loss + penalty
            for (name, value) in result.metrics { record.metrics["val_" + name] = value }
            record.validationMacroF1 = result.classification?.macroF1
            record.seconds += monotonicSeconds() - start
        }
        guard record.loss.isFinite, record.validationLoss?.isFinite ?? true else {
            throw NeuralNetError.notFinite(quantity: "the loss", step: progress.step)
        }
        // A ReLU turns what is not a number into 0, so that the loss may not show it.
        for weights in [model.weights, averagedModel.weights]
        where !weights.withUnsafeValues({ fm_sum_squares($0, weights.count) }).isFinite {
            throw NeuralNetError.notFinite(quantity: "a weight", step: progress.step)
        }
        progress.epoch += 1
        progress.samplesInEpoch = 0
        progress.lossSum = 0
        progress.metricSums = [Double](repeating: 0, count: metrics.count)
        progress.secondsInEpoch = 0
        progress.history.append(record)
        judge(record)
        return record
    }

    /// What L2 adds to the loss.
    private func penalty() -> Double {
        model.weights.withUnsafeValues { values in
            model.weights.entries.reduce(0.0) { sum, entry in
                let l2 = entry.specification.l2
                return l2 == 0 || !entry.specification.isTrainable
                    ? sum : sum + Double(l2) * fm_sum_squares(values + entry.offset, entry.specification.count)
            }
        }
    }

    /// Keeps score of the best epoch and of plateaus.
    private func judge(_ record: EpochRecord) {
        // A metric without a result (an AUC of one class) is no reason to call an epoch the best.
        if let measured = record[monitor.rawValue] {
            let value = isMonitorBetterWhenLarger ? measured : -measured
            if progress.bestValue.map({ value > $0 }) ?? true {
                progress.bestValue = value
                progress.bestEpoch = progress.epoch
                averagedModel.weights.withUnsafeValues { bestWeights?.update(from: $0, count: model.weights.count) }
            }
        }
        guard case .reduceOnPlateau(let factor, let patience, let minimum) = options.schedule else { return }
        let loss = record.validationLoss ?? record.loss
        if progress.plateauBest.map({ loss < $0 - 1e-4 }) ?? true {
            progress.plateauBest = loss
            progress.plateauEpochs = 0
        } else {
            progress.plateauEpochs += 1
            if progress.plateauEpochs >= patience {
                progress.plateauFactor = max(minimum, progress.plateauFactor * factor)
                progress.plateauEpochs = 0
            }
        }
    }

    /// True right after an epoch that was the best so far.
    public var isBest: Bool { progress.bestEpoch == progress.epoch }

    /// True when `earlyStoppingPatience` epochs have passed since the best one.
    var isOutOfPatience: Bool {
        options.earlyStoppingPatience.map { progress.epoch > 0 && progress.epoch - progress.bestEpoch >= $0 } ?? false
    }

    /// Exchanges the latest weights for the best: the run can still go on, or be saved, exactly.
    func showBestWeights() {
        if !holdsBestWeights, progress.bestEpoch > 0 { exchangeWeights() }
    }

    func showLatestWeights() {
        if holdsBestWeights { exchangeWeights() }
    }

    private func exchangeWeights() {
        guard let bestWeights else { return }
        averagedModel.weights.withUnsafeMutableValues { values in
            for i in 0..<model.weights.count { swap(&bestWeights[i], &values[i]) }
        }
        holdsBestWeights.toggle()
    }
}
