import Threads
import Timing

/// A value that takes time to make, made anew now and then: by the one who finds it old, beside everybody else, who get what
/// was known before. For any number of threads.
package final class Refreshed<Value: Sendable>: @unchecked Sendable {
    // Safe to share: everything that changes is read and written under the lock of `change`.

    /// How long a value is new, how long an old one stays after none could be made, and how long whoever finds it old waits
    /// for the new one.
    package struct Times: Sendable {
        package var new = Duration.seconds(300), pause = Duration.seconds(10), patience = Duration.milliseconds(300)

        package init() {}
    }

    private struct NothingKnown: Error {}

    private let times: Times
    private let make: @Sendable () throws -> Value
    private let beside: JobQueue?
    private var value: Value?
    private var problem: (any Error)?
    private var isMaking = false
    private var due = ContinuousClock.now
    private let change = Condition()

    /// - Parameters:
    ///   - beside: where it is made; `nil`: where it is asked for, since that is quick.
    ///   - make: called by one thread at a time.
    package init(_ times: Times = Times(), beside: JobQueue?, make: @escaping @Sendable () throws -> Value) {
        self.times = times
        self.beside = beside
        self.make = make
    }

    /// The value, perhaps an old one. Throws what making it threw where there never was one.
    package func get() throws -> Value {
        let mustMake = change.withLock {
            guard !isMaking, due <= .now else { return false }
            isMaking = true
            return true
        }
        if mustMake {
            if let place = beside?.place() { place.run { [self] _ in renew() } } else { renew() }
        }
        return try change.withLock {
            let end = monotonicNanoseconds() + Int64(times.patience.seconds * 1e9)
            while isMaking, value == nil || mustMake && monotonicNanoseconds() < end {
                if value == nil { change.wait() } else { change.wait(until: end) }
            }
            if let value { return value }
            throw problem ?? NothingKnown()
        }
    }

    private func renew() {
        let made = Result { try make() }
        change.withLock {
            isMaking = false
            switch made {
            case .success(let new):
                value = new
                due = .now + times.new
            case .failure(let error):
                problem = error
                // Who has nothing yet tries again.
                due = value == nil ? .now : .now + times.pause
            }
            change.broadcast()
        }
    }
}
