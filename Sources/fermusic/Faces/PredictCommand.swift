import EmotionRecognition
import FaceVision
import Terminal

/// `fermusic predict`
enum PredictCommand {
    static let sources = Argument<[Path]>(
        "source", help: "Pictures, videos, folders of them, addresses of streams, or - for standard input.")

    static let command = Command(
        "predict", summary: "Find the faces in pictures and videos and name their emotions.",
        discussion: """
            Faces in videos are followed and their moods smoothed. A file that can't be read is reported; the others \
            still get done.
            """,
        examples: [
            Example("fermusic predict photo.jpg faces/"),
            Example("fermusic predict --json photo.jpg", "one JSON object per picture, or per frame of a video"),
            Example("fermusic predict clip.mp4 --annotate out.mp4 --csv out.csv --srt out.srt --summary out.svg"),
            Example("fermusic predict --detector none face.png", "a picture that is one cropped face"),
        ],
        parameters: [
            sources, SharedOptions.model, SharedOptions.precision, SharedOptions.int8, SharedOptions.threads,
            SharedOptions.json,
            StreamOptions.emotions, StreamOptions.certainty,
        ] + SharedOptions.hintOptions + StreamOptions.outputs + DetectorOptions.all + StreamOptions.following + [
            StreamOptions.realtime
        ],
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        if let option = StreamOptions.ofVideos.first(where: { a.wasGiven($0) }),
            a[sources].allSatisfy({ FrameSources.isPicture($0.string) })
        {
            throw UsageError.other("\(option.description.displayName) is for videos; there are only pictures here")
        }
        let signals = SignalWatcher.start()
        let stream = try FaceStream(a, console, signals: signals)
        let text = FaceText(classNames: stream.classNames)
        let severalSources = a[sources].count > 1
        stream.frameEnded = { frame, result in
            if frame.isPicture || stream.printsData { return }
            for line in text.events(result) {
                try console.output.line(severalSources ? "\(printable(frame.source)): \(line)" : line)
            }
        }
        var failure: (any Error)?
        for path in a[sources].map(\.string) where signals.received == nil && failure == nil {
            do {
                try stream.read(open(path, a, stream.captureOptions, console))
            } catch  where error is CaptureError || error is ImageError {
                try stream.report(error)
            } catch {
                failure = error
            }
        }
        try stream.finish()
        if let failure { throw failure }
        if let code = signals.exitCode { return code }
        return try stream.exitCode()
    }

    /// Files are read frame by frame; of cameras and live streams the newest frame counts. Throws `CaptureError`.
    private static func open(
        _ path: String, _ a: Arguments, _ options: CaptureOptions, _ console: Console
    ) throws -> any FrameSource {
        let isPaced = a[StreamOptions.realtime], repeats = a[StreamOptions.repeats]
        let address = try FrameAddress(path)
        switch address {
        case .path, .standardInput:
            if !isPaced { return try PlaybackSource(path, options: options, isPaced: false, repeats: repeats) }
        case .camera, .network: break
        }
        let news = CaptureNews()
        let capture = LiveCapture(
            name: address.name, options: options, keepsRecorded: !isPaced, onChange: news.add
        ) { try PlaybackSource(path, options: $0, isPaced: isPaced, repeats: repeats) }
        var isTold = false
        return WatchedCapture(capture, news, seconds: a[StreamOptions.seconds]) { state in
            switch state {
            case .waiting, .dark: isTold = true
            // That it is well again is news only after that.
            case .running where isTold: isTold = false
            default: return
            }
            try console.errors.line(printable(state.description))
        }
    }
}
