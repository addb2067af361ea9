/// What all ranks say of a batch: its loss, what was measured, and who wants to end the run.
final class BatchTally {
    private let communicator: any Communicator
    private let shares: BatchShares
    private let width: Int
    private var mine: [Double]
    private var all: [Double]
    private var stops = false
    private var isLate = false

    private static let head = 2

    init(_ communicator: any Communicator, _ shares: BatchShares, metrics: Int) {
        self.communicator = communicator
        self.shares = shares
        width = 1 + metrics
        mine = [Double](repeating: 0, count: BatchTally.head + width * shares.most)
        all = [Double](repeating: 0, count: mine.count * communicator.size)
    }

    /// Begins with the sums so far, which the first of all pieces has: so one process adds to them as if there were no
    /// others.
    func begin(_ workers: [BatchWorker], _ sums: [Double]) {
        for (index, worker) in workers.enumerated() {
            worker.sums[0] = 0
            for i in sums.indices { worker.sums[1 + i] = communicator.rank == 0 && index == 0 ? sums[i] : 0 }
        }
    }

    /// The batch's loss; puts the sums of all pieces into `sums`.
    func finish(_ workers: [BatchWorker], stops: Bool, isLate: Bool, into sums: inout [Double]) -> Double {
        mine[0] = stops ? 1 : 0
        mine[1] = isLate ? 1 : 0
        for (index, worker) in workers.enumerated() {
            for i in 0..<width { mine[BatchTally.head + index * width + i] = worker.sums[i] }
        }
        mine.withUnsafeBytes { mine in all.withUnsafeMutableBytes { communicator.gather(mine, into: $0) } }
        self.stops = false
        self.isLate = false
        for rank in 0..<communicator.size {
            if all[rank * mine.count] > 0 { self.stops = true }
            if all[rank * mine.count + 1] > 0 { self.isLate = true }
        }
        for i in sums.indices { sums[i] = sum(1 + i) }
        return sum(0)
    }

    /// In the order of the pieces.
    private func sum(_ place: Int) -> Double {
        var total = all[BatchTally.head + place]
        for rank in 0..<communicator.size {
            for piece in 0..<shares.pieces(of: rank).count where rank + piece > 0 {
                total += all[rank * mine.count + BatchTally.head + piece * width + place]
            }
        }
        return total
    }

    /// Asks all ranks, apart from a batch.
    func vote(stops: Bool, isLate: Bool) {
        if communicator.isAlone { return }
        let votes = communicator.gather(UInt8(stops ? 1 : 0) | (isLate ? 2 : 0))
        self.stops = votes.contains { $0 & 1 != 0 }
        self.isLate = votes.contains { $0 & 2 != 0 }
    }

    /// Whether the run is to end here: as one process wants it at this moment, as several have agreed.
    func end(stops: Bool, isLate: Bool) -> TrainingEnd? {
        if communicator.isAlone ? stops : self.stops { return .interrupted }
        return (communicator.isAlone ? isLate : self.isLate) ? .budgetUsed : nil
    }
}
