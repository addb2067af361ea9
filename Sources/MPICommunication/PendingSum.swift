import CMPI

/// One sum over all ranks on its way: each rank adds up a slice of it for all, in the order of the ranks, and sends the
/// result to everybody. So each byte travels twice, whatever the number of ranks, and all get the same bits.
final class PendingSum {
    private let size: Int
    private let rank: Int
    private let isHalf: Bool
    let capacity: Int
    /// What the others have of my slice, one behind the other; as halves, if those are sent.
    private let received: UnsafeMutableRawPointer
    /// All values as halves.
    private let halves: UnsafeMutablePointer<UInt16>?
    private var requests: [fermusic_mpi_handle]
    private var isDone: [Bool]
    private var values: UnsafeMutablePointer<Float>
    private var count = 0
    private var tag: Int32 = 0
    private var isSpreading = false
    private(set) var bytesSent = 0

    init(capacity: Int, size: Int, rank: Int, isHalf: Bool) {
        self.capacity = capacity
        self.size = size
        self.rank = rank
        self.isHalf = isHalf
        received = .allocate(byteCount: ((capacity + size - 1) / size) * size * (isHalf ? 2 : 4) + 64, alignment: 64)
        halves = isHalf ? .allocate(capacity: capacity) : nil
        requests = [fermusic_mpi_handle](repeating: 0, count: 2 * size)
        isDone = [Bool](repeating: true, count: 2 * size)
        values = .init(bitPattern: 64)!
    }

    deinit {
        received.deallocate()
        halves?.deallocate()
    }

    private func slice(_ rank: Int) -> Range<Int> { count * rank / size..<count * (rank + 1) / size }
    private var unit: Int { isHalf ? 2 : 4 }
    private var stride: Int { (count + size - 1) / size * unit }

    /// Where the values that travel lie.
    private var wire: UnsafeMutableRawPointer {
        halves.map { UnsafeMutableRawPointer($0) } ?? UnsafeMutableRawPointer(values)
    }

    /// Sends each rank its slice. Returns MPI's code.
    func start(_ values: UnsafeMutablePointer<Float>, count: Int, tag: Int32, _ mpi: fermusic_mpi) -> Int32 {
        (self.values, self.count, self.tag, isSpreading, bytesSent) = (values, count, tag, false, 0)
        if let halves { fermusic_to_bfloat16(values, halves, count) }
        let own = slice(rank)
        return exchange(mpi, tag) { other in
            let theirs = self.slice(other)
            return (
                (self.wire + theirs.lowerBound * self.unit, theirs.count * self.unit),
                (self.received + other * self.stride, own.count * self.unit)
            )
        }
    }

    private typealias Part = (start: UnsafeMutableRawPointer, bytes: Int)

    /// Posts a message from and to each other rank.
    private func exchange(_ mpi: fermusic_mpi, _ tag: Int32, _ parts: (Int) -> (sent: Part, received: Part)) -> Int32 {
        for step in 1..<size {
            let source = (rank + size - step) % size, target = (rank + step) % size
            let from = parts(source).received, to = parts(target).sent
            (isDone[2 * step], isDone[2 * step + 1]) = (false, false)
            var code = mpi.MPI_Irecv(
                from.start, Int32(from.bytes), mpi.byte, Int32(source), tag, mpi.world, &requests[2 * step])
            guard code == 0 else { return code }
            code = mpi.MPI_Isend(
                to.start, Int32(to.bytes), mpi.byte, Int32(target), tag, mpi.world, &requests[2 * step + 1])
            guard code == 0 else { return code }
            bytesSent += to.bytes
        }
        return 0
    }

    /// Goes on if it can. Returns whether the sum is there, or MPI's code.
    func advance(_ mpi: fermusic_mpi) -> (isDone: Bool, code: Int32) {
        for i in 2..<2 * size where !isDone[i] {
            var done: Int32 = 0
            let code = mpi.MPI_Test(&requests[i], &done, mpi.status_ignore)
            guard code == 0 else { return (false, code) }
            isDone[i] = done != 0
        }
        guard isDone.allSatisfy({ $0 }) else { return (false, 0) }
        if isSpreading {
            if let halves { fermusic_from_bfloat16(halves, values, count) }
            return (true, 0)
        }
        add()
        isSpreading = true
        let own = slice(rank)
        let code = exchange(mpi, tag + 1) { other in
            let theirs = self.slice(other)
            return (
                (self.wire + own.lowerBound * self.unit, own.count * self.unit),
                (self.wire + theirs.lowerBound * self.unit, theirs.count * self.unit)
            )
        }
        return (false, code)
    }

    /// Adds up my slice, rank by rank.
    private func add() {
        let own = slice(rank), n = own.count, mine = values + own.lowerBound
        guard n > 0 else { return }
        if let halves {
            let sum = (received + rank * stride).assumingMemoryBound(to: UInt16.self)
            sum.update(from: halves + own.lowerBound, count: n)
            for i in 0..<n { mine[i] = 0 }
            for other in 0..<size {
                fermusic_add_bfloat16((received + other * stride).assumingMemoryBound(to: UInt16.self), mine, n)
            }
            fermusic_to_bfloat16(mine, halves + own.lowerBound, n)
            return
        }
        let base = received.assumingMemoryBound(to: Float.self), step = stride / unit
        fermusic_sum_ranks(mine, base, n, step, Int32(size), Int32(rank))
    }
}
