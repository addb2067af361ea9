import EmotionRecognition
import FaceVision
import Threads

/// Looks at visitors' pictures with a few workers. A picture lives in memory from its arrival to its answer; nothing
/// of it is written anywhere.
final class AnalysisService: Sendable {
    struct Limits: Sendable {
        /// Pictures looked at at once.
        var workers = Processors.available
        /// Pictures that may wait.
        var waiting = 4
        var sessions = 500
        var bytes = 8 << 20
        var pixels = 25_000_000
        /// Larger pictures are made smaller before faces are looked for.
        var searchedSide = 1280
    }

    /// A picture with all that is known of it.
    struct Result: Sendable {
        var width: Int
        var height: Int
        var faces: [FaceReading]
        var group: GroupMood?
        var events: [FaceEvent] = []
        var classNames: [String]
        var seconds: Seconds
    }

    /// Where the time went.
    struct Seconds: Sendable {
        var waiting = 0.0
        var decoding = 0.0
        var detection = 0.0
        var recognition = 0.0
        var total = 0.0
    }

    let limits: Limits
    let shelf: ModelShelf
    let sessions: SessionStore
    let queue: JobQueue
    private let engines: [AnalysisEngine]

    /// Throws if OpenCV's cascade is missing.
    init(_ shelf: ModelShelf, limits: Limits) throws {
        self.shelf = shelf
        self.limits = limits
        let cascade = try HaarCascade.frontalFace(path: nil)
        engines = (0..<limits.workers).map { _ in AnalysisEngine(shelf, cascade: cascade) }
        sessions = SessionStore(limit: limits.sessions)
        queue = JobQueue(workers: limits.workers, waitingLimit: limits.waiting)
    }

    /// Decodes a picture and finds its faces; with a session they are followed from picture to picture. To be called
    /// by a worker. Throws `Problem`.
    func analyse(
        _ bytes: [UInt8], wish: AnalysisEngine.Wish, session: AnalysisSession?, arrival: ContinuousClock.Instant,
        worker: Int
    ) throws -> Result {
        let began = ContinuousClock.now
        var seconds = Seconds()
        seconds.waiting = arrival.duration(to: began).seconds
        let whole: Image
        do {
            whole = try ImageFile.decode(bytes, name: "picture", grayscale: true, maximumPixels: limits.pixels)
        } catch ImageError.cannotRead(_, let reason) {
            throw Problem(.badPicture, reason)
        }
        seconds.decoding = began.duration(to: .now).seconds
        let scale = max(1, Double(max(whole.width, whole.height)) / Double(limits.searchedSide))
        let image =
            scale == 1
            ? whole
            : whole.resized(
                width: max(1, Int(Double(whole.width) / scale)), height: max(1, Int(Double(whole.height) / scale)))
        let result: Result
        do {
            let reader = try engines[worker].reader(for: wish)
            result = try read(image, reader, wish, session, arrival, &seconds)
        } catch let error as Problem {
            throw error
        } catch {
            throw Problem(.failed, "the picture could not be analysed")
        }
        seconds.total = arrival.duration(to: .now).seconds
        return scaled(result, by: scale, width: whole.width, height: whole.height, seconds)
    }

    private func read(
        _ image: Image, _ reader: FaceReader, _ wish: AnalysisEngine.Wish, _ session: AnalysisSession?,
        _ arrival: ContinuousClock.Instant, _ seconds: inout Seconds
    ) throws -> Result {
        let names = reader.classNames
        guard let session else {
            let began = ContinuousClock.now
            let faces = try reader.read(image)
            seconds.detection = began.duration(to: .now).seconds
            return Result(
                width: image.width, height: image.height, faces: faces, group: GroupMood(faces), classNames: names,
                seconds: seconds)
        }
        let frame = try session.process(image, arrival: arrival, wish: wish, reader: reader)
        seconds.detection = frame.timing.detection
        seconds.recognition = frame.timing.recognition
        return Result(
            width: image.width, height: image.height, faces: frame.faces, group: frame.group, events: frame.events,
            classNames: names, seconds: seconds)
    }

    /// In pixels of the picture as it was sent.
    private func scaled(_ result: Result, by scale: Double, width: Int, height: Int, _ seconds: Seconds) -> Result {
        var result = result
        result.seconds = seconds
        result.width = width
        result.height = height
        if scale == 1 { return result }
        for index in result.faces.indices {
            let box = result.faces[index].box
            result.faces[index].box = Rectangle(
                x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale)
        }
        return result
    }
}
