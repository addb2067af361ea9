/// A face that is followed from frame to frame.
public struct TrackedFace: Sendable, Hashable {
    /// Stays the same as long as the face is followed; never used again.
    public let identity: Int
    /// Where it is: as detected, or as expected from its motion while it is lost for a moment.
    public var box: Rectangle
    public var landmarks: FaceLandmarks?
    public var confidence: Double
    /// See `DetectedFace.score`; the last one while the face is lost.
    public var score: Double?
    /// See `DetectedFace.tilt`; the last one that was looked for.
    public var tilt: Double?
    /// Whether a detector saw it in this very frame.
    public var isDetected: Bool
    /// Whether it has been there long enough, or is certain enough, to be a face.
    public internal(set) var isConfirmed = true
    /// Seconds since it was first seen.
    public var age: Double

    public init(
        identity: Int, box: Rectangle, landmarks: FaceLandmarks? = nil, confidence: Double, score: Double? = nil,
        tilt: Double? = nil, isDetected: Bool = true, age: Double = 0
    ) {
        self.identity = identity
        self.box = box
        self.landmarks = landmarks
        self.confidence = confidence
        self.score = score
        self.tilt = tilt
        self.isDetected = isDetected
        self.age = age
    }
}

/// Gives faces identities that last while they are in view.
///
/// Detections are assigned to the faces expected from their motion (constant velocity), all at once and by overlap, so
/// that two faces that cross keep their names. Sure detections begin a new face, unsure ones only prolong a known one
/// (after Y. Zhang et al., "ByteTrack", ECCV 2022); what lies inside a larger face, such as a mouth, is none. A face is
/// reported when it has been there for a while, or is certain and pictures come seldom. Between full searches only the surroundings
/// of known faces are searched. It holds nothing but the faces; many trackers can take turns with one detector.
public struct FaceTracker: Sendable {
    public struct Options: Sendable, Equatable {
        /// Frames from one search of the whole picture to the next: a matter of cost.
        public var searchInterval = 6
        /// The most seconds from one to the next, however few frames there are.
        public var searchSeconds = 0.5
        /// Seconds, without a gap, that a face must be there before it is reported, unless the detector is certain: at
        /// 30 frames/s three sightings, so that false alarms hardly show; at 10 and fewer one, which stands for as long.
        public var secondsToConfirm = 0.09
        /// Seconds that a lost face is remembered.
        public var memory = 1.0
        /// Width of what is searched around a known face, in widths of the face.
        public var margin = 1.8
        /// Smallest overlap (intersection over union) that counts as the same face.
        public var minimumOverlap = 0.25

        public init() {}
    }

    /// Pictures that are further apart than this many seconds come seldom: there one certain look has to do. Where more come
    /// soon, they show which certain looks were false alarms.
    private static let seldom = 0.3
    /// So long the tilt of a face is believed: longer than between two searches of everything.
    private static let tiltSeconds = 1.0

    private struct Track: Sendable {
        var face: TrackedFace
        /// Where a detector saw it last.
        var lastBox: Rectangle
        var firstSeen: Double
        var lastSeen: Double
        /// When the detector last said how far it is tilted.
        var tiltSeen: Double
        var hits = 1
        /// Pixels per second of the centre.
        var velocityX = 0.0
        var velocityY = 0.0

        func expected(at time: Double) -> Rectangle {
            // A face that was lost slows down, so that a wrong velocity doesn't carry it away.
            let elapsed = min(time - lastSeen, 0.3)
            var box = lastBox
            box.x += velocityX * elapsed
            box.y += velocityY * elapsed
            return box
        }
    }

    private let options: Options
    private var tracks: [Track] = []
    private var framesSinceSearch = 0
    private var lastSearch = 0.0
    private var lastTime: Double?
    /// Seconds between the last frames: the smaller of two distances, since a source may pause.
    private var distances = (0.0, 0.0)
    private var nextIdentity = 1

    public init(options: Options = Options()) { self.options = options }

    /// Forgets all faces: for a new scene. Identities are not used again.
    public mutating func reset() {
        tracks = []
        lastTime = nil
        distances = (0, 0)
    }

    /// A number for a face that no detector has to find; it is not used again either.
    public mutating func newIdentity() -> Int {
        defer { nextIdentity += 1 }
        return nextIdentity
    }

