import EmotionRecognition
import FaceVision
import NeuralNet
import Terminal

/// Reads sources to their end: single pictures and streams, with all that the user wants written.
final class FaceStream {
    private let arguments: Arguments
    private let console: Console
    private let readers: FaceReaders
    private let outputs: StreamOutputs
    private let text: FaceText
    private let signals: SignalWatcher
    private var tracker: MoodTracker
    private var summary: MoodSummary
    private var streamSource: String?
    private var began = ContinuousClock.now
    private(set) var sources = 0
    private(set) var failures = 0
    /// Called for each frame with what was found.
    var frameEnded: (Frame, FrameResult) throws -> Void = { _, _ in }

    let latency = LatencyMeterBox()

    init(_ a: Arguments, _ console: Console, signals: SignalWatcher) throws {
        arguments = a
        self.console = console
        self.signals = signals
        let model = try SharedOptions.readModel(a)
        let threads = SharedOptions.threadPool(a)
        readers = try FaceReaders(
            model, a, threads, options: StreamOptions.readerOptions(a), precision: SharedOptions.precision(a))
        outputs = try StreamOutputs(a, console, classNames: readers.classNames)
        text = FaceText(classNames: readers.classNames)
        tracker = StreamOptions.tracker(a)
        summary = MoodSummary(classNames: readers.classNames)
    }

    var classNames: [String] { readers.classNames }

    /// Colours only where they are shown: brightness alone is cheaper to decode, and all that detectors and most networks
    /// look at.
    var captureOptions: CaptureOptions {
        var options = CaptureOptions(format: outputs.needsColor || needsColor ? .rgb : .gray)
        let signals = signals
        options.cancellation = Cancellation { signals.received != nil }
        return options
    }

    /// Set where pictures are shown.
    var needsColor: Bool {
        get { wantsColor || readers.whole.recogniser.emotionModel.card.input.channels == 3 }
        set { wantsColor = newValue }
    }
    private var wantsColor = false

    /// Seconds until the calibration ends, if there is one.
    func calibrationRemaining(at time: Double) -> Double? { tracker.calibrationRemaining(at: time) }

    /// All frames of a source. An error in a source that can go on is reported and counted, others are thrown.
    func read(_ source: any FrameSource) throws {
        while signals.received == nil {
            do {
                guard let frame = try source.next() else { break }
                if let limit = arguments[StreamOptions.seconds], !frame.isPicture, frame.time > limit { break }
                try read(frame)
            } catch let error as FaceReaders.Unavailable {
                throw error.reason
            } catch  where source.continuesAfterErrors && (error is CaptureError || error is ImageError) {
                try report(error)
            }
        }
        try endStream()
        for warning in source.warnings { try console.errors.line("warning: \(printable(warning))") }
    }

    /// Reports an input that could not be read.
    func report(_ error: any Error) throws {
        failures += 1
        sources += 1
        try console.errors.line("error: \(printable("\(error)"))")
    }

    private func read(_ frame: Frame) throws {
        let result: FrameResult
        if frame.isPicture {
            try endStream()
            sources += 1
            let faces = try readers.read(frame.image)
            result = FrameResult(
                source: frame.source, index: 0, time: 0, faces: faces, group: GroupMood(faces), events: [],
                timing: FrameTiming())
            try printPicture(result)
        } else {
            if streamSource != frame.source { try beginStream(frame) }
            result = try tracker.process(frame, using: readers.forStreams())
            summary.add(result)
            latency.meter.add(frame)
        }
        try outputs.add(frame, result)
        try frameEnded(frame, result)
    }

    private func beginStream(_ frame: Frame) throws {
        try endStream()
        sources += 1
        streamSource = frame.source
        tracker = StreamOptions.tracker(arguments)
        summary = MoodSummary(classNames: readers.classNames)
        latency.meter = LatencyMeter(last: 10_000)
        began = .now
    }

    /// Sums up a stream that has ended.
    private func endStream() throws {
        guard let name = streamSource else { return }
        streamSource = nil
        let elapsed = began.duration(to: .now).secondsValue
        let rate = Double(summary.frames) / max(elapsed, 1e-9)
        var line = "\(printable(name)): \(summary.frames) frames, \(FaceText.clock(summary.duration)), "
        line += "a face in \(percent(Double(summary.framesWithFaces) / Double(max(summary.frames, 1)))) of them; "
        line += "\(fixed(rate, rate < 10 ? 1 : 0)) frames/s"
        if let median = latency.meter.age(share: 0.5), let late = latency.meter.age(share: 0.95) {
            line += ", latency \(fixed(median * 1e3, 1)) ms, 95 % within \(fixed(late * 1e3, 1)) ms"
        }
        try console.errors.line(line)
        guard !printsData else { return }
        for line in text.summary(summary) { try console.output.line(line) }
    }

    /// Whether standard output is for programs.
    var printsData: Bool {
        arguments[SharedOptions.json] || arguments[StreamOptions.jsonLines]?.string == "-"
            || arguments[StreamOptions.csv]?.string == "-"
    }

    private func printPicture(_ result: FrameResult) throws {
        if arguments[SharedOptions.json] {
            let faces = result.faces.map { FrameJSON.value($0, classNames: classNames) }
            let object: JSONValue = ["file": .string(result.source), "faces": .array(faces)]
            try console.output.line(object.text())
        } else if !printsData {
            for line in text.lines(result.faces) { try console.output.line("\(printable(result.source)): \(line)") }
        }
    }

    /// Ends all outputs.
    func finish() throws { try outputs.finish(console) }
}

/// A latency meter that others can look at while frames come.
final class LatencyMeterBox {
    var meter = LatencyMeter()
}
