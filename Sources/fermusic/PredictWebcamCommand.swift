import EmotionRecognition
import FaceVision
import Glibc
import NeuralNet
import Synchronization
import Terminal

/// `fermusic predict-webcam`
enum PredictWebcamCommand {
    static let source = Argument<Path?>(
        "source", help: "The camera (0, /dev/video1), a stream's address, or a video to play instead; 0 by default.")

    static let command = Command(
        "predict-webcam", summary: "Watch the faces before a camera and name their emotions.",
        discussion: """
            Draws bars on a terminal; elsewhere prints a line when something happens. The newest frame counts: none wait. \\
            A camera that goes away is opened again when it is back. End with Ctrl-C.
            """,
        examples: [
            Example("fermusic predict-webcam"), Example("fermusic predict-webcam 1 --size 1280x720 --csv mood.csv"),
            Example("fermusic predict-webcam --calibrate", "take off what the face looks like at rest"),
            Example("fermusic predict-webcam clip.mp4", "without a camera"),
        ],
        parameters: [
            source, SharedOptions.model, SharedOptions.inputRange, SharedOptions.labels, SharedOptions.int8,
            SharedOptions.threads,
            SharedOptions.json, StreamOptions.emotions, StreamOptions.certainty,
        ] + StreamOptions.outputs + DetectorOptions.all + StreamOptions.following + StreamOptions.camera,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        let signals = SignalWatcher.start()
        let stream = try FaceStream(a, console, signals: signals)
        let view = LiveView(console, classNames: stream.classNames), names = stream.classNames
        var options = stream.captureOptions
        try StreamOptions.setCamera(a, &options)
        let status = LatestStatus()
        let capture = try open(a[source]?.string ?? "0", a, options) { status.set("\($0)") }
        stream.frameEnded = { frame, result in
            try view.note(status.text)
            if a[SharedOptions.json] {
                try console.output.line(FrameJSON.value(result, classNames: names).text())
            } else if !stream.printsData {
                try view.update(
                    result, latency: stream.latency.meter, dropped: capture.droppedFrames,
                    calibration: stream.calibrationRemaining(at: result.time))
            }
        }
        var failure: (any Error)?
        do {
            try stream.read(capture)
        } catch {
            failure = error
        }
        try stream.finish()
        if let failure { throw failure }
        return signals.received == SIGINT ? .done : signals.exitCode ?? .done
    }

    /// A file is played as a camera would show it.
    static func open(
        _ address: String, _ a: Arguments, _ options: CaptureOptions,
        onChange: @escaping @Sendable (LiveCapture.State) -> Void
    ) throws -> LiveCapture {
        guard case .path(let path) = try FrameAddress(address) else {
            return try LiveCapture(address, options: options, onChange: onChange)
        }
        let repeats = a[StreamOptions.repeats]
        return LiveCapture(name: path, options: options, onChange: onChange) {
            try PlaybackSource(path, options: $0, isPaced: true, repeats: repeats)
        }
    }
}

/// What a capturing thread last said.
final class LatestStatus: Sendable {
    private let latest = Mutex("")

    func set(_ text: String) { latest.withLock { $0 = text } }
    var text: String { latest.withLock { $0 } }
}
