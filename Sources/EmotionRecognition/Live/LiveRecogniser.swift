import Dispatch
import FaceVision
import Threads

/// Follows the faces of a video, stream or camera and says how each feels; pictures of their own are looked at by
/// themselves. Can be shared between threads and tasks; frames are looked at one after the other.
///
///     let recogniser = LiveRecogniser(reader)
///     for try await result in recogniser.results(from: try FrameSources.open("clip.mp4")) {
///         for face in result.faces { print(result.time, recogniser.classNames[face.label]) }
///     }
public final class LiveRecogniser: Sendable {
    private struct Parts {
        var reader: FaceReader
        var moods: BackdatedMoods
    }

    /// What readings' probabilities and labels stand for.
    public let classNames: [String]
    /// See `FaceReader.needsColor`: what `CaptureOptions.format` should give.
    public let needsColor: Bool
    private let options: MoodTracker.Options
    private let parts: Guarded<Parts>

    /// Takes the reader over.
    public init(_ reader: sending FaceReader, options: MoodTracker.Options = MoodTracker.Options()) {
        classNames = reader.classNames
        needsColor = reader.needsColor
        self.options = options
        parts = Guarded(Parts(reader: reader, moods: BackdatedMoods(options)))
    }

    /// Looks at the next frame at once. Throws what the detector throws.
    public func process(_ frame: Frame) throws -> FrameResult { try add(frame, waits: false).last!.result }

    /// Looks at the next frame and gives those that are decided, in order. Throws what the detector throws.
    ///
    /// - Parameter waits: for recordings: a face is there from the frame in which it was first seen, not only from the one
    ///   that made it sure. Up to 16 frames wait for that; `finish` gives the last. Without, each is decided at once.
    package func add(_ frame: Frame, waits: Bool) throws -> [(frame: Frame, result: FrameResult)] {
        try parts.withLock { parts in try parts.moods.add(frame, using: parts.reader, waits: waits) }
    }

    /// The frames that still wait, at the end.
    package func finish() -> [(frame: Frame, result: FrameResult)] { parts.withLock { $0.moods.finish() } }

    /// Forgets all faces, for another video.
    public func reset() {
        parts.withLock { $0.moods = BackdatedMoods(options) }
    }

    /// Seconds until the calibration ends; nil if there is none or it is done.
    public func calibrationRemaining(at time: Double) -> Double? {
        parts.withLock { $0.moods.calibrationRemaining(at: time) }
    }

    /// A result for each frame, made on a thread of its own while somebody waits for it: nothing queues, and a live source
    /// (`LiveCapture`) gives its newest frame. In recordings faces are there from the frame in which they were first seen. Throws `CaptureError` and `ImageError`; after an error in one file of a
    /// folder the iterator goes on with the next. Begins by forgetting all faces.
    public func results(from source: sending any FrameSource) -> FrameResults {
        reset()
        return FrameResults(FrameWorker(self, source))
    }
}

/// Results, one frame after the other; ends with the source, or when its task is cancelled. To be iterated once.
public struct FrameResults: AsyncSequence, Sendable {
    private let worker: FrameWorker

    init(_ worker: FrameWorker) { self.worker = worker }

    /// Makes the next result when asked for it.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let worker: FrameWorker

        public mutating func next() async throws -> FrameResult? { try await worker.next() }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(worker: worker) }
}

/// Makes one result after the other, away from the threads that tasks share.
final class FrameWorker: Sendable {
    private let queue = DispatchQueue(label: "fermusic.frames", qos: .userInitiated)
    private let recogniser: LiveRecogniser
    private let cancellation: Cancellation
    // Used on `queue` only, which runs one piece of work at a time.
    private nonisolated(unsafe) let source: any FrameSource
    // On `queue` only, too.
    private nonisolated(unsafe) var decided: ArraySlice<FrameResult> = []
    private nonisolated(unsafe) var hasEnded = false

    init(_ recogniser: LiveRecogniser, _ source: sending any FrameSource) {
        self.recogniser = recogniser
        cancellation = source.cancellation
        self.source = source
    }

    deinit { cancellation.cancel() }

    private func readOn() throws {
        if let frame = try source.next() {
            decided += try recogniser.add(frame, waits: !source.isLive).map(\.result)
        } else {
            hasEnded = true
            decided += recogniser.finish().map(\.result)
        }
    }

    func next() async throws -> FrameResult? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    continuation.resume(
                        with: Result {
                            while self.decided.isEmpty, !self.hasEnded { try self.readOn() }
                            return self.decided.popFirst()
                        })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }
}
