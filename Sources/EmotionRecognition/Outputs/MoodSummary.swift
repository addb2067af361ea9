/// What was seen over a whole video or session: shares of time and a timeline. Several videos count as played one after
/// the other, each picture as one second. Memory stays small however long it goes on: the timeline gets coarser.
public struct MoodSummary: Sendable {
    /// One stretch of the timeline: mean probabilities of the group, and how long faces were there.
    struct Stretch: Sendable {
        var sums: [Double]
        var seconds = 0.0
    }

    /// What labels stand for.
    public let classNames: [String]
    /// All that were added, pictures included.
    public private(set) var frames = 0
    /// How many of the frames are single pictures.
    public private(set) var pictures = 0
    /// Frames with one face or more.
    public private(set) var framesWithFaces = 0
    /// The most faces at once.
    public private(set) var mostFaces = 0
    /// From the first frame to the end of the last, in seconds; to its beginning where its length is not known.
    public private(set) var duration = 0.0
    /// Seconds for which faces had each label; two faces count twice.
    public private(set) var labelSeconds: [Double]
    /// How often a face's steady label became another one.
    public private(set) var changes = 0
    private(set) var stretches: [Stretch] = []
    private(set) var stretchSeconds = 0.25
    private var source: String?
    /// Seconds before the source began, and to its end as far as it is known.
    private var offset = 0.0
    private var end = 0.0
    private var lastTime: Double?
    private var step = 0.04
    private static let mostStretches = 1200

    /// Gets the names that the readings' labels stand for: `FaceReader.classNames`.
    public init(classNames: [String]) {
        self.classNames = classNames
        labelSeconds = classNames.map { _ in 0 }
    }

    /// Frames come in the order of their time; time that goes back begins another video.
    public mutating func add(_ result: FrameResult) {
        if result.source != source || result.time < lastTime ?? 0 {
            source = result.source
            offset = end
            lastTime = nil
        }
        // A pause, as when a camera was away, is nobody's mood.
        let elapsed = lastTime.map { min(max(0, result.time - $0), 1) } ?? 0
        if elapsed > 0 { step = elapsed }
        lastTime = result.time
        let time = offset + result.time
        end = time + (result.duration ?? step)
        duration = max(duration, time + (result.duration ?? 0))
        // What is not known to last counts for the time since the frame before.
        count(result, at: time, seconds: result.duration ?? elapsed)
    }

    /// A single picture.
    public mutating func add(picture: FrameResult) {
        source = nil
        pictures += 1
        count(picture, at: end, seconds: 1)
        end += 1
        duration = end
    }

    private mutating func count(_ result: FrameResult, at time: Double, seconds elapsed: Double) {
        frames += 1
        mostFaces = max(mostFaces, result.faces.count)
        changes += result.events.count { if case .moodChanged = $0 { true } else { false } }
        if !result.faces.isEmpty { framesWithFaces += 1 }
        for face in result.faces { labelSeconds[face.label] += elapsed }
        let stop = time + max(0, result.duration ?? 0)
        guard let group = result.group, elapsed > 0, stop.isFinite, time >= 0 else { return }
        while stop / stretchSeconds >= Double(Self.mostStretches) { halve() }
        let first = Int(time / stretchSeconds), last = Int(stop / stretchSeconds)
        let empty = Stretch(sums: classNames.map { _ in 0 })
        while stretches.count <= last { stretches.append(empty) }
        for index in first...last {
            let start = max(time, Double(index) * stretchSeconds)
            let part = first == last ? elapsed : min(stop, Double(index + 1) * stretchSeconds) - start
            guard part > 0 else { continue }
            stretches[index].seconds += part
            for (label, probability) in group.probabilities.enumerated() {
                stretches[index].sums[label] += Double(probability) * part
            }
        }
    }

    /// The share of time that each label had among all that was seen.
    public var shares: [Double] {
        let total = labelSeconds.reduce(0, +)
        return labelSeconds.map { total > 0 ? $0 / total : 0 }
    }

    private mutating func halve() {
        stretchSeconds *= 2
        stretches = stride(from: 0, to: stretches.count, by: 2).map { index in
            var stretch = stretches[index]
            if index + 1 < stretches.count {
                stretch.seconds += stretches[index + 1].seconds
                for label in classNames.indices { stretch.sums[label] += stretches[index + 1].sums[label] }
            }
            return stretch
        }
    }
}
