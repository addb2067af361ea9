import EmotionRecognition
import FaceVision
import MusicMatching
import Terminal
import TextCoding
import Timing

/// Reads sources to their end: single pictures and streams, with all that the user wants written.
final class FaceStream {
    private let arguments: Arguments
    private let console: Console
    private let recogniser: LiveRecogniser
    private let outputs: StreamOutputs
    private let text: FaceText
    private let signals: SignalWatcher
    /// How results are written.
    let json: FrameJSON
    private var summary: MoodSummary
    private var streamSource: String?
    private var began = ContinuousClock.now
    private var sources = 0
    private var failures = 0
    private var hasPictureWithoutFace = false
    /// Called for each frame with what was found.
    var frameEnded: (Frame, FrameResult) throws -> Void = { _, _ in }
    /// Set where pictures are shown.
    var showsPictures = false

    /// Over the whole stream, or its last minutes.
    private var latency = LatencyMeter(last: 10_000)
    /// Over the last seconds, for those who look on.
    private(set) var recentLatency = LatencyMeter()

    /// - Parameter moodMap: where moods lie, for JSON; the user's usual one if there is none.
    ///
    /// Throws `UsageError` for options that do not go together, and what model, detector and groups throw.
    init(_ a: Arguments, _ console: Console, signals: SignalWatcher, moodMap: MoodMap? = nil) throws {
        arguments = a
        self.console = console
        self.signals = signals
        try StreamOutputs.check(a)
        let model = try SharedOptions.readModel(a, console)
        recogniser = LiveRecogniser(
            try FaceOptions.reader(
                model, a, options: StreamOptions.readerOptions(a, classNames: model.card.classNames),
                precision: try SharedOptions.precision(a)),
            options: StreamOptions.trackerOptions(a))
        let classNames = recogniser.classNames
        try StreamOptions.check(a, classNames: classNames)
        json = try StreamOutputs.json(a, moodMap, classNames: classNames)
        outputs = StreamOutputs(a, console, json, classNames: classNames)
        text = FaceText(classNames: classNames)
        summary = MoodSummary(classNames: classNames)
    }

    var classNames: [String] { recogniser.classNames }

    /// Whether standard output is for programs.
    var printsData: Bool { StreamOutputs.printsData(arguments) }

    /// Colours only where somebody looks at them.
    var captureOptions: CaptureOptions {
        FaceOptions.capture(needsColor: outputs.needsColor || showsPictures || recogniser.needsColor, signals)
    }

    /// Seconds until the calibration ends, if there is one.
    func calibrationRemaining(at time: Double) -> Double? { recogniser.calibrationRemaining(at: time) }

    /// All frames of a source. An error in a source that can go on is reported and counted, others are thrown.
    func read(_ source: any FrameSource) throws {
        while signals.received == nil {
            do {
                guard let frame = try source.next() else { break }
                if let limit = arguments[StreamOptions.seconds], !frame.isPicture, frame.time > limit {
                    if source.leave(frame.source) { continue }
                    break
                }
                try read(frame, waits: !source.isLive)
            } catch  where source.continuesAfterErrors && (error is CaptureError || error is ImageError) {
                try report(error)
            }
        }
        try endStream()
        for warning in source.warnings { try console.errors.line("warning: \(printable(warning))") }
    }

    /// Reports an input that could not be read, or not to its end.
    func report(_ error: any Error) throws {
        // One that failed midway has been counted.
        if streamSource == nil || (error as? CaptureError)?.source != streamSource { sources += 1 }
        try endStream()
        failures += 1
        try console.errors.line("error: \(printable(Remedies.text(error)))")
    }

    private func read(_ frame: Frame, waits: Bool) throws {
        if frame.isPicture {
            try endStream()
            sources += 1
        } else if streamSource != frame.source {
            try beginStream(frame)
        }
        let decided = try recogniser.add(frame, waits: waits)
        if !frame.isPicture {
            latency.add(frame)
            recentLatency.add(frame)
        }
        try write(decided)
    }

    private func write(_ decided: [(frame: Frame, result: FrameResult)]) throws {
        for (frame, result) in decided {
            if !result.isPicture {
                summary.add(result)
            } else if result.faces.isEmpty {
                hasPictureWithoutFace = true
            }
            try print(result)
            try outputs.add(frame, result)
            try frameEnded(frame, result)
        }
    }

    private func beginStream(_ frame: Frame) throws {
        try endStream()
        sources += 1
        streamSource = frame.source
        summary = MoodSummary(classNames: classNames)
        latency = LatencyMeter(last: 10_000)
        recentLatency = LatencyMeter()
        began = .now
    }

    /// Sums up a stream that has ended.
    private func endStream() throws {
        guard let name = streamSource else { return }
        streamSource = nil
        try write(recogniser.finish())
        recogniser.reset()
        try outputs.streamEnded()
        let elapsed = began.duration(to: .now).seconds
        let rate = Double(summary.frames) / max(elapsed, 1e-9)
        var line = "\(printable(name)): \(counted(summary.frames, "frame")), \(FaceText.clock(summary.duration)), "
        line += "a face in \(percent(Double(summary.framesWithFaces) / Double(max(summary.frames, 1)))) of them; "
        line += "\(fixed(rate, rate < 10 ? 1 : 0)) frames/s"
        if let median = latency.age(share: 0.5), let late = latency.age(share: 0.95) {
            line += ", latency \(fixed(median * 1e3, 1)) ms, 95 % within \(fixed(late * 1e3, 1)) ms"
        }
        try console.errors.line(line)
        guard !printsData else { return }
        for line in text.summary(summary) { try console.output.line(line) }
    }

    private func print(_ result: FrameResult) throws {
        if arguments[SharedOptions.json] {
            try console.output.line(json.value(result).text())
        } else if result.isPicture, !printsData {
            for line in text.lines(result.faces) { try console.output.line("\(printable(result.source)): \(line)") }
        }
    }

    /// Ends all outputs, also after a failure.
    func finish() throws {
        if streamSource != nil { try write(recogniser.finish()) }
        try outputs.finish(console)
        try endStream()
        if hasPictureWithoutFace { try console.errors.line("hint: no face found: \(FaceText.noFaceHint)") }
    }

    /// How the program ends: says how many sources could not be read.
    func exitCode() throws -> ExitCode {
        guard failures > 0 else { return .done }
        let noun = sources == 1 ? "source" : "sources"
        try console.errors.line("\(failures) of \(sources) \(noun) could not be read")
        return .failed
    }
}
