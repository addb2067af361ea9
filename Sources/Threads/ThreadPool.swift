import CThreads
import Glibc
import Synchronization

/// Puts the two words of a closure into `target` without copying what it captures, which stays with the caller.
///
/// `withoutActuallyEscaping` would do, but allocates, and a training step runs a hundred jobs.
@_silgen_name("fm_closure_store")
private func storeClosure(_ body: (Int) -> Void, _ target: UnsafeMutablePointer<fm_closure>)

/// A fixed team of threads that work on one job together; the caller is one of them.
///
/// Built for the many short jobs of a training step: starting a job costs about a microsecond while the team is
/// awake, because threads spin briefly before they sleep. A pool runs one job at a time; a second caller waits.
/// Inside a job, `run` must not be called again on the same pool.
public final class ThreadPool: Sendable {
    /// The number of threads that take part in each job, the caller included.
    public let count: Int

    private let team: ThreadTeam
    private let threads: [WorkerThread]

    /// Starts `count - 1` threads; 1 gives a pool that runs everything on the caller. By default one per processor that this
    /// process may use. Where the system refuses more threads there are fewer, as `count` says.
    public init(threads count: Int = Processors.available) {
        precondition(count >= 1, "a thread pool needs at least one thread")
        // Spinning takes the processor from those that are waited for, if there are not enough.
        let team = ThreadTeam(spins: count <= Processors.available)
        self.team = team
        var threads: [WorkerThread] = []
        while threads.count < count - 1 {
            let index = threads.count + 1
            guard let thread = WorkerThread.ifPossible({ team.work(index) }) else { break }
            threads.append(thread)
        }
        self.threads = threads
        self.count = threads.count + 1
    }

    deinit {
        team.stop()
        for thread in threads { thread.join() }
    }

    /// Runs `body` once on each thread with the indices `0 ..< count` and returns when all are done.
    @inline(never)  // the caller keeps what `body` captures until this returns
    public func run(_ body: (Int) -> Void) {
        if count == 1 { body(0) } else { team.run(body, others: count - 1) }
    }

    @inline(never)  // as above
    private func runOpen(wakes: Bool, _ body: (Int) -> Void) { team.runOpen(wakes: wakes, body) }

    /// Runs `body` on contiguous parts of `0 ..< total`, one part per thread, always the same ones: for sums whose
    /// order must not change between runs.
    public func runRanges(_ total: Int, _ body: (_ thread: Int, _ range: Range<Int>) -> Void) {
        run { thread in
            let lower = total * thread / count
            let upper = total * (thread + 1) / count
            if lower < upper { body(thread, lower..<upper) }
        }
    }

    /// Runs `body` on contiguous parts of the columns `0 ..< total` of a matrix, one part per thread, cut between whole
    /// cache lines of 16 floats.
    package func runColumns(_ total: Int, _ body: (Range<Int>) -> Void) {
        runRanges((total + 15) / 16) { _, range in
            body(range.lowerBound * 16..<min(total, range.upperBound * 16))
        }
    }

    /// Runs `body` for every index of `0 ..< total`, each taken by whichever thread is free: for work whose parts
    /// write to separate places. Nobody is waited for who took no part: a thread that still sleeps when all is done
    /// costs nothing but being woken.
    ///
    /// `wakes`: whether sleeping threads are woken; for what is done in less time than that takes (some ten microseconds),
    /// only those who are awake should take part.
    public func runEach(_ total: Int, wakes: Bool = true, _ body: (_ thread: Int, _ index: Int) -> Void) {
        if count == 1 || total <= 1 {
            for index in 0..<total { body(0, index) }
            return
        }
        let next = Atomic<Int>(0)
        runOpen(wakes: wakes) { thread in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if index >= total { break }
                body(thread, index)
            }
        }
    }

    /// Runs `body` on contiguous parts of `0 ..< total` as `runEach` does: for what costs the same everywhere and
    /// writes to separate places. `least` is how much is worth another part: less than that runs on the caller, and what is
    /// less than sixteen times as much wakes nobody.
    public func runParts(_ total: Int, least: Int, _ body: (Range<Int>) -> Void) {
        let parts = min(2 * count, total / max(least, 1))
        guard count > 1, parts > 1 else {
            if total > 0 { body(0..<total) }
            return
        }
        runEach(parts, wakes: total / max(least, 1) >= 16) { _, part in
            body(total * part / parts..<total * (part + 1) / parts)
        }
    }
}

/// What the threads of a pool share. They hold it themselves, so that it outlives whoever ends last.
private final class ThreadTeam: @unchecked Sendable {
    // Safe to share: `job` is written only by the caller that holds `gate`, before `generation` is released or
    // `inside` is opened, and read by workers only after they acquired that generation or entered. The caller lets
    // nobody be left who could still read it.

