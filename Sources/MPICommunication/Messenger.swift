import CMPI
import Glibc
import Threads
import Timing

/// The one thread that speaks with MPI: takes what is to be sent from the others, moves everything on that is under way,
/// and listens for signs of life.
final class Messenger: @unchecked Sendable {
    // Safe to share: what several threads use is touched under `lock` only; MPI, the sums under way and the heartbeats
    // belong to the thread.

    enum Message {
        case gather(mine: UnsafeRawPointer, all: UnsafeMutableRawPointer, count: Int)
        case broadcast(UnsafeMutableRawPointer, count: Int)
        case sum(UnsafeMutablePointer<Float>, count: Int)
    }

    private let table: UnsafePointer<fermusic_mpi>
    private let options: MPICommunicator.Options
    private let onFailure: @Sendable (String) -> Void
    private let lock = Condition()
    private var queue: [Message] = []
    private var posted = 0
    private var completed = 0
    private var sumsPending = 0
    private var sentBytes = 0
    private var isWaited = false
    private var isStopping = false
    private var started: Result<(size: Int, rank: Int, library: String), MPILibrary.Failure>?
    private var hosts: [String] = []
    private var thread: WorkerThread?

    // The thread's own.
    private var size = 1
    private var rank = 0
    private var request: fermusic_mpi_handle?
    private var sums: [PendingSum] = []
    private var spare: [PendingSum] = []
    private var sumNumber: Int32 = 0
    private var heartbeats: Heartbeats?

    init(
        table: UnsafePointer<fermusic_mpi>, options: MPICommunicator.Options,
        onFailure: @escaping @Sendable (String) -> Void
    ) {
        self.table = table
        self.options = options
        self.onFailure = onFailure
        queue.reserveCapacity(64)
    }

    private var mpi: fermusic_mpi { table.pointee }

    /// Starts MPI. Throws what it says.
    func start() throws -> (size: Int, rank: Int, library: String) {
        thread = WorkerThread { [self] in run() }
        let limit = monotonicNanoseconds() + Int64(2e9 * options.silence)
        let result = lock.withLock {
            while started == nil, monotonicNanoseconds() < limit { lock.wait(until: limit) }
            return started
        }
        if let result { return try result.get() }
        onFailure(
            "not all processes have met within \(Int(2 * options.silence)) s: is the same version of the program on every "
                + "machine?")
        fermusic_mpi_end_launcher(10)
        // MPI cannot be asked for anything yet.
        _exit(1)
    }

    var names: [String] { lock.withLock { hosts } }
    func setNames(_ names: [String]) { lock.withLock { hosts = names } }
    var bytesSent: Int { lock.withLock { sentBytes } }

    /// Hands a message over; returns its number.
    func post(_ message: Message) -> Int {
        lock.withLock {
            queue.append(message)
            if case .sum = message { sumsPending += 1 } else { posted += 1 }
            lock.broadcast()
            return posted
        }
    }

    /// Waits for a message that is no sum.
    func wait(for number: Int) {
        lock.withLock {
            isWaited = true
            while completed < number { lock.wait() }
            isWaited = false
        }
    }

    func waitForSums() {
        lock.withLock {
            isWaited = true
            while sumsPending > 0 { lock.wait() }
            isWaited = false
        }
    }

    func stop() {
        lock.withLock {
            isStopping = true
            lock.broadcast()
        }
        thread?.join()
    }

    /// Ends all processes; if MPI cannot even do that, this one.
    func abort(_ code: Int32) -> Never {
        _ = WorkerThread.startDetached {
            sleep(5)
            _exit(code)
        }
        _ = mpi.MPI_Abort(mpi.world, code)
        _exit(code)
    }

    private func fail(_ reason: String) -> Never {
        onFailure(reason)
        fermusic_mpi_end_launcher(10)
        abort(1)
    }

    private func check(_ code: Int32, _ peer: Int? = nil) {
        guard code != 0 else { return }
        var text = [CChar](repeating: 0, count: 1024), length: Int32 = 0
        _ = mpi.MPI_Error_string(code, &text, &length)
        let said = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        fail("lost touch with \(peer.map(name) ?? "another rank"): \(said)")
    }

    private func name(_ rank: Int) -> String {
        let names = names
        return rank < names.count ? "rank \(rank) on \(names[rank])" : "rank \(rank)"
    }

    // MARK: The thread

