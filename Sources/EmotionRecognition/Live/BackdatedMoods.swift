import FaceVision

/// Follows faces in recordings, where results can wait: a face that is found to be one is there from the frame in which
/// it was first seen, not only from the one that made it sure. Results come a few frames late, in order.
package struct BackdatedMoods {
    private var tracker: MoodTracker
    private var waiting: [(frame: Frame, result: FrameResult)] = []
    /// Frames that wait at most; a face is sure or gone long before.
    private static let most = 16

    /// - Parameter waits: `false` gives each result at once, as live sources need it; nothing is dated back then.
    package init(_ options: MoodTracker.Options, waits: Bool) {
        tracker = MoodTracker(options, showsDoubtful: waits)
    }

    /// See `MoodTracker.calibrationRemaining`.
    package func calibrationRemaining(at time: Double) -> Double? { tracker.calibrationRemaining(at: time) }

    /// Looks at the next frame and gives those that are decided. Throws what the detector throws.
    package mutating func add(
        _ frame: Frame, using reader: FaceReader
    ) throws -> [(frame: Frame, result: FrameResult)] {
        let latest = try tracker.process(frame, using: reader)
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
        return take(max(decided, waiting.count - Self.most))
    }

    /// The frames that still wait, at the end or before another source; what is not sure by then is no face.
    package mutating func finish() -> [(frame: Frame, result: FrameResult)] { take(waiting.count) }

    /// The faces of the latest frame that are not sure.
    private var known = Set<Int>()

    private mutating func take(_ count: Int) -> [(frame: Frame, result: FrameResult)] {
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
