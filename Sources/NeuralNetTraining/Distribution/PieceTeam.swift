import NeuralNetCore
import Threads

/// The pieces of a batch that one rank has, and their threads: all compute at once, so that layers can look at the whole
/// batch, but never more of them than there are processors for.
final class PieceTeam: @unchecked Sendable {
    // Safe to share: the job is written before the threads are woken, under `lock`; each worker belongs to its thread until
    // all are done, then to the caller.

    let workers: [BatchWorker]
    private let shares: BatchShares
    private let communicator: any Communicator
    private let synchronises: Bool
    private let lock = Condition()
    private var job: (batch: BatchLoader.Batch, loader: BatchLoader, step: BatchWorker.Step)?
    private var round = 0
    private var unfinished = 0
    private var isStopping = false
    /// How many may begin to compute now.
    private var slots: Int

    // Meetings of the pieces in layers that look at the whole batch.
    private var arrived = 0
    private var meeting = 0
    private var mine: [Float] = []
    private var all: [Float] = []
    private var blocks: UnsafeMutablePointer<Float>
    private var blockCapacity = 0

    init(
        _ workers: [BatchWorker], _ shares: BatchShares, _ communicator: any Communicator, synchronises: Bool,
        atOnce: Int
    ) {
        self.workers = workers
        self.shares = shares
        self.communicator = communicator
        self.synchronises = synchronises
        slots = atOnce
        blocks = .allocate(capacity: 1)
        for worker in workers { worker.executor.weightsAreHeld = true }
    }

    deinit { blocks.deallocate() }

    /// Ends the threads.
    func stop() {
        lock.withLock {
            isStopping = true
            lock.broadcast()
        }
    }

    /// Computes a batch; to be called with the weights' lock.
    func run(_ batch: BatchLoader.Batch, _ loader: BatchLoader, _ step: BatchWorker.Step) {
        lock.withLock {
            job = (batch, loader, step)
            unfinished = workers.count
            round += 1
            lock.broadcast()
            while unfinished > 0 { lock.wait() }
        }
    }

    /// What the thread of a piece does.
    func work(_ index: Int) {
        var done = 0
        let peers = synchronises ? Peers(self, index) : nil
        lock.lock()
        while true {
            while round == done, !isStopping { lock.wait() }
            if isStopping { break }
            done = round
            takeSlot()
            let (batch, loader, step) = job!
            lock.unlock()
            let own = shares.piece(shares.own.lowerBound + index, of: batch.count), worker = workers[index]
            worker.forward(
                .init(batch: batch, loader: loader, own: own), step,
                BatchPart(
                    first: own.lowerBound, total: synchronises || own.isEmpty ? batch.count : nil, peers: peers,
                    keepsStatistics: index == 0))
            worker.executor.backward(accumulate: step.accumulates)
            lock.lock()
            slots += 1
            unfinished -= 1
            lock.broadcast()
        }
        lock.unlock()
    }

    /// To be called with the lock.
    private func takeSlot() {
        while slots == 0 { lock.wait() }
        slots -= 1
    }

    /// One piece among all pieces of all ranks.
    private final class Peers: BatchPeers {
        private unowned let team: PieceTeam
        private let index: Int

        init(_ team: PieceTeam, _ index: Int) {
            self.team = team
            self.index = index
        }

        var count: Int { team.shares.pieces }

        func gather(_ values: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
            team.meet(index, values, count)
        }
    }

    /// Waits for all pieces; who comes last asks the other ranks.
    private func meet(_ index: Int, _ values: UnsafePointer<Float>, _ count: Int) -> UnsafePointer<Float> {
        lock.lock()
        defer { lock.unlock() }
        // Only the first to come finds it too small.
        if mine.count < shares.most * count { mine = [Float](repeating: 0, count: shares.most * count) }
        mine.withUnsafeMutableBufferPointer { ($0.baseAddress! + index * count).update(from: values, count: count) }
        arrived += 1
        if arrived == workers.count {
            arrived = 0
            exchange(count)
            meeting += 1
            lock.broadcast()
        } else {
            let current = meeting
            slots += 1
            lock.broadcast()
            while meeting == current { lock.wait() }
            takeSlot()
        }
        return UnsafePointer(blocks)
    }

    private func exchange(_ count: Int) {
        let size = shares.most * count
        if blockCapacity < count {
            // All are here: nobody reads what was there.
            all = [Float](repeating: 0, count: size * shares.ranks)
            blocks.deallocate()
            blocks = .allocate(capacity: shares.pieces * count)
            blockCapacity = count
        }
        mine.withUnsafeBytes { mine in
            all.withUnsafeMutableBytes { all in
                communicator.gather(
                    UnsafeRawBufferPointer(rebasing: mine[..<(size * 4)]),
                    into: UnsafeMutableRawBufferPointer(rebasing: all[..<(size * 4 * shares.ranks)]))
            }
        }
        all.withUnsafeBufferPointer { all in
            for rank in 0..<shares.ranks {
                let own = shares.pieces(of: rank)
                (blocks + own.lowerBound * count).update(from: all.baseAddress! + rank * size, count: own.count * count)
            }
        }
    }
}