    private func run() {
        var provided: Int32 = 0, size: Int32 = 1, rank: Int32 = 0
        // Only this thread will ever call it; aborting is the exception.
        var code = mpi.MPI_Init_thread(nil, nil, 1, &provided)
        if code == 0 { code = mpi.MPI_Comm_size(mpi.world, &size) }
        if code == 0 { code = mpi.MPI_Comm_rank(mpi.world, &rank) }
        if code == 0 { code = mpi.MPI_Comm_set_errhandler(mpi.world, mpi.errors_return) }
        (self.size, self.rank) = (Int(size), Int(rank))
        lock.withLock {
            started =
                code == 0
                ? .success((Int(size), Int(rank), library()))
                : .failure(MPILibrary.Failure(description: "MPI does not start (\(code))"))
            lock.broadcast()
        }
        guard code == 0 else { return }
        let heartbeats = Heartbeats(size: self.size, rank: self.rank, now: monotonicSeconds())
        self.heartbeats = heartbeats
        check(heartbeats.start(mpi))
        work()
        leave(heartbeats)
        _ = mpi.MPI_Finalize()
    }

    private func library() -> String {
        // As long as MPI allows.
        var text = [CChar](repeating: 0, count: 8192), length: Int32 = 0
        _ = mpi.MPI_Get_library_version(&text, &length)
        let line = text.prefix { $0 != 0 && $0 != 10 && $0 != 44 }
        return String(decoding: line.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func work() {
        var idleRounds = 0
        while true {
            lock.lock()
            while queue.isEmpty, request == nil, sums.isEmpty, !isStopping {
                lock.wait(until: monotonicNanoseconds() + 500_000_000)
                idleRounds = 0
                if queue.isEmpty { break }
            }
            if isStopping, queue.isEmpty, request == nil, sums.isEmpty {
                lock.unlock()
                return
            }
            // A message that is no sum waits for the one before it: each is waited for anyway.
            let next = queue.first.flatMap { message -> Message? in
                if case .sum = message {} else if request != nil { return nil }
                return queue.removeFirst()
            }
            let isUrgent = isWaited
            lock.unlock()
            if let next { begin(next) }
            let hasMoved = advance() || next != nil
            beat()
            idleRounds = hasMoved ? 0 : idleRounds + 1
            // Somebody waits: look again at once, for a while. Otherwise the processors are for those who compute, the more
            // the longer it takes.
            if isUrgent, idleRounds < 200 {
                sched_yield()
            } else if request != nil || !sums.isEmpty {
                usleep(UInt32(min(100 + 10 * idleRounds / (isUrgent ? 4 : 1), 1000)))
            }
        }
    }

    private func begin(_ message: Message) {
        switch message {
        case .gather(let mine, let all, let count):
            var handle: fermusic_mpi_handle = 0
            check(mpi.MPI_Iallgather(mine, Int32(count), mpi.byte, all, Int32(count), mpi.byte, mpi.world, &handle))
            request = handle
        case .broadcast(let bytes, let count):
            var handle: fermusic_mpi_handle = 0
            check(mpi.MPI_Ibcast(bytes, Int32(count), mpi.byte, 0, mpi.world, &handle))
            request = handle
        case .sum(let values, let count):
            let place = spare.firstIndex { $0.capacity == count }
            let sum =
                place.map { spare.remove(at: $0) }
                ?? PendingSum(capacity: count, size: size, rank: rank, isHalf: options.sendsBFloat16)
            sums.append(sum)
            // All ranks count alike, so that the numbers find each other. MPI has at least 32,767.
            check(sum.start(values, count: count, tag: 16 + 2 * (sumNumber % 8192), mpi))
            sumNumber += 1
        }
    }

    /// Whether something got done.
    private func advance() -> Bool {
        var hasMoved = false
        if var handle = request {
            var done: Int32 = 0
            check(mpi.MPI_Test(&handle, &done, mpi.status_ignore))
            request = done != 0 ? nil : handle
            if done != 0 {
                hasMoved = true
                lock.withLock {
                    completed += 1
                    lock.broadcast()
                }
            }
        }
        var index = 0
        while index < sums.count {
            let (isDone, code) = sums[index].advance(mpi)
            check(code)
            guard isDone else {
                index += 1
                continue
            }
            let sum = sums.remove(at: index)
            spare.append(sum)
            hasMoved = true
            lock.withLock {
                sumsPending -= 1
                sentBytes += sum.bytesSent
                lock.broadcast()
            }
        }
        return hasMoved
    }

    private func beat() {
        guard let heartbeats else { return }
        let now = monotonicSeconds()
        if let (code, peer) = heartbeats.beat(mpi, now: now) { check(code, peer) }
        if let rank = heartbeats.silent(now: now, limit: options.silence) {
            fail("\(name(rank)) has not been heard from for \(Int(options.silence)) s")
        }
    }

    /// Everybody is here: says good-bye, so that MPI ends with nothing under way.
    private func leave(_ heartbeats: Heartbeats) {
        let limit = monotonicSeconds() + 10
        while !heartbeats.isOver, monotonicSeconds() < limit {
            if let (code, _) = heartbeats.beat(mpi, now: monotonicSeconds(), leaving: true), code != 0 { return }
            usleep(100)
        }
    }
}
