import Glibc
import Threads

/// What a service adds to songs that were found already.
public struct Enrichment: Sendable {
    public let service: MusicService
    /// One for each song, in their order; `nil` where the service has no such song or did not answer in time.
    public let matches: [ProviderMatch?]
    /// Why something is missing: the first that went wrong.
    public let problem: ProviderError?

    /// Asks for all songs at once, and takes what has come when the time is over. Whoever still works then is left
    /// alone: nothing can make this wait longer.
    ///
    /// - Parameters:
    ///   - isCancelled: ends the waiting early.
    public init(
        of songs: [Song], with provider: any MusicProvider, within time: Duration, needsPreview: Bool = false,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        let work = EnrichmentWork(songs.count)
        let deadline = ContinuousClock.now + time
        let limit = CallLimit(until: deadline) { isCancelled() || work.isOver }
        let query = ProviderQuery(limit, needsPreview: needsPreview)
        for _ in 0..<min(EnrichmentWork.threads, songs.count) {
            let started = WorkerThread.startDetached {
                while let index = work.next() {
                    work.take(index, Result { () throws(ProviderError) in try provider.resolve(songs[index], query) })
                }
            }
            if !started { break }
        }
        // Calls end by themselves at the deadline; a moment more, and hardly any thread is still at work in a library
        // when the process ends.
        while !work.isDone, ContinuousClock.now < deadline + .milliseconds(25), !isCancelled() { usleep(1000) }
        service = provider.service
        (matches, problem) = work.finish(provider.service)
    }
}

/// Songs that several threads ask about.
private final class EnrichmentWork: Sendable {
    static let threads = 5

    private struct State {
        var next = 0
        var done = 0
        var matches: [ProviderMatch?]
        var problem: ProviderError?
        var isOver = false
    }

    private let state: Guarded<State>
    private let count: Int

    init(_ count: Int) {
        self.count = count
        state = Guarded(State(matches: Array(repeating: nil, count: count)))
    }

    var isOver: Bool { state.withLock { $0.isOver } }
    var isDone: Bool { state.withLock { $0.done == count } }

    func next() -> Int? {
        state.withLock { state in
            guard !state.isOver, state.next < count else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    func take(_ index: Int, _ result: Result<ProviderMatch?, ProviderError>) {
        state.withLock { state in
            guard !state.isOver else { return }
            switch result {
            case .success(let match): state.matches[index] = match
            case .failure(let error):
                state.problem = state.problem ?? error
                if error.cause.isGeneral {
                    state.done += count - state.next
                    state.next = count
                }
            }
            state.done += 1
        }
    }

    func finish(_ service: MusicService) -> (matches: [ProviderMatch?], problem: ProviderError?) {
        state.withLock { state in
            let isLate = state.done < count
            state.isOver = true
            let late = ProviderError(service, .timedOut, "no answer in time")
            return (state.matches, state.problem ?? (isLate ? late : nil))
        }
    }
}
