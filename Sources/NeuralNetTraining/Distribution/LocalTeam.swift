import CKernels
import Threads

/// Several ranks in one process, each on a thread of its own.
package final class LocalTeam: @unchecked Sendable {
    // Safe to share: what is on the board is written by its rank alone and read between two meetings, which are locked.

    package let size: Int
    private let lock = Condition()
    private var arrived = 0
    private var meeting = 0
    fileprivate var board: [UnsafeRawPointer?]

    package init(_ size: Int) {
        self.size = size
        board = Array(repeating: nil, count: size)
    }

    package var members: [any Communicator] { (0..<size).map { Member(self, $0) } }

    /// Shows the others where something lies, waits until all have done so, lets `body` look at it, and waits until all have
    /// looked.
    fileprivate func meet(_ rank: Int, _ mine: UnsafeRawPointer?, _ body: ([UnsafeRawPointer?]) -> Void) {
        lock.withLock { board[rank] = mine }
        meet()
        body(board)
        meet()
    }

    private func meet() {
        lock.lock()
        arrived += 1
        if arrived == size {
            arrived = 0
            meeting += 1
            lock.broadcast()
        } else {
            let current = meeting
            while meeting == current { lock.wait() }
        }
        lock.unlock()
    }

    private final class Member: Communicator, @unchecked Sendable {
        // Safe to share: only its own thread uses it.

        private let team: LocalTeam
        let rank: Int
        private var sums: [UnsafeMutableBufferPointer<Float>] = []

        init(_ team: LocalTeam, _ rank: Int) {
            self.team = team
            self.rank = rank
        }

        var size: Int { team.size }

        func gather(_ mine: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
            team.meet(rank, mine.baseAddress) { board in
                for (rank, its) in board.enumerated() {
                    if let its { memcpy(all.baseAddress! + rank * mine.count, its, mine.count) }
                }
            }
        }

        func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {
            team.meet(rank, bytes.baseAddress) { board in
                if rank > 0, let first = board[0], let target = bytes.baseAddress { memcpy(target, first, bytes.count) }
            }
        }

        func startSum(_ values: UnsafeMutableBufferPointer<Float>) { sums.append(values) }

        func finishSums() {
            for values in sums {
                var total = [Float](repeating: 0, count: values.count)
                team.meet(rank, values.baseAddress) { board in
                    for its in board.compactMap({ $0?.assumingMemoryBound(to: Float.self) }) {
                        for i in total.indices { total[i] += its[i] }
                    }
                }
                _ = values.update(fromContentsOf: total)
            }
            sums.removeAll()
        }
    }
}
