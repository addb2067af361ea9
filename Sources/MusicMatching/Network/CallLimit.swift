import Glibc

/// How long a call may take, and whether it is still wanted.
public struct CallLimit: Sendable {
    public let deadline: ContinuousClock.Instant
    private let cancelled: @Sendable () -> Bool

    /// - Parameter isCancelled: asked about twenty times a second while waiting.
    public init(_ time: Duration, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.init(until: .now + time, isCancelled: isCancelled)
    }

    public init(until deadline: ContinuousClock.Instant, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.deadline = deadline
        cancelled = isCancelled
    }

    public var isCancelled: Bool { cancelled() }
    public var remaining: Duration { max(.zero, deadline - .now) }
    public var isOver: Bool { isCancelled || remaining == .zero }

    /// Sleeps for a time that fits; `false` if the limit was over before.
    func sleep(_ time: Duration) -> Bool {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            if isOver { return false }
            usleep(UInt32(clamping: min(20_000, max(1, (end - .now).microseconds))))
        }
        return !isOver
    }
}

extension Duration {
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// For libcurl; 0 would mean no limit.
    var milliseconds: Int { Int(max(1, (microseconds + 999) / 1000)) }
}
