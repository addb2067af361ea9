import NeuralNetCore

/// Where the gradients of a batch come from: the processes that share it, each with one executor or several.
protocol BatchWork: AnyObject {
    /// Those of this process, in the order of their samples.
    var workers: [BatchWorker] { get }
    /// Computes a batch. With `completes` the first executor has the gradients of all batches since the last step then, of
    /// all ranks.
    func run(_ batch: BatchLoader.Batch, _ loader: BatchLoader, _ step: BatchWorker.Step, completes: Bool)
}

extension BatchWork {
    var executor: Executor { workers[0].executor }
    var memory: Int { workers.reduce(0) { $0 + $1.executor.memory } }
}

/// One executor for all samples that this rank has; gradients travel while it still computes.
final class WholeShare: BatchWork {
    let workers: [BatchWorker]
    private let exchange: GradientExchange
    private let isAlone: Bool
    /// For layers that look at the whole batch; nil where each rank looks at its own part, or there is one.
    private let peers: CommunicatingPeers?

    init(_ worker: BatchWorker, _ communicator: any Communicator, synchronises: Bool) {
        workers = [worker]
        isAlone = communicator.isAlone
        exchange = GradientExchange(worker.executor, communicator)
        peers = isAlone || !synchronises ? nil : CommunicatingPeers(communicator)
    }

    func run(_ batch: BatchLoader.Batch, _ loader: BatchLoader, _ step: BatchWorker.Step, completes: Bool) {
        let part =
            isAlone
            ? .whole
            : BatchPart(
                first: batch.own.lowerBound, total: peers == nil && !batch.own.isEmpty ? nil : batch.count, peers: peers
            )
        let worker = workers[0]
        worker.forward(.init(batch: batch, loader: loader, own: batch.own), step, part)
        if completes { exchange.begin() }
        worker.executor.backward(accumulate: step.accumulates)
        if completes { exchange.finish() }
    }
}