    /// The faces in the next frame, oldest first. Throws what the detector throws.
    ///
    /// - Parameters:
    ///   - time: the frame's, in seconds; must not go back.
    ///   - duration: how long the frame lasts, in seconds; `nil` takes the last ones for a measure.
    ///   - includesDoubtful: gives also those that are not confirmed yet.
    public mutating func update(
        _ image: Image, time: Double, duration: Double? = nil, includesDoubtful: Bool = false,
        using detector: AnyFaceDetector
    ) throws(DetectionFailure) -> [TrackedFace] {
        framesSinceSearch += 1
        // The first picture may be the only one.
        let gap = duration ?? lastTime.map { time - $0 } ?? .infinity
        if let lastTime { distances = (distances.1, time - lastTime) }
        lastTime = time
        let isLost = tracks.contains { !$0.face.isDetected }
        let searchesAll =
            tracks.isEmpty || isLost || framesSinceSearch >= options.searchInterval
            || time - lastSearch >= options.searchSeconds
        let detections: [DetectedFace]
        if searchesAll {
            framesSinceSearch = 0
            lastSearch = time
            detections = try detector.detect(in: image)
        } else {
            detections = try searchAroundTracks(image, time, detector)
        }
        assign(Self.withoutNested(detections), time, sure: detector.sureConfidence)
        tracks.removeAll { time - $0.lastSeen > options.memory || (!$0.face.isDetected && !$0.face.isConfirmed) }
        let length = duration ?? min(distances.0, distances.1)
        for index in tracks.indices where tracks[index].face.isDetected {
            if (gap > Self.seldom && tracks[index].face.confidence >= detector.certainConfidence)
                || time - tracks[index].firstSeen + length >= options.secondsToConfirm
            {
                tracks[index].face.isConfirmed = true
            }
        }
        return tracks.map { $0.face }.filter { $0.isConfirmed || includesDoubtful }
    }

    private func searchAroundTracks(
        _ image: Image, _ time: Double, _ detector: AnyFaceDetector
    ) throws(DetectionFailure) -> [DetectedFace] {
        let frame = Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height))
        var found: [DetectedFace] = []
        for track in tracks {
            let box = track.expected(at: time)
            let growX = box.width * (options.margin - 1) / 2, growY = box.height * (options.margin - 1) / 2
            let region = Rectangle(
                x: box.x - growX, y: box.y - growY, width: box.width + 2 * growX, height: box.height + 2 * growY
            ).intersection(frame)
            guard region.area > 0 else { continue }
            // Neighbours may both see a face that stands between them.
            for face in try detector.detect(in: image, region: region)
            where !found.contains(where: { $0.box.overlap(face.box) > 0.4 }) {
                found.append(face)
            }
        }
        return found
    }

    /// Without detections that lie in another one half again as wide.
    private static func withoutNested(_ detections: [DetectedFace]) -> [DetectedFace] {
        detections.filter { inner in
            !detections.contains { outer in
                outer.box.width > inner.box.width * 1.5
                    && outer.box.intersection(inner.box).area > inner.box.area * 0.6
            }
        }
    }

    private mutating func assign(_ detections: [DetectedFace], _ time: Double, sure: Double) {
        let expected = tracks.map { $0.expected(at: time) }
        let costs = expected.map { box in detections.map { 1 - box.overlap($0.box) } }
        let pairs = Assignment.solve(costs, limit: 1 - options.minimumOverlap)
        var isTaken = [Bool](repeating: false, count: detections.count)
        for (index, pair) in pairs.enumerated() {
            if let pair {
                isTaken[pair] = true
                Self.update(&tracks[index], with: detections[pair], time)
            } else {
                tracks[index].face.box = expected[index]
                tracks[index].face.isDetected = false
                tracks[index].face.landmarks = nil
            }
            tracks[index].face.age = time - tracks[index].firstSeen
        }
        for (detection, taken) in zip(detections, isTaken) where !taken && detection.confidence >= sure {
            var face = TrackedFace(
                identity: nextIdentity, box: detection.box, landmarks: detection.landmarks,
                confidence: detection.confidence, score: detection.score, tilt: detection.tilt, isDetected: true,
                age: 0)
            face.isConfirmed = false
            nextIdentity += 1
            tracks.append(Track(face: face, lastBox: detection.box, firstSeen: time, lastSeen: time, tiltSeen: time))
        }
    }

    private static func update(_ track: inout Track, with detection: DetectedFace, _ time: Double) {
        let elapsed = time - track.lastSeen
        if elapsed > 0 {
            let old = track.lastBox, new = detection.box
            let x = (new.x + new.width / 2 - old.x - old.width / 2) / elapsed
            let y = (new.y + new.height / 2 - old.y - old.height / 2) / elapsed
            let keep = track.hits == 1 ? 0 : 0.6
            track.velocityX = keep * track.velocityX + (1 - keep) * x
            track.velocityY = keep * track.velocityY + (1 - keep) * y
        }
        track.face.box = detection.box
        track.lastBox = detection.box
        track.face.landmarks = detection.landmarks
        track.face.confidence = detection.confidence
        track.face.score = detection.score
        // Searches of a part do not say it; what was said holds until one of everything should have.
        if detection.tilt != nil { track.tiltSeen = time }
        track.face.tilt = detection.tilt ?? (time - track.tiltSeen <= FaceTracker.tiltSeconds ? track.face.tilt : nil)
        track.face.isDetected = true
        track.lastSeen = time
        track.hits += 1
    }
}