    /// Counts jobs in twos; odd while the last one is open.
    private let generation = Atomic<UInt64>(0)
    /// Threads that an ordinary job still waits for.
    private let remaining = Atomic<Int>(0)
    /// Threads inside an open job; `closed` more when nobody may enter.
    private let inside = Atomic<Int>(ThreadTeam.closed)
    private static let closed = Int.min / 2
    private let sleepers = Atomic<Int>(0)
    private let callerSleeps = Atomic<Bool>(false)
    private let stopping = Atomic<Bool>(false)
    private var job = fm_closure()
    /// Held by the caller whose job it is.
    private let gate = Condition()
    private let wake = Condition()
    private let done = Condition()
    private let spins: Int
    private let yields: Int

    init(spins: Bool) {
        // Some tens of microseconds: longer than the steps of a pass that one thread computes alone.
        self.spins = spins ? 1000 : 0
        yields = spins ? 200 : 1
    }

    /// All threads take part, each once.
    func run(_ body: (Int) -> Void, others: Int) {
        gate.lock()
        storeClosure(body, &job)
        remaining.store(others, ordering: .relaxed)
        beginGeneration(isOpen: false)
        body(0)
        wait { remaining.load(ordering: .sequentiallyConsistent) == 0 }
        gate.unlock()
    }

    /// Whoever is awake takes part, perhaps more than once, until the caller has returned from `body`.
    func runOpen(wakes: Bool, _ body: (Int) -> Void) {
        gate.lock()
        storeClosure(body, &job)
        inside.store(0, ordering: .releasing)
        beginGeneration(isOpen: true, wakes: wakes)
        body(0)
        if inside.wrappingAdd(Self.closed, ordering: .sequentiallyConsistent).oldValue > 0 {
            wait { inside.load(ordering: .sequentiallyConsistent) == Self.closed }
        }
        gate.unlock()
    }

    func stop() {
        stopping.store(true, ordering: .releasing)
        beginGeneration(isOpen: false)
    }

    private func beginGeneration(isOpen: Bool, wakes: Bool = true) {
        let next = (generation.load(ordering: .relaxed) | 1) + (isOpen ? 2 : 1)
        generation.store(next, ordering: .sequentiallyConsistent)
        // Who is being woken counts as awake, or the many jobs until then would wake them again.
        guard wakes, sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        wake.lock()
        sleepers.store(0, ordering: .relaxed)
        wake.broadcast()
        wake.unlock()
    }

    /// What each thread but the caller does.
    func work(_ index: Int) {
        var seen: UInt64 = 0
        while true {
            seen = waitForJob(after: seen)
            if stopping.load(ordering: .acquiring) { return }
            if seen % 2 == 0 {
                fm_closure_call(job, index)
                left(remaining.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0)
            } else if enter() {
                fm_closure_call(job, index)
                left(inside.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == Self.closed)
            }
        }
    }

    /// False if the open job is over; what is entered may be a later one, which is just as well.
    private func enter() -> Bool {
        var count = inside.load(ordering: .relaxed)
        while count >= 0 {
            let (exchanged, original) = inside.weakCompareExchange(
                expected: count, desired: count + 1, ordering: .acquiringAndReleasing)
            if exchanged { return true }
            count = original
        }
        return false
    }

    /// Spins, since the others are nearly done as a rule; sleeps when a busy machine has taken their processors away.
    @inline(__always)
    private func wait(_ isDone: () -> Bool) {
        for _ in 0..<spins {
            if isDone() { return }
            fm_relax()
        }
        for _ in 0..<yields {
            if isDone() { return }
            sched_yield()
        }
        done.lock()
        callerSleeps.store(true, ordering: .sequentiallyConsistent)
        while !isDone() { done.wait() }
        callerSleeps.store(false, ordering: .relaxed)
        done.unlock()
    }

    private func left(_ isLast: Bool) {
        guard isLast, callerSleeps.load(ordering: .sequentiallyConsistent) else { return }
        done.lock()
        done.signal()
        done.unlock()
    }

    private func waitForJob(after seen: UInt64) -> UInt64 {
        for _ in 0..<spins {
            let current = generation.load(ordering: .acquiring)
            if current != seen { return current }
            fm_relax()
        }
        wake.lock()
        defer { wake.unlock() }
        while true {
            sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
            let current = generation.load(ordering: .sequentiallyConsistent)
            if current != seen {
                sleepers.wrappingSubtract(1, ordering: .relaxed)
                return current
            }
            wake.wait()
        }
    }
}
