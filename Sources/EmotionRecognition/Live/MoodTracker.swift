import FaceVision
import Timing

/// Follows faces and their moods through the frames of a video, stream or camera. When another source begins, all that
/// was known is forgotten; single pictures are looked at by themselves. It holds only what is known about the faces; many
/// trackers can take turns with one `FaceReader`.
public struct MoodTracker: Sendable {
    public struct Options: Sendable, Equatable {
        public var tracking = FaceTracker.Options()
        public var mood = MoodFilter.Options()
        /// Seconds, from the first face, during which faces are at rest: what the network says then is taken off what it
        /// says later.
        public var calibrationSeconds: Double?

        public init() {}
    }

    private struct Known: Sendable {
        var filter: MoodFilter
        var mood: MoodFilter.Mood
        var warnings: WarningFilter
    }

    private let options: Options
    private let showsDoubtful: Bool
    private var faces: FaceTracker
    private var known: [Int: Known] = [:]
    private var calibration: NeutralCalibration?
    private var lastTime = 0.0
    private var source: String?

    public init(_ options: Options = Options()) { self.init(options, showsDoubtful: false) }

    /// - Parameter showsDoubtful: results have faces that are not confirmed yet too, named in `doubtful`.
    init(_ options: Options, showsDoubtful: Bool) {
        self.options = options
        self.showsDoubtful = showsDoubtful
        faces = FaceTracker(options: options.tracking)
        calibration = options.calibrationSeconds.map(NeutralCalibration.init)
    }

    /// Seconds until the calibration ends; nil if there is none or it is done.
    public func calibrationRemaining(at time: Double) -> Double? {
        guard let calibration, !calibration.isDone else { return nil }
        return calibration.remaining(at: time)
    }

    /// Looks at the next frame. Time stamps should grow; one that goes back counts as the last one. Throws what the
    /// detector throws.
    public mutating func process(_ frame: Frame, using reader: FaceReader) throws -> FrameResult {
        var events: [FaceEvent] = []
        if let source, source != frame.source { events = forget() }
        source = frame.source
        return try frame.isPicture ? look(frame, reader, events) : follow(frame, reader, events)
    }

    /// Ends with all faces. Their numbers are not used again.
    private mutating func forget() -> [FaceEvent] {
        defer {
            known = [:]
            faces.reset()
            calibration = options.calibrationSeconds.map(NeutralCalibration.init)
            lastTime = 0
        }
        return known.keys.sorted().map { .left(identity: $0) }
    }

    /// A picture of its own.
    private func look(_ frame: Frame, _ reader: FaceReader, _ events: [FaceEvent]) throws -> FrameResult {
        let readings = try reader.read(frame.image)
        var timing = FrameTiming()
        timing.latency = frame.age.seconds
        return FrameResult(
            source: frame.source, index: frame.index, time: frame.time, faces: readings, group: GroupMood(readings),
            events: events, timing: timing)
    }

    private mutating func follow(_ frame: Frame, _ reader: FaceReader, _ before: [FaceEvent]) throws -> FrameResult {
        var events = before
        let time = frame.time.isFinite ? max(frame.time, lastTime) : lastTime
        lastTime = time
        let duration = frame.duration.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        var timing = FrameTiming()
        let began = monotonicSeconds()
        let tracked: [TrackedFace]
        if let detector = reader.detector {
            tracked = try faces.update(
                frame.image, time: time, duration: duration, includesDoubtful: showsDoubtful, using: detector)
        } else {
            let whole = Rectangle(x: 0, y: 0, width: Double(frame.image.width), height: Double(frame.image.height))
            tracked = [TrackedFace(identity: 1, box: whole, confidence: 1)]
        }
        timing.detection = monotonicSeconds() - began
        let readings = read(frame, tracked, time, reader, &events)
        timing.recognition = monotonicSeconds() - began - timing.detection
        for identity in known.keys.sorted() where !tracked.contains(where: { $0.identity == identity }) {
            known[identity] = nil
            events.append(.left(identity: identity))
        }
        timing.latency = frame.age.seconds
        var result = FrameResult(
            source: frame.source, index: frame.index, time: time, duration: duration, faces: readings,
            group: GroupMood(readings), events: events, timing: timing)
        result.doubtful = Set(tracked.filter { !$0.isConfirmed }.map(\.identity))
        return result
    }

    private mutating func read(
        _ frame: Frame, _ tracked: [TrackedFace], _ time: Double, _ reader: FaceReader, _ events: inout [FaceEvent]
    ) -> [FaceReading] {
        let seen = tracked.filter(\.isDetected)
        let observations =
            reader.detector == nil
            ? [reader.readWhole(frame.image)] : reader.read(frame.image, faces: seen.map { ($0.box, $0.landmarks) })
        for (face, observation) in zip(seen, observations) {
            observe(face.identity, observation, time, reader.classNames, &events)
        }
        return tracked.compactMap { face in
            guard let known = known[face.identity] else { return nil }
            return FaceReading(
                identity: face.identity, box: face.box, landmarks: face.landmarks, isDetected: face.isDetected,
                probabilities: known.mood.probabilities, label: known.mood.label, isUncertain: known.mood.isUncertain,
                warnings: known.warnings.shown)
        }
    }

    private mutating func observe(
        _ identity: Int, _ observation: FaceReading, _ time: Double, _ classNames: [String],
        _ events: inout [FaceEvent]
    ) {
        var probabilities = observation.probabilities
        if calibration != nil {
            probabilities = calibration!.observe(identity, probabilities, time: time, classNames: classNames)
        }
        let before = known[identity]
        var filter = before?.filter ?? MoodFilter(options.mood)
        let mood = filter.add(probabilities, time: time)
        var warnings = before?.warnings ?? WarningFilter(timeConstant: options.mood.timeConstant)
        warnings.add(observation.warnings, time: time)
        known[identity] = Known(filter: filter, mood: mood, warnings: warnings)
        if let before {
            if mood.hasChanged {
                events.append(.moodChanged(identity: identity, from: before.mood.label, to: mood.label))
            }
        } else {
            events.append(.appeared(identity: identity))
        }
    }
}
