import NeuralNetCore
import Threads

/// What a `BatchLoader` and its thread share.
///
/// Slots go round: the thread fills the next free one, the consumer takes them in order. No allocation after the start.
final class BatchQueue: @unchecked Sendable {
    // Safe to share: `filled`, `order` and the flags change only under `lock`; a slot's memory belongs to the thread
    // until it is counted in `filled` and to the consumer until `release`.

    private let data: any TrainingData
    private let batchSize: Int
    private let shares: BatchShares
    /// Samples of a batch that are here at most.
    let capacity: Int
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
    private let lock = Condition()

    init(_ data: any TrainingData, batchSize: Int, shares: BatchShares) {
        self.data = data
        self.batchSize = batchSize
        self.shares = shares
        capacity = shares.largest(of: batchSize)
        inputOffsets = BatchQueue.offsets(data.inputShapes.map { $0.reduce(1, *) })
        targetOffsets = BatchQueue.offsets(data.targetCounts)
        inputCount = inputOffsets.last!
        let weights = data.hasSampleWeights ? 1 : 0
        slotSize = (capacity * (inputCount + targetOffsets.last! + weights) + 15) / 16 * 16
        sample =
            inputOffsets.count + targetOffsets.count == 4
            ? nil : AlignedMemory.allocate(floats: inputCount + targetOffsets.last!)
        memory = AlignedMemory.allocate(floats: slotSize * BatchQueue.slots)
        order = .allocate(capacity: max(data.count, 1))
    }

    deinit {
        order.deallocate()
        AlignedMemory.free(memory)
        AlignedMemory.free(sample)
    }

    /// Ends `work`.
    func stop() {
        lock.withLock {
            isStopping = true
            lock.broadcast()
        }
    }

    private static func offsets(_ counts: [Int]) -> [Int] {
        counts.reduce(into: [0]) { $0.append($0.last! + $1) }
    }

    /// Starts over: `indices` in that order, from place `start` on. `epoch` is handed to the data, nil for as they are.
    func begin(_ indices: some Collection<Int>, epoch: Int?, from start: Int = 0) {
        precondition(indices.count <= order.count)
        lock.lock()
        total = 0  // whatever was under way ends
        while isBusy { lock.wait() }
        for (i, index) in indices.enumerated() { order[i] = Int32(index) }
        produced = 0
        consumed = 0
        nextStart = start
        failure = nil
        self.epoch = epoch
        total = indices.count
        lock.broadcast()
        lock.unlock()
    }

    /// The next batch, or nil at the end. It stays valid until `release`. Throws what the data threw.
    func next() throws(NeuralNetError) -> BatchLoader.Batch? {
        lock.lock()
        defer { lock.unlock() }
        let start = nextStart(of: consumed)
        guard start < total else { return nil }
        while produced == consumed, failure == nil { lock.wait() }
        if produced == consumed, let failure { throw failure }
        return batch(slot: consumed % BatchQueue.slots, start: start)
    }

    /// Gives the batch taken last back to the loader.
    func release() {
        lock.lock()
        consumed += 1
        lock.broadcast()
        lock.unlock()
    }

    private func nextStart(of batch: Int) -> Int { nextStart + batch * batchSize }

    private func batch(slot: Int, start: Int) -> BatchLoader.Batch {
        let inputs = memory + slot * slotSize
        let count = min(batchSize, total - start)
        return BatchLoader.Batch(
            inputs: inputs, targets: inputs + capacity * inputCount,
            weights: data.hasSampleWeights ? inputs + capacity * (inputCount + targetOffsets.last!) : nil,
            count: count, start: start, own: shares.share(of: count))
    }

    /// What the thread does.
    func work() {
        lock.lock()
        while !isStopping {
            let start = nextStart(of: produced)
            guard failure == nil, start < total, produced - consumed < BatchQueue.slots else {
                lock.wait()
                continue
            }
            let batch = batch(slot: produced % BatchQueue.slots, start: start)
            let epoch = epoch
            isBusy = true
            lock.unlock()
            let failed = fill(batch, epoch: epoch)
            lock.lock()
            isBusy = false
            if let failed { failure = failed } else { produced += 1 }
            lock.broadcast()
        }
        lock.unlock()
    }

    /// Writes this process's samples of a batch; returns what went wrong.
    private func fill(_ batch: BatchLoader.Batch, epoch: Int?) -> NeuralNetError? {
        for (i, place) in batch.own.enumerated() {
            let index = Int(order[batch.start + place])
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
            (target + capacity * offsets[part] + place * size).update(from: sample + offsets[part], count: size)
        }
    }
}
