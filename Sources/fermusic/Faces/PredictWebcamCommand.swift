import EmotionRecognition
import FaceVision
import Glibc
import Threads
import Terminal

/// `fermusic predict-webcam`
enum PredictWebcamCommand {
    static let source = Argument<Path?>(
        "source", help: "The camera (0, /dev/video1), a stream's address, or a video to play instead; 0 by default.")

    static let command = Command(
        "predict-webcam", summary: "Watch the faces before a camera and name their emotions.",
        discussion: """
            Draws bars on a terminal; elsewhere prints a line when something happens. The newest frame counts: none wait. \
            A camera that goes away is opened again when it is back. End with Ctrl-C.
            """,
        examples: [
            Example("fermusic predict-webcam"), Example("fermusic predict-webcam 1 --size 1280x720 --csv mood.csv"),
            Example("fermusic predict-webcam --calibrate", "take off what the face looks like at rest"),
            Example("fermusic predict-webcam clip.mp4", "without a camera"),
        ],
        parameters: [
            source, SharedOptions.model, SharedOptions.precision, SharedOptions.int8, SharedOptions.threads,
            SharedOptions.json,
            StreamOptions.emotions, StreamOptions.certainty,
        ] + SharedOptions.hintOptions + StreamOptions.outputs + DetectorOptions.all + StreamOptions.following
            + StreamOptions.camera,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let signals = SignalWatcher.start()
        return try watch(FaceStream(a, console, signals: signals), a, console, signals)
    }

    /// Shows what the camera sees until it ends or Ctrl-C comes; `also` gets each frame before.
    static func watch(
        _ stream: FaceStream, _ a: Arguments, _ console: Console, _ signals: SignalWatcher,
        music: LiveMusic? = nil, also: @escaping (Frame, FrameResult) -> Void = { _, _ in }
    ) throws -> ExitCode {
        let names = stream.classNames, view = LiveView(console, classNames: names, isDrawn: !stream.printsData)
        if let music { view.music = music.line }
        var options = stream.captureOptions
        try StreamOptions.setCamera(a, &options)
        let news = CaptureNews()
        let capture = try open(a[source]?.string ?? "0", a, options, onChange: news.add)
        let watched = WatchedCapture(capture, news, seconds: a[StreamOptions.seconds], onChange: view.note)
        stream.frameEnded = { frame, result in
            also(frame, result)
            music?.see(result)
            if frame.isPicture || stream.printsData {
                _ = try music?.line()
                return
            }
            try view.update(
                result, latency: stream.recentLatency, dropped: capture.droppedFrames,
                calibration: stream.calibrationRemaining(at: result.time))
        }
        var failure: (any Error)?
        do {
            try stream.read(watched)
        } catch {
            failure = error
        }
        try stream.finish()
        if let failure { throw failure }
        if let code = signals.exitCode { return signals.received == SIGINT ? .done : code }
        return try stream.exitCode()
    }

    /// A file is played as a camera would show it, wherever it is.
    static func open(
        _ address: String, _ a: Arguments, _ options: CaptureOptions,
        onChange: @escaping @Sendable (LiveCapture.State) -> Void
    ) throws -> LiveCapture {
        let repeats = a[StreamOptions.repeats]
        return LiveCapture(name: try FrameAddress(address).name, options: options, onChange: onChange) {
            try PlaybackSource(address, options: $0, isPaced: true, repeats: repeats)
        }
    }
}

/// What a capturing thread said and nobody has read yet.
final class CaptureNews: Sendable {
    private let states = Guarded<[LiveCapture.State]>([])

    func add(_ state: LiveCapture.State) { states.withLock { $0.append(state) } }

    func take() -> [LiveCapture.State] {
        states.withLock { states in
            defer { states = [] }
            return states
        }
    }
}

/// A capture that tells what it does also while no frame comes: a camera that was unplugged sends none.
final class WatchedCapture: FrameSource {
    private let capture: LiveCapture
    private let news: CaptureNews
    private let onChange: (LiveCapture.State) throws -> Void
    private let limit: Duration?
    private var began: ContinuousClock.Instant?
    private var isAway = false
    private var hasEnded = false

    /// - Parameter seconds: the time after the first frame when it ends while the source is gone.
    init(
        _ capture: LiveCapture, _ news: CaptureNews, seconds: Double?,
        onChange: @escaping (LiveCapture.State) throws -> Void
    ) {
        self.capture = capture
        self.news = news
        self.onChange = onChange
        limit = seconds.map { .seconds($0) }
    }

    let isLive = true
    var cancellation: Cancellation { capture.cancellation }
    var description: String { capture.description }
    var continuesAfterErrors: Bool { capture.continuesAfterErrors }
    var warnings: [String] { capture.warnings }

    func next() throws -> Frame? {
        while true {
            for state in news.take() {
                switch state {
                case .ended:
                    hasEnded = true
                    continue
                case .waiting: isAway = true
                case .running: isAway = false
                case .connecting, .dark: break
                }
                try onChange(state)
            }
            let isLast = hasEnded
            if let frame = try capture.next(within: 0.1) {
                began = began ?? .now
                return frame
            }
            if isLast || cancellation.isCancelled { return nil }
            if isAway, let limit, let began, began.duration(to: .now) > limit { return nil }
        }
    }
}
