import NeuralNetCore

/// Adds up the gradients of all ranks while the backward pass still goes on: the block is cut into a few buckets, and
/// each is sent off as soon as the last layer that adds to it is through.
final class GradientExchange: StepObserver {
    private let communicator: any Communicator
    private let executor: Executor
    /// From the end of the block to its start, as the backward pass completes them.
    private var buckets: [(range: Range<Int>, step: Int)] = []
    private var sent = 0

    /// About so many buckets of like size, cut where a tensor begins.
    init(_ executor: Executor, _ communicator: any Communicator, buckets wanted: Int = 4) {
        self.executor = executor
        self.communicator = communicator
        let total = executor.gradients.count, steps = executor.lastGradientSteps
        var end = total, step = Int.max
        for (index, entry) in executor.model.weights.entries.enumerated().reversed()
        where entry.specification.isTrainable {
            step = min(step, steps[index] ?? Int.max)
            guard end - entry.offset >= max(total / wanted, 1) || entry.offset == 0 else { continue }
            buckets.append((entry.offset..<end, step))
            end = entry.offset
        }
        // Gradients that come late hold up those behind them.
        for index in buckets.indices.dropFirst() {
            buckets[index].step = min(buckets[index].step, buckets[index - 1].step)
        }
    }

    /// To be called before the backward pass that completes the gradients.
    func begin() {
        guard !communicator.isAlone else { return }
        sent = 0
        executor.observer = self
    }

    /// Waits for the rest.
    func finish() {
        guard !communicator.isAlone else { return }
        executor.observer = nil
        send(until: .min)
        communicator.finishSums()
    }

    func stepBegins() {}

    func stepEnds(_ step: Int, isBackward: Bool) {
        if isBackward { send(until: step) }
    }

    private func send(until step: Int) {
        while sent < buckets.count, buckets[sent].step >= step {
            let range = buckets[sent].range
            communicator.startSum(UnsafeMutableBufferPointer(rebasing: executor.gradients[range]))
            sent += 1
        }
    }
}
