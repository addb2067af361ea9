import Glibc

/// Prepares batches on a thread of its own, ahead of the computation.
///
/// Slots go round: the loader fills the next free one, the consumer takes them in order. No allocation after the
/// start.
final class BatchLoader: @unchecked Sendable {
    // Safe to share: `filled`, `order` and the flags change only under `lock`; a slot's memory belongs to the loader
    // until it is counted in `filled` and to the consumer until `release`.

    struct Batch {
        var inputs: UnsafeMutablePointer<Float>
        var targets: UnsafeMutablePointer<Float>
        var count: Int
        /// Place of the first sample in the epoch's order.
        var start: Int
    }

    private let data: any TrainingData
    private let batchSize: Int
    private let inputCount: Int
    private let memory: UnsafeMutablePointer<Float>
    private let slotSize: Int
    private static let slots = 3
    private var order: UnsafeMutableBufferPointer<Int32>
    private var total = 0
    private var epoch: Int?
    private var nextStart = 0
    private var produced = 0
    private var consumed = 0
    private var isStopping = false
    private var isBusy = false
    private var thread = pthread_t()
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    init(_ data: any TrainingData, batchSize: Int) {
        self.data = data
        self.batchSize = batchSize
        inputCount = data.inputShape.reduce(1, *)
        slotSize = (batchSize * (inputCount + data.targetCount) + 15) / 16 * 16
        memory = AlignedMemory.allocate(floats: slotSize * BatchLoader.slots)
        order = .allocate(capacity: max(data.count, 1))
        lock = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
        let box = Unmanaged.passUnretained(self)
        let status = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<BatchLoader>.fromOpaque(argument!).takeUnretainedValue().work()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "cannot start a thread (error \(status))")
    }

    deinit {
        pthread_mutex_lock(lock)
        isStopping = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
        pthread_join(thread, nil)
        pthread_mutex_destroy(lock)
        pthread_cond_destroy(changed)
        lock.deallocate()
        changed.deallocate()
        order.deallocate()
        free(memory)
    }

    /// Starts over: `indices` in that order, from place `start` on. `epoch` is handed to the data, nil for as they are.
    func begin(_ indices: some Collection<Int>, epoch: Int?, from start: Int = 0) {
        precondition(indices.count <= order.count)
        pthread_mutex_lock(lock)
        total = 0  // whatever was under way ends
        while isBusy { pthread_cond_wait(changed, lock) }
        for (i, index) in indices.enumerated() { order[i] = Int32(index) }
        produced = 0
        consumed = 0
        nextStart = start
        self.epoch = epoch
        total = indices.count
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
    }

    /// The next batch, or nil at the end. It stays valid until `release`.
    func next() -> Batch? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        let start = nextStart(of: consumed)
        guard start < total else { return nil }
        while produced == consumed { pthread_cond_wait(changed, lock) }
        return batch(slot: consumed % BatchLoader.slots, start: start)
    }

    /// Gives the batch taken last back to the loader.
    func release() {
        pthread_mutex_lock(lock)
        consumed += 1
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
    }

    private func nextStart(of batch: Int) -> Int { nextStart + batch * batchSize }

    private func batch(slot: Int, start: Int) -> Batch {
        let inputs = memory + slot * slotSize
        return Batch(
            inputs: inputs, targets: inputs + batchSize * inputCount, count: min(batchSize, total - start),
            start: start)
    }

    private func work() {
        pthread_mutex_lock(lock)
        while !isStopping {
            let start = nextStart(of: produced)
            guard start < total, produced - consumed < BatchLoader.slots else {
                pthread_cond_wait(changed, lock)
                continue
            }
            let batch = batch(slot: produced % BatchLoader.slots, start: start)
            let epoch = epoch
            isBusy = true
            pthread_mutex_unlock(lock)
            for i in 0..<batch.count {
                data.write(
                    sample: Int(order[start + i]), epoch: epoch, input: batch.inputs + i * inputCount,
                    target: batch.targets + i * data.targetCount)
            }
            pthread_mutex_lock(lock)
            isBusy = false
            produced += 1
            pthread_cond_broadcast(changed)
        }
        pthread_mutex_unlock(lock)
    }
}
