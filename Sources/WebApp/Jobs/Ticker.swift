import Glibc
import Synchronization
import Threads

/// Calls something again and again on a thread of its own until it goes away.
final class Ticker: Sendable {
    private let isStopped: StopFlag
    private let thread: WorkerThread

    private final class StopFlag: Sendable {
        let value = Atomic<Bool>(false)
    }

    init(seconds: Double, _ body: @escaping @Sendable () -> Void) {
        let flag = StopFlag()
        isStopped = flag
        thread = WorkerThread {
            // Short naps, so that ending does not have to wait.
            let nap = min(seconds, 0.1)
            var left = seconds
            while !flag.value.load(ordering: .relaxed) {
                usleep(UInt32(nap * 1e6))
                left -= nap
                if left <= 1e-9 {
                    body()
                    left = seconds
                }
            }
        }
    }

    deinit {
        isStopped.value.store(true, ordering: .relaxed)
        thread.join()
    }
}
