import FaceVision
import Timing

/// Follows faces and their moods through the frames of a video, stream or camera. When another source begins, all that
/// was known is forgotten; single pictures are looked at by themselves. It holds only what is known about the faces; many
/// trackers can take turns with one `FaceReader`.
public struct MoodTracker: Sendable {
    /// How faces are followed and their moods steadied.
    public struct Options: Sendable, Equatable {
        /// How boxes become tracks.
        public var tracking = FaceTracker.Options()
        /// How each track's mood is steadied.
        public var mood = MoodFilter.Options()
        /// Seconds, from the first face, during which faces are at rest: what the network says then is taken off what it
        /// says later.
        public var calibrationSeconds: Double?

        public init() {}
    }

    private struct Known: Sendable {
        var filter: MoodFilter
        var mood: MoodFilter.Mood
        var isUncertain: Bool
        var warnings: WarningFilter
    }

    private let options: Options
    private var faces: FaceTracker
    private var known: [Int: Known] = [:]
    private var calibration: NeutralCalibration?
    private var lastTime = 0.0
    private var source: String?
    /// Whose face pictures are that are one cropped face.
    private var onlyFace: Int?

    /// A tracker that knows no faces.
    public init(_ options: Options = Options()) {
        self.options = options
        faces = FaceTracker(options: options.tracking)
        calibration = options.calibrationSeconds.map { NeutralCalibration(seconds: $0) }
    }

    /// Seconds until the calibration ends; nil if there is none or it is done.
    public func calibrationRemaining(at time: Double) -> Double? {
        guard let calibration, !calibration.isDone else { return nil }
        return calibration.remaining(at: time)
    }

    /// Looks at the next frame. Time stamps should grow; one that goes back counts as the last one. Throws what the
    /// detector throws.
    public mutating func process(_ frame: Frame, using reader: FaceReader) throws(DetectionFailure) -> FrameResult {
        try process(frame, using: reader, showsDoubtful: false)
    }

    /// - Parameter showsDoubtful: the result has faces that are not confirmed yet too, named in `doubtful`.
    mutating func process(
        _ frame: Frame, using reader: FaceReader, showsDoubtful: Bool
    ) throws(DetectionFailure) -> FrameResult {
        var events: [FaceEvent] = []
        if let source, source != frame.source { events = forget() }
        source = frame.source
        var result = FrameResult(
            source: frame.source, index: frame.index, time: frame.time, duration: frame.duration,
            width: frame.image.width, height: frame.image.height, isPicture: frame.isPicture, faces: [], group: nil,
            events: events, timing: FrameTiming())
        result.timing.waiting = frame.age.seconds
        if frame.isPicture {
            try look(frame, reader, &result)
        } else {
            try follow(frame, reader, showsDoubtful, &result)
        }
        result.group = GroupMood(result.faces)
        result.timing.latency = frame.age.seconds
        return result
    }

    /// Ends with all faces. Their numbers are not used again.
    private mutating func forget() -> [FaceEvent] {
        defer {
            known = [:]
            faces.reset()
            onlyFace = nil
            calibration = options.calibrationSeconds.map { NeutralCalibration(seconds: $0) }
            lastTime = 0
        }
        return known.keys.sorted().map { .left(identity: $0) }
    }

    /// A picture of its own.
    private func look(_ frame: Frame, _ reader: FaceReader, _ result: inout FrameResult) throws(DetectionFailure) {
        let began = monotonicSeconds()
        let found = try reader.find(frame.image)
        result.timing.detection = monotonicSeconds() - began
        result.faces = reader.recognise(found)
        result.timing.recognition = monotonicSeconds() - began - result.timing.detection
    }

    private mutating func follow(
        _ frame: Frame, _ reader: FaceReader, _ showsDoubtful: Bool, _ result: inout FrameResult
    ) throws(DetectionFailure) {
        let time = frame.time.isFinite ? max(frame.time, lastTime) : lastTime
        lastTime = time
        result.time = time
        result.duration = frame.duration.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        let began = monotonicSeconds()
        let detector = try reader.search.detector(for: frame.image, isPicture: false)
        let tracked: [TrackedFace]
        if let detector {
            tracked = try faces.update(
                frame.image, time: time, duration: result.duration, includesDoubtful: showsDoubtful, using: detector)
        } else {
            let identity = onlyFace ?? faces.newIdentity()
            onlyFace = identity
            tracked = [TrackedFace(identity: identity, box: reader.whole(frame.image).box, confidence: 1)]
        }
        result.timing.detection = monotonicSeconds() - began
        result.faces = read(frame, tracked, time, reader, detector, &result.events)
        result.timing.recognition = monotonicSeconds() - began - result.timing.detection
        for identity in known.keys.sorted() where !tracked.contains(where: { $0.identity == identity }) {
            known[identity] = nil
            result.events.append(.left(identity: identity))
        }
        result.doubtful = Set(tracked.filter { !$0.isConfirmed }.map { $0.identity })
    }

    private mutating func read(
        _ frame: Frame, _ tracked: [TrackedFace], _ time: Double, _ reader: FaceReader,
        _ detector: AnyFaceDetector?, _ events: inout [FaceEvent]
    ) -> [FaceReading] {
        let seen = tracked.filter { $0.isDetected }
        let found = seen.map { face -> FaceReader.FoundFace in
            let detected = DetectedFace(
                box: face.box, confidence: face.confidence, score: face.score, landmarks: face.landmarks,
                tilt: face.tilt)
            return detector.map { reader.cut(frame.image, detected, $0) } ?? reader.whole(frame.image)
        }
        for (face, observation) in zip(seen, reader.recognise(found)) {
            observe(face.identity, observation, time, reader, &events)
        }
        return tracked.compactMap { face in
            guard let known = known[face.identity] else { return nil }
            return FaceReading(
                identity: face.identity, box: face.box, landmarks: face.landmarks, isDetected: face.isDetected,
                score: face.score, probabilities: known.mood.probabilities, label: known.mood.label,
                isUncertain: known.isUncertain || known.warnings.shown.contains(.doubtful),
                warnings: known.warnings.shown)
        }
    }

    private mutating func observe(
        _ identity: Int, _ observation: FaceReading, _ time: Double, _ reader: FaceReader,
        _ events: inout [FaceEvent]
    ) {
        var probabilities = observation.probabilities
        if calibration != nil {
            probabilities = calibration!.observe(identity, probabilities, time: time, classNames: reader.classNames)
        }
        let before = known[identity]
        var filter = before?.filter ?? MoodFilter(options.mood)
        let mood = filter.add(probabilities, time: time)
        var warnings = before?.warnings ?? WarningFilter(timeConstant: options.mood.timeConstant)
        warnings.add(observation.warnings, time: time)
        let isUncertain =
            !observation.isValid
            || reader.certainty.isUncertain(
                mood.confidence, before: !mood.hasChanged && before?.isUncertain ?? false)
        known[identity] = Known(filter: filter, mood: mood, isUncertain: isUncertain, warnings: warnings)
        if let before {
            if mood.hasChanged {
                events.append(.moodChanged(identity: identity, from: before.mood.label, to: mood.label))
            }
        } else {
            events.append(.appeared(identity: identity))
        }
    }
}
