import NeuralNetCore
import Threads

/// Prepares batches on a thread of its own, ahead of the computation.
final class BatchLoader {
    struct Batch {
        /// The first inputs of this process's samples, one after another; those of other inputs `capacity * offset`
        /// further, as `BatchLoader.inputOffsets` says.
        var inputs: UnsafeMutablePointer<Float>
        var targets: UnsafeMutablePointer<Float>
        /// A factor per sample; nil if all count the same.
        var weights: UnsafeMutablePointer<Float>?
        /// Samples of the whole batch.
        var count: Int
        /// Place of the batch's first sample in the epoch's order.
        var start: Int
        /// Which of the batch's samples are here: all, unless others have the rest.
        var own: Range<Int>
    }

    private let queue: BatchQueue
    private let thread: WorkerThread

    /// `shares`: who takes part in each batch.
    init(_ data: any TrainingData, batchSize: Int, shares: BatchShares = BatchShares(SingleProcess())) {
        let queue = BatchQueue(data, batchSize: batchSize, shares: shares)
        self.queue = queue
        thread = WorkerThread { queue.work() }
    }

    deinit {
        queue.stop()
        thread.join()
    }

    /// Samples that a batch has room for here.
    var capacity: Int { queue.capacity }

    /// Where the parts of a sample begin, in floats; their end is last.
    var inputOffsets: [Int] { queue.inputOffsets }
    var targetOffsets: [Int] { queue.targetOffsets }

    /// Starts over: `indices` in that order, from place `start` on. `epoch` is handed to the data, nil for as they are.
    func begin(_ indices: some Collection<Int>, epoch: Int?, from start: Int = 0) {
        queue.begin(indices, epoch: epoch, from: start)
    }

    /// The next batch, or nil at the end. It stays valid until `release`. Throws what the data threw.
    func next() throws(NeuralNetError) -> Batch? { try queue.next() }

    /// Gives the batch taken last back.
    func release() { queue.release() }
}
