import MediaFiles
import Threads

/// Threads that read files: tasks go in, what was learned comes out in any order.
final class FileReaders: @unchecked Sendable {
    // Safe to share: all that changes is touched with the lock of `change` only.

    private let change = Condition()
    private var tasks: [FileReading.Task] = []
    private var readings: [FileReading] = []
    private var open = 0
    private var isClosed = false
    private var threads: [WorkerThread] = []
    private let limit: Int
    private let cancellation: Cancellation

    init(_ analyser: (any SoundAnalyser)?, threads count: Int, _ cancellation: Cancellation) {
        limit = 4 * count
        self.cancellation = cancellation
        for _ in 0..<max(1, count) {
            guard let thread = WorkerThread.ifPossible({ [self] in work(analyser) }) else { break }
            threads.append(thread)
        }
    }

    var hasThreads: Bool { !threads.isEmpty }

    /// Hands a file over; waits while enough of them are waiting.
    func put(_ task: FileReading.Task) {
        change.withLock {
            while tasks.count >= limit, !cancellation.isCancelled { change.wait() }
            tasks.append(task)
            open += 1
            change.broadcast()
        }
    }

    /// What was learned since the last call; waits for something if there is nothing and something is to come.
    func take(waits: Bool) -> [FileReading] {
        change.withLock {
            while waits, readings.isEmpty, open > 0 { change.wait() }
            defer { readings = [] }
            return readings
        }
    }

    /// Whether something is still to come.
    var isBusy: Bool { change.withLock { open > 0 || !readings.isEmpty } }

    /// Lets the threads end; files that wait are not read if it was cancelled.
    func close() {
        change.withLock {
            isClosed = true
            if cancellation.isCancelled {
                open -= tasks.count
                tasks = []
            }
            change.broadcast()
        }
        for thread in threads { thread.join() }
        threads = []
    }

    private func work(_ analyser: (any SoundAnalyser)?) {
        while let task = next() {
            let reading = FileReading(task, analyser, cancellation)
            change.withLock {
                readings.append(reading)
                open -= 1
                change.broadcast()
            }
        }
    }

    private func next() -> FileReading.Task? {
        change.withLock {
            while tasks.isEmpty || cancellation.isCancelled {
                if isClosed || cancellation.isCancelled {
                    open -= tasks.count
                    tasks = []
                    change.broadcast()
                    return nil
                }
                change.wait()
            }
            defer { change.broadcast() }
            return tasks.removeFirst()
        }
    }
}
