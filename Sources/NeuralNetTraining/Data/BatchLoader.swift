import Glibc
import NeuralNetCore

/// Prepares batches on a thread of its own, ahead of the computation.
///
/// Slots go round: the loader fills the next free one, the consumer takes them in order. No allocation after the
/// start.
final class BatchLoader: @unchecked Sendable {
    // Safe to share: `filled`, `order` and the flags change only under `lock`; a slot's memory belongs to the loader
    // until it is counted in `filled` and to the consumer until `release`.

    struct Batch {
        /// The samples' first inputs, one after another; those of other inputs `batchSize * offset` further, as
        /// `BatchLoader.inputOffsets` says.
        var inputs: UnsafeMutablePointer<Float>
        var targets: UnsafeMutablePointer<Float>
        /// A factor per sample; nil if all count the same.
        var weights: UnsafeMutablePointer<Float>?
        var count: Int
        /// Place of the first sample in the epoch's order.
        var start: Int
    }

    private let data: any TrainingData
    private let batchSize: Int
    private let inputCount: Int
    /// Where the parts of a sample begin, in floats; their end is last.
    let inputOffsets: [Int]
    let targetOffsets: [Int]
    /// One sample, for data of several parts.
    private let sample: UnsafeMutablePointer<Float>?
    private var failure: NeuralNetError?
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
        inputOffsets = BatchLoader.offsets(data.inputShapes.map { $0.reduce(1, *) })
        targetOffsets = BatchLoader.offsets(data.targetCounts)
        inputCount = inputOffsets.last!
        let weights = data.hasSampleWeights ? 1 : 0
        slotSize = (batchSize * (inputCount + targetOffsets.last! + weights) + 15) / 16 * 16
        sample =
            inputOffsets.count + targetOffsets.count == 4
            ? nil : AlignedMemory.allocate(floats: inputCount + targetOffsets.last!)
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
        AlignedMemory.free(memory)
        AlignedMemory.free(sample)
    }

    private static func offsets(_ counts: [Int]) -> [Int] {
        counts.reduce(into: [0]) { $0.append($0.last! + $1) }
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
        failure = nil
        self.epoch = epoch
        total = indices.count
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
    }

    /// The next batch, or nil at the end. It stays valid until `release`. Throws what the data threw.
    func next() throws(NeuralNetError) -> Batch? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        let start = nextStart(of: consumed)
        guard start < total else { return nil }
        while produced == consumed, failure == nil { pthread_cond_wait(changed, lock) }
        if produced == consumed, let failure { throw failure }
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
            inputs: inputs, targets: inputs + batchSize * inputCount,
            weights: data.hasSampleWeights ? inputs + batchSize * (inputCount + targetOffsets.last!) : nil,
            count: min(batchSize, total - start), start: start)
    }

    private func work() {
        pthread_mutex_lock(lock)
        while !isStopping {
            let start = nextStart(of: produced)
            guard failure == nil, start < total, produced - consumed < BatchLoader.slots else {
                pthread_cond_wait(changed, lock)
                continue
            }
            let batch = batch(slot: produced % BatchLoader.slots, start: start)
            let epoch = epoch
            isBusy = true
            pthread_mutex_unlock(lock)
            let failed = fill(batch, epoch: epoch)
            pthread_mutex_lock(lock)
            isBusy = false
            if let failed { failure = failed } else { produced += 1 }
            pthread_cond_broadcast(changed)
        }
        pthread_mutex_unlock(lock)
    }

    /// Writes a batch's samples; returns what went wrong.
    private func fill(_ batch: Batch, epoch: Int?) -> NeuralNetError? {
        for i in 0..<batch.count {
            let index = Int(order[batch.start + i])
            do {
                if let sample {
                    try data.write(sample: index, epoch: epoch, input: sample, target: sample + inputCount)
                    scatter(sample, inputOffsets, to: batch.inputs, place: i)
                    scatter(sample + inputCount, targetOffsets, to: batch.targets, place: i)
                } else {
                    try data.write(
                        sample: index, epoch: epoch, input: batch.inputs + i * inputCount,
                        target: batch.targets + i * targetOffsets[1])
                }
            } catch {
                return .sample(index: index, reason: "\(error)")
            }
            batch.weights?[i] = data.weight(of: index)
        }
        return nil
    }

    /// Puts the parts of one sample behind those of the samples before it.
    private func scatter(
        _ sample: UnsafePointer<Float>, _ offsets: [Int], to target: UnsafeMutablePointer<Float>, place: Int
    ) {
        for part in 0..<offsets.count - 1 {
            let size = offsets[part + 1] - offsets[part]
            (target + batchSize * offsets[part] + place * size).update(from: sample + offsets[part], count: size)
        }
    }
}
