import Glibc
import MediaFiles
import Timing

/// One slot between two threads: a new value takes the place of one that nobody fetched, unless that one is to be kept.
package final class Mailbox<Value: Sendable>: @unchecked Sendable {
    // Safe to share: everything that changes is read and written under `lock`.

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var slot: Value?
    private var isSlotKept = false
    private var isClosed = false
    private var failure: (any Error)?
    private var lost = 0

    package init() {
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(arrival, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(arrival)
        pthread_mutex_destroy(lock)
        arrival.deallocate()
        lock.deallocate()
    }

    private func locked<R>(_ body: () throws -> R) rethrows -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body()
    }

    /// How many values were replaced before anybody fetched them.
    package var lostCount: Int { locked { lost } }

    /// Waits while a kept value has not been fetched, until `cancellation`.
    package func put(_ value: Value, isKept: Bool = false, _ cancellation: Cancellation? = nil) {
        locked {
            while slot != nil, isSlotKept, cancellation?.isCancelled != true { waitForChange() }
            if slot != nil { lost += 1 }
            slot = value
            isSlotKept = isKept
            pthread_cond_broadcast(arrival)
        }
    }

    /// Lets go of the lock until something changes, the time `end` comes, or it is time to look for cancellation.
    private func waitForChange(until end: Int64 = .max) {
        let wake = min(end, monotonicNanoseconds() + Int64(Cancellation.pollMilliseconds) * 1_000_000)
        var time = timespec(tv_sec: Int(wake / 1_000_000_000), tv_nsec: Int(wake % 1_000_000_000))
        pthread_cond_timedwait(arrival, lock, &time)
    }

    /// No more values will come. Whoever waits gets the error, once, after the last value.
    package func close(_ error: (any Error)?) {
        locked {
            isClosed = true
            failure = error
            pthread_cond_broadcast(arrival)
        }
    }

    /// The newest value that was not fetched, waiting for it; `nil` at the end, when cancelled, or after `seconds`.
    package func take(_ cancellation: Cancellation, seconds: Double) throws -> Value? {
        let end = monotonicNanoseconds() + Int64(min(seconds, 1e9) * 1e9)
        return try locked {
            while slot == nil, !isClosed, !cancellation.isCancelled {
                if monotonicNanoseconds() >= end { return nil }
                waitForChange(until: end)
            }
            if cancellation.isCancelled { return nil }
            if let value = slot {
                slot = nil
                pthread_cond_broadcast(arrival)
                return value
            }
            defer { failure = nil }
            if let failure { throw failure }
            return nil
        }
    }
}
