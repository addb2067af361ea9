import EmotionRecognition
import FaceVision
import Threads
import Timing

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

    let limits: Limits
    let shelf: ModelShelf
    let detectors: DetectorShelf
    let sessions: SessionStore
    let queue: JobQueue
    private let engines: [AnalysisEngine]

    init(_ shelf: ModelShelf, _ detectors: DetectorShelf, limits: Limits) {
        self.shelf = shelf
        self.detectors = detectors
        self.limits = limits
        engines = (0..<limits.workers).map { _ in AnalysisEngine(shelf, detectors) }
        sessions = SessionStore(limit: limits.sessions)
        queue = JobQueue(workers: limits.workers, waitingLimit: limits.waiting)
    }

    /// Decodes a picture and finds its faces; with a session they are followed from picture to picture. To be called
    /// by a worker. Throws `Problem`.
    func analyse(
        _ bytes: [UInt8], wish: AnalysisEngine.Wish, session: AnalysisSession?, arrival: ContinuousClock.Instant,
        worker: Int
    ) throws -> (result: FrameResult, classNames: [String]) {
        do {
            let began = ContinuousClock.now
            let reader = try engines[worker].reader(for: wish)
            let whole = try decode(bytes, inColor: reader.needsColor)
            let scale = max(1, Double(max(whole.width, whole.height)) / Double(limits.searchedSide))
            let image =
                scale == 1
                ? whole
                : whole.resized(
                    width: max(1, Int(Double(whole.width) / scale)), height: max(1, Int(Double(whole.height) / scale)))
            let decoded = ContinuousClock.now
            var result = try look(image, reader, wish, session, arrival)
            if scale > 1 { result.scale(by: scale, width: whole.width, height: whole.height) }
            result.timing.waiting = arrival.duration(to: began).seconds
            result.timing.decoding = began.duration(to: decoded).seconds
            result.timing.latency = arrival.duration(to: .now).seconds
            return (result, reader.classNames)
        } catch let error as Problem {
            throw error
        } catch let error as EmotionGroupingError {
            throw Problem(.badRequest, "\(error)")
        } catch {
            throw Problem(.failed, "the picture could not be analysed")
        }
    }

    private func decode(_ bytes: [UInt8], inColor: Bool) throws -> Image {
        do {
            return try ImageFile.decode(bytes, name: "picture", grayscale: !inColor, maximumPixels: limits.pixels)
        } catch ImageError.cannotRead(_, let reason) {
            throw Problem(.badPicture, reason)
        }
    }

    private func look(
        _ image: Image, _ reader: FaceReader, _ wish: AnalysisEngine.Wish, _ session: AnalysisSession?,
        _ arrival: ContinuousClock.Instant
    ) throws -> FrameResult {
        if let session { return try session.process(image, arrival: arrival, wish: wish, reader: reader) }
        var tracker = MoodTracker()
        return try tracker.process(
            Frame(image: image, time: 0, capturedAt: arrival, isPicture: true), using: reader)
    }
}
