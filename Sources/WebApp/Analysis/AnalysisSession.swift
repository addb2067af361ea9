import EmotionRecognition
import FaceVision
import Synchronization

/// What is known of the faces in one visitor's stream of pictures. Lives in memory only.
final class AnalysisSession: @unchecked Sendable {
    // Safe to share: jobs of one session run one after the other (`number` is their key in the queue), and only they
    // touch the tracker; `lastUse` is atomic.

    let token: String
    let number: Int
    private let started = ContinuousClock.now
    private let lastUse = Atomic<Double>(0)
    private var tracker = MoodTracker()
    private var wish: AnalysisEngine.Wish?
    private(set) var frames = 0

    init(token: String, number: Int) {
        self.token = token
        self.number = number
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
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    var count: Int { state.withLock { $0.sessions.count } }

    /// A new session, or `nil` when there are too many.
    func open() -> AnalysisSession? {
        state.withLock { state in
            guard state.sessions.count < limit else { return nil }
            let session = AnalysisSession(token: AccessToken.random(), number: state.nextNumber)
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
