import Glibc
import Synchronization
import Timing

/// Ends whatever waits for a file, a stream or a device, from any thread or signal.
///
///     let signals = SignalWatcher.start()
///     let cancellation = Cancellation { signals.received != nil }
///
/// Those who wait look about every 50 ms.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)
    private let condition: @Sendable () -> Bool

    /// - Parameter condition: cancels too, once true; asked often and from several threads.
    public init(when condition: @escaping @Sendable () -> Bool = { false }) { self.condition = condition }

    public func cancel() { flag.store(true, ordering: .relaxed) }

    public var isCancelled: Bool { flag.load(ordering: .relaxed) || condition() }

    /// How long those who wait sleep before they look again.
    package static let pollMilliseconds: Int32 = 50

    /// Sleeps; false if cancelled before the time was over.
    package func sleep(seconds: Double) -> Bool {
        let end = monotonicNanoseconds() + Int64(seconds * 1e9)
        while !isCancelled {
            let left = end - monotonicNanoseconds()
            if left <= 0 { return true }
            usleep(UInt32(min(left / 1000 + 1, Int64(Cancellation.pollMilliseconds) * 1000)))
        }
        return false
    }
}

/// What a waiting operation asks again and again: go on, or give up because of cancellation or time.
package final class WaitLimit: Sendable {
    package let cancellation: Cancellation
    private let deadline = Atomic<Int64>(.max)
    private let expired = Atomic<Bool>(false)
    package let seconds: Double

    package init(_ cancellation: Cancellation, seconds: Double) {
        self.cancellation = cancellation
        self.seconds = seconds
        restart()
    }

    /// Time runs from now.
    package func restart() {
        expired.store(false, ordering: .relaxed)
        deadline.store(monotonicNanoseconds() + Int64(min(seconds, 1e9) * 1e9), ordering: .relaxed)
    }

    /// Whether time was up when somebody asked.
    package var hasExpired: Bool { expired.load(ordering: .relaxed) }

    package var shouldStop: Bool {
        if cancellation.isCancelled { return true }
        if monotonicNanoseconds() > deadline.load(ordering: .relaxed) { expired.store(true, ordering: .relaxed) }
        return hasExpired
    }

    /// Waits until `descriptor` has something to read, or its other end is closed. False if it should stop instead.
    package func waitForInput(_ descriptor: Int32) -> Bool {
        while !shouldStop {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&request, 1, Cancellation.pollMilliseconds) > 0 { return true }
        }
        return false
    }
}
