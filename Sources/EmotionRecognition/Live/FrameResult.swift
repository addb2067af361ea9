import FaceVision

/// What is known after one frame of a video, stream or camera, or about a picture of its own.
public struct FrameResult: Sendable {
    /// The file, device or address the frame came from.
    public var source: String
    /// The frame's number in its source, from 0.
    public var index: Int
    /// Seconds since the source's first frame.
    public var time: Double
    /// Seconds for which the frame is shown, where that is known.
    public var duration: Double?
    /// Of the frame's picture, in pixels.
    public var width: Int
    /// Of the frame's picture, in pixels.
    public var height: Int
    /// Whether it is a picture of its own, whose faces are not followed.
    public var isPicture: Bool
    /// Faces that are followed, in the order in which they appeared; of a picture of its own, the largest first.
    public var faces: [FaceReading]
    /// The mood of all together; nil without faces.
    public var group: GroupMood?
    /// What changed with this frame.
    public var events: [FaceEvent]
    /// Where the time for this frame went.
    public var timing: FrameTiming
    /// Faces of which it is not sure yet that they are some.
    var doubtful = Set<Int>()

    public init(
        source: String, index: Int, time: Double, duration: Double? = nil, width: Int = 0, height: Int = 0,
        isPicture: Bool = false, faces: [FaceReading], group: GroupMood?, events: [FaceEvent], timing: FrameTiming
    ) {
        self.source = source
        self.index = index
        self.time = time
        self.duration = duration
        self.width = width
        self.height = height
        self.isPicture = isPicture
        self.faces = faces
        self.group = group
        self.events = events
        self.timing = timing
    }
}

/// Where the time went, in seconds.
public struct FrameTiming: Sendable {
    /// From capture until somebody had time for it.
    public var waiting = 0.0
    /// Making a picture of what came, where that was measured.
    public var decoding: Double?
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

/// How several faces feel together: large and sure ones count for more, doubtful ones less.
public struct GroupMood: Sendable, Equatable {
    /// In the order of the class names; they sum to 1.
    public var probabilities: [Float]
    /// The most probable class.
    public var label: Int

    /// The probability of `label`.
    public var confidence: Float { probabilities[label] }

    /// Weighted by the area of the box, the confidence of the face, and how sure it is that it is one. Nil without faces.
    public init?(_ faces: [FaceReading]) {
        var sums = [Double](repeating: 0, count: faces.first?.probabilities.count ?? 0), total = 0.0
        for face in faces {
            let weight = face.box.area * Double(face.confidence) * (face.score ?? 1)
            total += weight
            for (index, probability) in face.probabilities.enumerated() { sums[index] += weight * Double(probability) }
        }
        guard total > 0 else { return nil }
        probabilities = sums.map { Float($0 / total) }
        label = sums.indexOfLargest
    }
}

extension FrameResult {
    /// Says the same about a larger picture: of `width` x `height`, `factor` times as large as the one looked at.
    package mutating func scale(by factor: Double, width: Int, height: Int) {
        self.width = width
        self.height = height
        for index in faces.indices {
            faces[index].box.scale(by: factor)
            faces[index].landmarks?.scale(by: factor)
        }
    }
}

extension Rectangle {
    fileprivate mutating func scale(by factor: Double) {
        self = Rectangle(x: x * factor, y: y * factor, width: width * factor, height: height * factor)
    }
}

extension FaceLandmarks {
    fileprivate mutating func scale(by factor: Double) {
        func scaled(_ point: Point) -> Point { Point(x: point.x * factor, y: point.y * factor) }
        self = FaceLandmarks(
            leftEye: scaled(leftEye), rightEye: scaled(rightEye), nose: scaled(nose), mouthLeft: scaled(mouthLeft),
            mouthRight: scaled(mouthRight))
    }
}
