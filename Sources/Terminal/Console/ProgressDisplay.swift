import Threads

/// Shows how far a job is: one live line on a terminal, now and then a plain line elsewhere (a log, a pipe).
///
///     let progress = ProgressDisplay("epoch 3/75", total: 28_709, stream: console.errors)
///     progress.update(6_400, fields: [("images/s", "312"), ("loss", fixed(loss, 3))])
///     progress.finish()
///
/// May be used from several threads. Never fails: a progress line that can't be written is dropped.
public final class ProgressDisplay: Sendable {
    /// How often something is printed.
    public struct Pace: Sendable {
        /// The least time between two states of the live line.
        public var live = Duration.milliseconds(100)
        /// Plain lines come when this share of the work was done since the last one ...
        public var plainShare = 0.1
        /// ... but not faster than this ...
        public var plainLeast = Duration.seconds(2)
        /// ... and after this time in any case.
        public var plainMost = Duration.seconds(30)
        public init() {}
    }

    private struct State {
        var completed: Int
        var fields: [(name: String, value: String)] = []
        var lastPrinted: Duration?
        var lastPrintedCount: Int
        var hasLiveLine = false
        var isFinished = false
    }

    private let title: String
    private let total: Int?
    private let isShare: Bool
    private let start: Int
    private let stream: TextStream
    private let pace: Pace
    private let clock: @Sendable () -> Duration
    private let state: Guarded<State>

    /// - Parameters:
    ///   - total: the units of work, or `nil` when nobody knows.
    ///   - isShare: units are but parts of a whole (hundredths): only the share is shown.
    ///   - start: the units done already when a job is resumed; they don't count for the speed.
    ///   - clock: the time since the display was made; replaced in tests.
    public init(
        _ title: String, total: Int?, isShare: Bool = false, start: Int = 0, stream: TextStream, pace: Pace = Pace(),
        clock: (@Sendable () -> Duration)? = nil
    ) {
        self.title = printable(title)
        self.total = total.map { max($0, 0) }
        self.isShare = isShare
        self.start = start
        self.stream = stream
        self.pace = pace
        let began = ContinuousClock.now
        self.clock = clock ?? { ContinuousClock.now - began }
        state = Guarded(State(completed: start, lastPrintedCount: start))
    }

    /// Tells how many units are done in all, and what else is worth showing.
    public func update(_ completed: Int, fields: [(name: String, value: String)] = []) {
        let now = clock()
        state.withLock { state in
            guard !state.isFinished else { return }
            state.completed = completed
            if !fields.isEmpty { state.fields = fields }
            guard isDue(state, now) else { return }
            state.lastPrinted = now
            state.lastPrintedCount = completed
            print(&state, now, isLast: false)
        }
    }

    /// Prints the last state and ends the line. Without `fields` the last ones stay.
    public func finish(fields: [(name: String, value: String)] = []) {
        let now = clock()
        state.withLock { state in
            guard !state.isFinished else { return }
            if !fields.isEmpty { state.fields = fields }
            print(&state, now, isLast: true)
            if state.hasLiveLine { try? stream.write("\n") }
            state.isFinished = true
        }
    }

    /// Prints a line of its own without tearing the live line.
    public func note(_ text: String) {
        state.withLock { state in
            let clear = state.hasLiveLine && !state.isFinished ? "\r\u{1B}[K" : ""
            try? stream.write(clear + printable(text) + "\n")
            if !clear.isEmpty { print(&state, clock(), isLast: false) }
        }
    }

    private func isDue(_ state: State, _ now: Duration) -> Bool {
        if stream.isTerminal { return state.lastPrinted.map { now - $0 >= pace.live } ?? true }
        let quiet = now - (state.lastPrinted ?? .zero)
        if quiet >= pace.plainMost { return true }
        guard let total, total > 0, quiet >= pace.plainLeast else { return false }
        return Double(state.completed - state.lastPrintedCount) >= pace.plainShare * Double(total)
    }

    private func print(_ state: inout State, _ now: Duration, isLast: Bool) {
        let parts = ProgressLine(
            title: title, completed: state.completed, start: start, total: total, isShare: isShare,
            fields: state.fields, elapsed: now,
            isLast: isLast)
        if stream.isTerminal {
            try? stream.write("\r" + parts.live(width: stream.width) + "\u{1B}[K")
            state.hasLiveLine = true
        } else {
            try? stream.line(parts.plain)
        }
    }
}
