import FaceVision

/// Follows faces in recordings, where results can wait: a face that is found to be one is there from the frame in which
/// it was first seen, not only from the one that made it sure. Results come a few frames late, in order.
package struct BackdatedMoods {
    package typealias Decided = [(frame: Frame, result: FrameResult)]

    private var tracker: MoodTracker
    private var waiting: Decided = []
    /// The faces of the latest frame that are not sure.
    private var known = Set<Int>()
    /// Frames that wait at most; a face is sure or gone long before.
    private static let most = 16

    package init(_ options: MoodTracker.Options) { tracker = MoodTracker(options) }

    /// See `MoodTracker.calibrationRemaining`.
    package func calibrationRemaining(at time: Double) -> Double? { tracker.calibrationRemaining(at: time) }

    /// Looks at the next frame and gives those that are decided. Throws what the detector throws.
    ///
    /// - Parameter waits: `false` gives each result at once, as live sources need it; nothing is dated back then.
    package mutating func add(_ frame: Frame, using reader: FaceReader, waits: Bool) throws -> Decided {
        let isOther = waiting.last.map { $0.frame.source != frame.source } ?? false
        let before = isOther || !waits || frame.isPicture ? finish() : []
        let latest = try tracker.process(frame, using: reader, showsDoubtful: waits)
        waiting.append((frame, latest))
        let faces = Set(latest.faces.compactMap(\.identity))
        for index in waiting.indices {
            let doubtful = waiting[index].result.doubtful
            waiting[index].result.doubtful.formIntersection(latest.doubtful)
            waiting[index].result.drop(doubtful.subtracting(faces))
        }
        let rejected = known.subtracting(faces)
        waiting[waiting.count - 1].result.drop(rejected)
        known = latest.doubtful
        let decided = waiting.firstIndex { !$0.result.doubtful.isEmpty } ?? waiting.count
        return before + take(max(decided, waiting.count - Self.most))
    }

    /// The frames that still wait, at the end or before another source; what is not sure by then is no face.
    package mutating func finish() -> Decided { take(waiting.count) }

    private mutating func take(_ count: Int) -> Decided {
        defer { waiting.removeFirst(count) }
        return waiting.prefix(count).map { entry in
            var entry = entry
            entry.result.drop(entry.result.doubtful)
            return entry
        }
    }
}

extension FrameResult {
    /// Takes out faces that are none.
    fileprivate mutating func drop(_ identities: Set<Int>) {
        guard !identities.isEmpty else { return }
        doubtful.subtract(identities)
        faces.removeAll { $0.identity.map(identities.contains) ?? false }
        group = GroupMood(faces)
        events.removeAll { identities.contains($0.identity) }
    }
}

extension FaceEvent {
    fileprivate var identity: Int {
        switch self {
        case .appeared(let identity), .left(let identity), .moodChanged(let identity, _, _): identity
        }
    }
}
