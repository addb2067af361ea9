import FaceVision

/// What is known after one frame of a video, stream or camera.
public struct FrameResult: Sendable {
    /// The file, device or address the frame came from.
    public var source: String
    /// The frame's number in its source, from 0.
    public var index: Int
    /// Seconds since the source's first frame.
    public var time: Double
    /// Seconds for which the frame is shown, where that is known.
    public var duration: Double?
    /// Faces that are followed, in the order in which they appeared.
    public var faces: [FaceReading]
    /// The mood of all together; nil without faces.
    public var group: GroupMood?
    public var events: [FaceEvent]
    public var timing: FrameTiming
    /// Faces of which it is not sure yet that they are some.
    var doubtful = Set<Int>()

    public init(
        source: String, index: Int, time: Double, duration: Double? = nil, faces: [FaceReading], group: GroupMood?,
        events: [FaceEvent],
        timing: FrameTiming
    ) {
        self.source = source
        self.index = index
        self.time = time
        self.duration = duration
        self.faces = faces
        self.group = group
        self.events = events
        self.timing = timing
    }
}

/// Where the time went, in seconds.
public struct FrameTiming: Sendable {
    /// Looking for faces.
    public var detection = 0.0
    /// Cutting out and recognising.
    public var recognition = 0.0
    /// From capture until the result was there.
    public var latency = 0.0

    public init() {}
}

/// Something happened to a face.
public enum FaceEvent: Sendable, Hashable {
    case appeared(identity: Int)
    case left(identity: Int)
    /// Labels are places among the class names.
    case moodChanged(identity: Int, from: Int, to: Int)
}

/// How several faces feel together: large and sure ones count for more.
public struct GroupMood: Sendable, Equatable {
    /// In the order of the class names; they sum to 1.
    public var probabilities: [Float]
    /// The most probable class.
    public var label: Int

    public var confidence: Float { probabilities[label] }

    /// Weighted by the area of the box and the confidence of the face. Nil without faces.
    public init?(_ faces: [FaceReading]) {
        var sums = [Double](repeating: 0, count: faces.first?.probabilities.count ?? 0), total = 0.0
        for face in faces {
            let weight = face.box.area * Double(face.confidence)
            total += weight
            for (index, probability) in face.probabilities.enumerated() { sums[index] += weight * Double(probability) }
        }
        guard total > 0 else { return nil }
        probabilities = sums.map { Float($0 / total) }
        label = sums.indexOfLargest
    }
}
