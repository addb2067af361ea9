import Glibc

/// A lock, and waiting until somebody who had it says that something has changed.
public final class Condition: @unchecked Sendable {
    // Safe to share: the lock and what waits for it are all there is.

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    public init() {
        pthread_mutex_init(mutex, nil)
        // The clock that `monotonicNanoseconds` reads.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(change, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(mutex)
        change.deallocate()
        mutex.deallocate()
    }

    public func lock() { pthread_mutex_lock(mutex) }
    public func unlock() { pthread_mutex_unlock(mutex) }

    public func withLock<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }

    /// Lets go of the lock until `broadcast` or `signal`, or for no reason; to be called with the lock.
    public func wait() { pthread_cond_wait(change, mutex) }

    /// The same, but not beyond that time of the monotonic clock, in nanoseconds.
    public func wait(until nanoseconds: Int64) {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        pthread_cond_timedwait(change, mutex, &time)
    }

    /// Wakes all who wait.
    public func broadcast() { pthread_cond_broadcast(change) }

    /// Wakes one who waits.
    public func signal() { pthread_cond_signal(change) }
}
