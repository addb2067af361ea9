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
    /// write to separate places.
    public func runEach(_ total: Int, _ body: (_ thread: Int, _ index: Int) -> Void) {
        if count == 1 || total <= 1 {
            for index in 0..<total { body(0, index) }
            return
        }
        let next = Atomic<Int>(0)
        run { thread in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if index >= total { break }
                body(thread, index)
            }
        }
    }
}

/// What the threads of a pool share. They hold it themselves, so that it outlives whoever ends last.
private final class ThreadTeam: @unchecked Sendable {
    // Safe to share: `job` is written only by the caller that holds `gate`, before `generation` is released,
    // and read by workers only after they acquired that generation.

    private let generation = Atomic<UInt64>(0)
    private let remaining = Atomic<Int>(0)
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
        self.spins = spins ? 4000 : 0
        yields = spins ? 200 : 1
    }

    func run(_ body: (Int) -> Void, others: Int) {
        gate.lock()
        storeClosure(body, &job)
        remaining.store(others, ordering: .relaxed)
        beginGeneration()
        body(0)
        waitForOthers()
        gate.unlock()
    }

    func stop() {
        stopping.store(true, ordering: .releasing)
        beginGeneration()
    }

    private func beginGeneration() {
        generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        wake.lock()
        wake.broadcast()
        wake.unlock()
    }

    /// What each thread but the caller does.
    func work(_ index: Int) {
        var seen: UInt64 = 0
        while true {
            seen = waitForJob(after: seen)
            if stopping.load(ordering: .acquiring) { return }
            fm_closure_call(job, index)
            finishPart()
        }
    }

    /// Spins, since the others are nearly done as a rule; sleeps when a busy machine has taken their processors away.
    private func waitForOthers() {
        for _ in 0..<spins {
            if remaining.load(ordering: .acquiring) == 0 { return }
        }
        for _ in 0..<yields {
            if remaining.load(ordering: .acquiring) == 0 { return }
            sched_yield()
        }
        done.lock()
        callerSleeps.store(true, ordering: .sequentiallyConsistent)
        while remaining.load(ordering: .sequentiallyConsistent) > 0 { done.wait() }
        callerSleeps.store(false, ordering: .relaxed)
        done.unlock()
    }

    private func finishPart() {
        let rest = remaining.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue
        guard rest == 0, callerSleeps.load(ordering: .sequentiallyConsistent) else { return }
        done.lock()
        done.signal()
        done.unlock()
    }

    private func waitForJob(after seen: UInt64) -> UInt64 {
        for _ in 0..<spins {
            let current = generation.load(ordering: .acquiring)
            if current != seen { return current }
        }
        wake.lock()
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        var current = generation.load(ordering: .sequentiallyConsistent)
        while current == seen {
            wake.wait()
            current = generation.load(ordering: .sequentiallyConsistent)
        }
        sleepers.wrappingSubtract(1, ordering: .relaxed)
        wake.unlock()
        return current
    }
}
