import EmotionRecognition
import FaceVision
import Synchronization
import Threads

/// What is known of the faces in one visitor's stream of pictures. Lives in memory only.
final class AnalysisSession: @unchecked Sendable {
    // Safe to share: jobs of one session run one after the other (`number` is their key in the queue), and only they
    // touch the tracker; `lastUse` is atomic.

    let token: String
    let number: Int
    /// Who opened it.
    let owner: String
    private let started = ContinuousClock.now
    private let lastUse = Atomic<Double>(0)
    private var tracker = MoodTracker()
    private var wish: AnalysisEngine.Wish?
    private(set) var frames = 0

    init(token: String, number: Int, owner: String) {
        self.token = token
        self.number = number
        self.owner = owner
    }

    /// Looks at the stream's next picture.
    func process(_ image: Image, arrival: ContinuousClock.Instant, wish: AnalysisEngine.Wish, reader: FaceReader) throws
        -> FrameResult
    {
        if self.wish != wish {
            // Other classes or another picture: what was known means nothing any more.
            tracker = MoodTracker()
            self.wish = wish
        }
        let time = started.duration(to: arrival).seconds
        frames += 1
        return try tracker.process(
            Frame(image: image, time: time, index: frames - 1, capturedAt: arrival, source: ""), using: reader)
    }

    func touch() { lastUse.store(started.duration(to: .now).seconds, ordering: .relaxed) }

    /// Seconds since the last picture.
    var idleSeconds: Double { started.duration(to: .now).seconds - lastUse.load(ordering: .relaxed) }
}

/// The sessions of all visitors.
final class SessionStore: Sendable {
    private struct State {
        var sessions: [String: AnalysisSession] = [:]
        var nextNumber = 1
    }

    /// Seconds after which a session that nothing is heard of is forgotten.
    static let lifetime = 60.0
    /// Sessions of one client, so that nobody takes all.
    static let limitPerClient = 20
    let limit: Int
    private let state = Guarded(State())

    init(limit: Int) { self.limit = limit }

    var count: Int { state.withLock { $0.sessions.count } }

    /// A new session. Throws `Problem` when there are too many.
    func open(for client: String) throws -> AnalysisSession {
        let owner = RateLimiter.key(client)
        return try state.withLock { state in
            guard state.sessions.count < limit else {
                throw Problem(.overloaded, "\(limit) visitors are looked at already", retryAfter: 30)
            }
            guard state.sessions.values.count(where: { $0.owner == owner }) < SessionStore.limitPerClient else {
                throw Problem(
                    .tooManyRequests, "\(SessionStore.limitPerClient) sessions of one address are open", retryAfter: 30)
            }
            let session = AnalysisSession(token: AccessToken.random(), number: state.nextNumber, owner: owner)
            state.nextNumber += 1
            state.sessions[session.token] = session
            return session
        }
    }

    func find(_ token: String) -> AnalysisSession? {
        let session = state.withLock { $0.sessions[token] }
        session?.touch()
        return session
    }

    /// Whether there was such a session.
    func close(_ token: String) -> Bool { state.withLock { $0.sessions.removeValue(forKey: token) != nil } }

    func sweep() {
        state.withLock { state in
            state.sessions = state.sessions.filter { $0.value.idleSeconds < SessionStore.lifetime }
        }
    }
}
