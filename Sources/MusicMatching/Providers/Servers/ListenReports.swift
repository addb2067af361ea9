import Threads
import Timing

/// Tells the servers that the listener's songs come from, and ListenBrainz, what was heard, on a thread of its own. Who cannot
/// be reached is told with the next song, and once more at the end.
public final class ListenReports: Sendable {
    /// Whether a song counts as heard: half of it, or four minutes (as ListenBrainz and Last.fm have it).
    ///
    /// - Parameter length: of the whole in seconds; `nil` if nobody knows it.
    public static func counts(seconds: Double, of length: Double?) -> Bool {
        seconds > 0 && seconds >= min(length.map { $0 / 2 } ?? 240, 240)
    }

    /// Somebody who is told.
    private struct Receiver: Sendable {
        /// Whether a song is one of its.
        let knows: @Sendable (Song) -> Bool
        let tell: @Sendable (Song, Int, CallLimit) throws(ProviderError) -> Void
    }

    private struct Report: Sendable {
        var receiver: Int
        var song: Song
        var time: Int
    }

    private struct State {
        /// Not told yet, the oldest first.
        var waiting: [Report] = []
        /// Being told.
        var inHand = 0
        var problems: [ProviderError] = []
        /// All problems so far.
        var known: [ProviderError] = []
        /// Something is to be tried.
        var isDue = false
        var isStarted = false
        var deadline: ContinuousClock.Instant?
        var hasEnded = false
    }

    private let receivers: [Receiver]
    private let state = Guarded(State())
    private let changed = Condition()
    /// For one song at one of them.
    private static let patience = Duration.seconds(30)
    /// More are not kept for those who cannot be reached.
    private static let mostWaiting = 1000

    /// - Parameter problems: of servers that cannot be told at all.
    init(_ servers: [any MusicServer], _ listenBrainz: ListenBrainz?, problems: [ProviderError]) {
        receivers =
            servers.map { server in
                Receiver(knows: { server.number(of: $0) != nil }) {
                    (song: Song, time: Int, limit: CallLimit) throws(ProviderError) in
                    if let number = server.number(of: song) { try server.heard(number, time: time, limit) }
                }
            }
            + [listenBrainz].compactMap { $0 }.map { listenBrainz in
                Receiver(knows: { _ in true }) { (song: Song, time: Int, limit: CallLimit) throws(ProviderError) in
                    try listenBrainz.submit([(song: song, time: time)], limit)
                }
            }
        state.withLock { state in
            state.problems = problems
            state.known = problems
        }
    }

    /// A song was heard that began at a time, in seconds since 1970. Returns at once.
    public func heard(_ song: Song, time: Int) {
        let reports = receivers.indices.filter { receivers[$0].knows(song) }.map {
            Report(receiver: $0, song: song, time: time)
        }
        guard !reports.isEmpty else { return }
        let starts = state.withLock { state in
            state.waiting = Array((state.waiting + reports).suffix(ListenReports.mostWaiting))
            state.isDue = true
            defer { state.isStarted = true }
            return !state.isStarted
        }
        // Without a thread nobody is told, as without a network.
        if starts { _ = WorkerThread.startDetached { [self] in work() } }
        changed.withLock { changed.broadcast() }
    }

    /// What went wrong since it was last asked for, the same once.
    public func takeProblems() -> [ProviderError] {
        state.withLock { state in
            defer { state.problems = [] }
            return state.problems
        }
    }

    /// Tries once more what could not be told, for at most so long; gives how many reports are lost.
    public func finish(within time: Duration) -> Int {
        let deadline = ContinuousClock.now + time
        let waits = state.withLock { state in
            state.deadline = deadline
            state.isDue = !state.waiting.isEmpty
            return state.isStarted && !state.hasEnded
        }
        changed.withLock { changed.broadcast() }
        while waits, ContinuousClock.now < deadline, !state.withLock({ $0.hasEnded }) {
            changed.withLock { changed.wait(until: monotonicNanoseconds() + 20_000_000) }
        }
        return state.withLock { $0.waiting.count + $0.inHand }
    }

    // MARK: - The thread

    private func work() {
        while let round = next() {
            // Who cannot be reached is not asked for each song.
            var unreached: Set<Int> = []
            for report in round {
                let isKept = unreached.contains(report.receiver) || !tell(report)
                if isKept { unreached.insert(report.receiver) }
                state.withLock { state in
                    state.inHand -= 1
                    if isKept { state.waiting.append(report) }
                }
            }
        }
        state.withLock { $0.hasEnded = true }
        changed.withLock { changed.broadcast() }
    }

    /// What is to be tried now; `nil` at the end.
    private func next() -> [Report]? {
        changed.withLock {
            while true {
                let (round, isEnd) = state.withLock { state -> ([Report]?, Bool) in
                    guard state.isDue else { return (nil, state.deadline != nil) }
                    let round = state.waiting
                    (state.waiting, state.inHand, state.isDue) = ([], round.count, false)
                    return (round, false)
                }
                if round != nil || isEnd { return round }
                changed.wait()
            }
        }
    }

    /// False if it is to be tried again: only if it was certainly not told, since servers count.
    private func tell(_ report: Report) -> Bool {
        let limit = CallLimit(ListenReports.patience) { [self] in
            state.withLock { $0.deadline.map { $0 <= .now } ?? false }
        }
        do throws(ProviderError) {
            try receivers[report.receiver].tell(report.song, report.time, limit)
            return true
        } catch {
            if error.cause == .cancelled { return false }
            state.withLock { state in
                if state.known.contains(error) { return }
                state.known.append(error)
                state.problems.append(error)
            }
            return ![.offline, .rateLimited].contains(error.cause)
        }
    }
}
