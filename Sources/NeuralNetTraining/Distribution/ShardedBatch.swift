import NeuralNetCore
import Threads

/// A batch in pieces of which each has an executor, a thread and sums of its own, however many ranks share them: what is
/// added to what never depends on the number of ranks or threads.
///
/// Costs: the activations of the whole share as ever, gradients for each piece, smaller products.
final class ShardedBatch: BatchWork {
    static let pieces = 8

    private let team: PieceTeam
    private let tree: TreeSum
    private let gradients: [UnsafeMutableBufferPointer<Float>]
    private let threads: ThreadPool
    private let helpers: [WorkerThread]

    var workers: [BatchWorker] { team.workers }

    /// `make` makes the executor of a piece of so many samples at most.
    init(
        _ shares: BatchShares, _ communicator: any Communicator, synchronises: Bool, batchSize: Int,
        threads: ThreadPool,
        make: (Int) throws -> BatchWorker
    ) throws {
        let workers = try shares.own.map { _ in try make(shares.largestPiece(of: batchSize)) }
        let team = PieceTeam(workers, shares, communicator, synchronises: synchronises, atOnce: threads.count)
        self.team = team
        self.threads = threads
        gradients = workers.map(\.executor.gradients)
        tree = TreeSum(shares, communicator)
        helpers = workers.indices.map { index in WorkerThread { team.work(index) } }
    }

    deinit {
        team.stop()
        for helper in helpers { helper.join() }
    }

    func run(_ batch: BatchLoader.Batch, _ loader: BatchLoader, _ step: BatchWorker.Step, completes: Bool) {
        executor.model.weights.withAccess(changingStatistics: true) { team.run(batch, loader, step) }
        if completes { tree.sum(gradients, threads) }
    }
}
