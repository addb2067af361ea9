import Glibc

/// Keeps capturing from a camera or stream on a thread of its own, so that what is fetched is never old: the newest
/// frame wins, nothing queues. When a source that was running fails, it is opened again after 0.5 s, 1 s, 2 s, ... at
/// most 10 s; one that cannot be opened at first is an error. Times and numbers of frames go on then, with a gap as long
/// as the source was gone.
///
///     let capture = LiveCapture("0", options: options) { print($0) }
///     while let frame = try capture.next() { ... }
public final class LiveCapture: FrameSource {
    public enum State: Sendable, Equatable, CustomStringConvertible {
        case connecting
        /// Frames come; the text describes the source.
        case running(String)
        /// Frames come but show almost nothing: a closed cover, no light.
        case dark(String)
        /// It will be opened again after so many seconds.
        case waiting(reason: String, seconds: Double)
        case ended

        public var description: String {
            switch self {
            case .connecting: "connecting"
            case .running(let source): source
            case .dark(let source):
                "\(source): the picture is almost black; is the cover closed, is there light?"
            case .waiting(let reason, let seconds): "\(reason); trying again in \(seconds) s"
            case .ended: "ended"
            }
        }
    }

    public let isLive = true
    public let cancellation: Cancellation
    public let description: String
    private let mailbox: Mailbox<Frame>
    private let thread: CaptureThread

    /// Starts capturing. `onChange` is called on the capturing thread.
    ///
    /// Throws `CaptureError.cannotOpen` for an address of an unknown kind.
    public convenience init(
        _ address: String, options: CaptureOptions = CaptureOptions(),
        onChange: @escaping @Sendable (State) -> Void = { _ in }
    ) throws(CaptureError) {
        let parsed = try FrameAddress(address)
        self.init(name: parsed.name, options: options, onChange: onChange) {
            try FrameSources.open(parsed, options: $0)
        }
    }

    /// Starts capturing from whatever `open` opens; it is called again for each new attempt, on the capturing thread.
    public init(
        name: String, options: CaptureOptions, onChange: @escaping @Sendable (State) -> Void = { _ in },
        open: @escaping @Sendable (CaptureOptions) throws -> any FrameSource
    ) {
        let outer = options.cancellation
        let cancellation = Cancellation { outer.isCancelled }
        let mailbox = Mailbox<Frame>()
        var inner = options
        inner.cancellation = cancellation
        let loop = CaptureLoop(name: name, options: inner, mailbox: mailbox, onChange: onChange, open: open)
        self.cancellation = cancellation
        self.mailbox = mailbox
        description = name
        thread = CaptureThread { loop.run() }
    }

    deinit {
        cancellation.cancel()
        thread.join()
    }

    /// Frames that were captured but replaced by newer ones before anybody fetched them.
    public var droppedFrames: Int { mailbox.lostCount }

    /// The newest frame not fetched yet, waiting for it; `nil` when it ended or was cancelled. Throws `CaptureError`
    /// when the source could not be opened.
    public func next() throws -> Frame? { try mailbox.take(cancellation, seconds: .infinity) }

    /// As `next`, but waits no longer than so many seconds.
    public func next(within seconds: Double) throws -> Frame? { try mailbox.take(cancellation, seconds: seconds) }
}

/// What the capturing thread does.
private struct CaptureLoop: Sendable {
    let name: String
    let options: CaptureOptions
    let mailbox: Mailbox<Frame>
    let onChange: @Sendable (LiveCapture.State) -> Void
    let open: @Sendable (CaptureOptions) throws -> any FrameSource

    func run() {
        var failure: (any Error)?
        var hasRun = false, attempt = 0
        var clock = ContinuedClock()
        while !options.cancellation.isCancelled {
            onChange(.connecting)
            do {
                let source = try open(options)
                let frames = try deliver(source, &clock, &hasRun, &attempt)
                if !source.isLive { break }
                if frames > 0 { hasRun = true }
                failure = CaptureError.disconnected(source: name, reason: "closed by the other side")
            } catch {
                failure = error
            }
            if !hasRun || options.cancellation.isCancelled { break }
            let seconds = min(0.5 * Double(1 << min(attempt, 5)), 10)
            attempt += 1
            onChange(.waiting(reason: failure.map { "\($0)" } ?? "", seconds: seconds))
            failure = nil
            _ = options.cancellation.sleep(seconds: seconds)
        }
        mailbox.close(options.cancellation.isCancelled ? nil : failure)
        onChange(.ended)
    }

    private func deliver(
        _ source: any FrameSource, _ clock: inout ContinuedClock, _ hasRun: inout Bool, _ attempt: inout Int
    ) throws -> Int {
        var darkness = DarknessDetector()
        var frames = 0
        while var frame = try source.next() {
            clock.stamp(&frame, isFirst: frames == 0)
            if frames == 0 { onChange(.running(source.description)) }
            frames += 1
            hasRun = true
            attempt = 0
            if let isDark = darkness.add(frame.image) {
                onChange(isDark ? .dark(source.description) : .running(source.description))
            }
            mailbox.put(frame)
        }
        return frames
    }
}

/// Times and numbers of frames that go on where they were when a source is opened again: each opening counts its own
/// from 0, and whoever follows faces must not see time stand still until it has caught up.
package struct ContinuedClock {
    private var last: (time: Double, index: Int, capturedAt: ContinuousClock.Instant)?
    private var timeOffset = 0.0
    private var indexOffset = 0

    package init() {}

    /// - Parameter isFirst: the frame is the first since the source was opened.
    package mutating func stamp(_ frame: inout Frame, isFirst: Bool) {
        if isFirst, let last {
            timeOffset = last.time + max(0, seconds(last.capturedAt.duration(to: frame.capturedAt))) - frame.time
            indexOffset = last.index + 1 - frame.index
        }
        frame.time += timeOffset
        frame.index += indexOffset
        last = (frame.time, frame.index, frame.capturedAt)
    }
}

/// Notices when a camera sees nothing.
package struct DarknessDetector {
    private var isDark = false
    private var count = 0
    /// About a second.
    package static let frames = 30

    package init() {}

    /// Whether it has become dark (true) or bright (false) with this picture; `nil` if nothing changed.
    package mutating func add(_ image: Image) -> Bool? {
        let mean = DarknessDetector.brightness(image)
        // Two thresholds, so that noise around one doesn't flicker.
        count = mean < (isDark ? 14 : 10) ? count + 1 : 0
        if !isDark, count >= DarknessDetector.frames {
            isDark = true
            return true
        }
        if isDark, count == 0 {
            isDark = false
            return false
        }
        return nil
    }

    /// The mean of a sample of the picture, from 0 to 255.
    static func brightness(_ image: Image) -> Double {
        let step = max(1, image.pixels.count / 4096 | 1)
        var sum = 0, count = 0
        for i in stride(from: 0, to: image.pixels.count, by: step) {
            sum += Int(image.pixels[i])
            count += 1
        }
        return Double(sum) / Double(max(count, 1))
    }
}

/// A thread that runs one closure.
final class CaptureThread: Sendable {
    private let handle: pthread_t

    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    init(_ run: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { argument in
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(Work(run)).toOpaque())
        precondition(status == 0, "cannot start a thread (error \(status))")
        self.handle = handle
    }

    /// Waits until it has ended; called once. From the thread itself it only lets go.
    func join() {
        if pthread_equal(handle, pthread_self()) != 0 { pthread_detach(handle) } else { pthread_join(handle, nil) }
    }
}
