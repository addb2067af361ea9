import MediaFiles
import Threads
import Timing

/// One slot between two threads: a new value takes the place of one that nobody fetched, unless that one is to be kept.
package final class Mailbox<Value: Sendable>: @unchecked Sendable {
    // Safe to share: everything that changes is read and written under the lock of `arrival`.

    private let arrival = Condition()
    private var slot: Value?
    private var isSlotKept = false
    private var isClosed = false
    private var failure: (any Error)?
    private var lost = 0

    package init() {}

    /// How many values were replaced before anybody fetched them.
    package var lostCount: Int { arrival.withLock { lost } }

    /// Waits while a kept value has not been fetched, until `cancellation`.
    package func put(_ value: Value, isKept: Bool = false, _ cancellation: Cancellation? = nil) {
        arrival.withLock {
            while slot != nil, isSlotKept, cancellation?.isCancelled != true { waitForChange() }
            if slot != nil { lost += 1 }
            slot = value
            isSlotKept = isKept
            arrival.broadcast()
        }
    }

    /// Lets go of the lock until something changes, the time `end` comes, or it is time to look for cancellation.
    private func waitForChange(until end: Int64 = .max) {
        let wake = min(end, monotonicNanoseconds() + Int64(Cancellation.pollMilliseconds) * 1_000_000)
        arrival.wait(until: wake)
    }

    /// No more values will come. Whoever waits gets the error, once, after the last value.
    package func close(_ error: (any Error)?) {
        arrival.withLock {
            isClosed = true
            failure = error
            arrival.broadcast()
        }
    }

    /// The newest value that was not fetched, waiting for it; `nil` at the end, when cancelled, or after `seconds`.
    package func take(_ cancellation: Cancellation, seconds: Double) throws -> Value? {
        let end = monotonicNanoseconds() + Int64(min(1e9, max(0, seconds)) * 1e9)
        return try arrival.withLock {
            while slot == nil, !isClosed, !cancellation.isCancelled {
                if monotonicNanoseconds() >= end { return nil }
                waitForChange(until: end)
            }
            if cancellation.isCancelled { return nil }
            if let value = slot {
                slot = nil
                arrival.broadcast()
                return value
            }
            defer { failure = nil }
            if let failure { throw failure }
            return nil
        }
    }
}
