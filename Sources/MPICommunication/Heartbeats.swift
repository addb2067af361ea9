import CMPI

/// Signs of life between rank 0 and each other rank: one byte every two seconds.
final class Heartbeats {
    private let peers: [Int]
    private var received: [UInt8]
    private var receiving: [fermusic_mpi_handle]
    private var sending: [fermusic_mpi_handle]
    private var isSending: [Bool]
    private var lastSeen: [Double]
    private var hasLeft: [Bool]
    private var hasSaidGoodbye: [Bool]
    private var nextBeat = 0.0
    private var lastLook: Double
    private let message: UnsafeMutablePointer<UInt8>
    private let mailbox: UnsafeMutablePointer<UInt8>
    static let interval = 2.0
    private static let tag: Int32 = 7

    init(size: Int, rank: Int, now: Double) {
        peers = rank == 0 ? Array(1..<size) : [0]
        received = []
        receiving = [fermusic_mpi_handle](repeating: 0, count: peers.count)
        sending = receiving
        isSending = [Bool](repeating: false, count: peers.count)
        lastSeen = [Double](repeating: now, count: peers.count)
        lastLook = now
        hasLeft = isSending
        hasSaidGoodbye = isSending
        message = .allocate(capacity: 2)
        message[0] = 0
        message[1] = 1
        mailbox = .allocate(capacity: peers.count)
    }

    deinit {
        message.deallocate()
        mailbox.deallocate()
    }

    func start(_ mpi: fermusic_mpi) -> Int32 {
        for i in peers.indices {
            let code = listen(mpi, i)
            if code != 0 { return code }
        }
        return 0
    }

    private func listen(_ mpi: fermusic_mpi, _ i: Int) -> Int32 {
        mpi.MPI_Irecv(mailbox + i, 1, mpi.byte, Int32(peers[i]), Heartbeats.tag, mpi.world, &receiving[i])
    }

    /// Sends and hears what is due; with `leaving` says good-bye. Returns MPI's code and the peer it is about.
    func beat(_ mpi: fermusic_mpi, now: Double, leaving: Bool = false) -> (code: Int32, peer: Int)? {
        // A process that was stopped (Ctrl-Z stops all) has not listened meanwhile.
        let missed = now - lastLook
        lastLook = now
        for i in peers.indices {
            if missed > Heartbeats.interval { lastSeen[i] += missed }
            var done: Int32 = 0
            if isSending[i] {
                let code = mpi.MPI_Test(&sending[i], &done, mpi.status_ignore)
                if code != 0 { return (code, peers[i]) }
                isSending[i] = done == 0
            }
            if !isSending[i], !hasSaidGoodbye[i], now >= nextBeat || leaving {
                let code = mpi.MPI_Isend(
                    message + (leaving ? 1 : 0), 1, mpi.byte, Int32(peers[i]), Heartbeats.tag, mpi.world, &sending[i])
                if code != 0 { return (code, peers[i]) }
                isSending[i] = true
                hasSaidGoodbye[i] = leaving
            }
            while !hasLeft[i] {
                let code = mpi.MPI_Test(&receiving[i], &done, mpi.status_ignore)
                if code != 0 { return (code, peers[i]) }
                guard done != 0 else { break }
                lastSeen[i] = now
                hasLeft[i] = mailbox[i] == 1
                if !hasLeft[i] {
                    let code = listen(mpi, i)
                    if code != 0 { return (code, peers[i]) }
                }
            }
        }
        if now >= nextBeat { nextBeat = now + Heartbeats.interval }
        return nil
    }

    /// Whether all have said good-bye and got ours.
    var isOver: Bool { !hasLeft.contains(false) && !hasSaidGoodbye.contains(false) && !isSending.contains(true) }

    /// Who has been silent for that long.
    func silent(now: Double, limit: Double) -> Int? {
        peers.indices.first { !hasLeft[$0] && now - lastSeen[$0] > limit }.map { peers[$0] }
    }
}
