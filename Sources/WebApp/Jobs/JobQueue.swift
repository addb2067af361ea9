import Threads

/// Threads that work through jobs, with a limit on how many wait: what is too much is refused at once instead of
/// being done too late.
public final class JobQueue: @unchecked Sendable {
    // Safe to share: everything that changes is read and written under the lock of `change`.

    /// A job's place in the queue. Used once, with `run`.
    public struct Place: Sendable {
        let queue: JobQueue
        let key: Int?

        /// Puts the job in. `work` gets the number of the thread it runs on.
        package func run(_ work: @escaping @Sendable (_ worker: Int) -> Void) { queue.add(Job(key: key, work: work)) }

        /// Instead of `run`, where the job is done by somebody else.
        package func giveBack() { queue.giveBack(key) }
    }

    private struct Job {
        var key: Int?
        var work: @Sendable (Int) -> Void
    }

    /// Places that jobs of one key may have at one time: one is done, the next waits.
    public static let placesPerKey = 2
    public let workers: Int
    public let waitingLimit: Int
    private var jobs: [Job] = []
    /// Jobs that have a place: waiting, running, or about to be put in.
    private var taken = 0
    /// Of those, how many each key has.
    private var places: [Int: Int] = [:]
    private var running: Set<Int> = []
    private var isStopping = false
    private var threads: [WorkerThread] = []
    private let change = Condition()

    /// - Parameters:
    ///   - workers: jobs done at once, each on a thread of its own.
    ///   - waitingLimit: jobs that may wait beside those.
    public init(workers: Int, waitingLimit: Int) {
        precondition(workers >= 1 && waitingLimit >= 0)
        self.workers = workers
        self.waitingLimit = waitingLimit
        // `deinit` waits for the threads, which may begin as late as that.
        for index in 0..<workers { threads.append(WorkerThread { [unowned(unsafe) self] in work(index) }) }
    }

    deinit { stop() }

    /// A place for a job, or `nil` when too many have one, or too many of this key. Jobs with the same key are done one
    /// after the other.
    public func place(key: Int? = nil) -> Place? {
        change.withLock {
            guard !isStopping, taken < workers + waitingLimit else { return nil }
            if let key {
                guard places[key, default: 0] < JobQueue.placesPerKey else { return nil }
                places[key, default: 0] += 1
            }
            taken += 1
            return Place(queue: self, key: key)
        }
    }

    /// Jobs that wait or run.
    public var load: Int { change.withLock { taken } }

    private func add(_ job: Job) {
        change.withLock {
            jobs.append(job)
            change.broadcast()
        }
    }

    private func work(_ worker: Int) {
        while let job = next() {
            job.work(worker)
            if let key = job.key { change.withLock { _ = running.remove(key) } }
            giveBack(job.key)
        }
    }

    private func giveBack(_ key: Int?) {
        change.withLock {
            taken -= 1
            if let key {
                let left = places[key, default: 1] - 1
                places[key] = left > 0 ? left : nil
            }
            change.broadcast()
        }
    }

    private func next() -> Job? {
        change.withLock {
            while true {
                if let index = jobs.firstIndex(where: { job in job.key.map { !running.contains($0) } ?? true }) {
                    let job = jobs.remove(at: index)
                    if let key = job.key { running.insert(key) }
                    return job
                }
                if isStopping, taken == 0 { return nil }
                change.wait()
            }
        }
    }

    /// Gives no more places, and returns when all that have one are done.
    public func stop() {
        change.withLock {
            isStopping = true
            change.broadcast()
        }
        for thread in threads { thread.join() }
        threads = []
    }
}
