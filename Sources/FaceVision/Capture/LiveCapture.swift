import Glibc
import Synchronization
import Threads
import Timing

/// Keeps capturing from a camera or stream on a thread of its own, so that what is fetched is never old: the newest
/// frame wins, nothing queues. When a source that was running fails, it is opened again after 0.5 s, 1 s, 2 s, ... at
/// most 10 s; one that cannot be opened at first is an error. Times and numbers of frames go on then, with a gap as long
/// as the source was gone.
///
/// Sources that are not live are read once: a video file, say, which then loses frames as a camera would. Pictures are
/// never dropped.
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
    /// Whether the error that `next` has just thrown is that of one file of a folder.
    public private(set) var continuesAfterErrors = false
    private let mailbox: Mailbox<Result<Frame, any Error>>
    private let notes: CaptureNotes
    private let thread: WorkerThread

    /// Starts capturing. `onChange` is called on the capturing thread.
    ///
    /// - Parameter keepsRecorded: of a source that is not live every frame comes, however late.
    ///
    /// Throws `CaptureError.cannotOpen` for an address of an unknown kind.
    public convenience init(
        _ address: String, options: CaptureOptions = CaptureOptions(), keepsRecorded: Bool = false,
        onChange: @escaping @Sendable (State) -> Void = { _ in }
    ) throws(CaptureError) {
        let parsed = try FrameAddress(address)
        self.init(name: parsed.name, options: options, keepsRecorded: keepsRecorded, onChange: onChange) {
            try FrameSources.open(parsed, options: $0)
        }
    }

    /// Starts capturing from whatever `open` opens; it is called again for each new attempt, on the capturing thread.
    public init(
        name: String, options: CaptureOptions, keepsRecorded: Bool = false,
        onChange: @escaping @Sendable (State) -> Void = { _ in },
        open: @escaping @Sendable (CaptureOptions) throws -> any FrameSource
    ) {
        let outer = options.cancellation
        let cancellation = Cancellation { outer.isCancelled }
        let mailbox = Mailbox<Result<Frame, any Error>>(), notes = CaptureNotes()
        var inner = options
        inner.cancellation = cancellation
        let loop = CaptureLoop(
            name: name, options: inner, keepsRecorded: keepsRecorded, mailbox: mailbox, notes: notes,
            onChange: onChange, open: open)
        self.cancellation = cancellation
        self.mailbox = mailbox
        self.notes = notes
        description = name
        thread = WorkerThread { loop.run() }
    }

    deinit {
        cancellation.cancel()
        thread.join()
    }

    /// Frames that were captured but replaced by newer ones before anybody fetched them.
    public var droppedFrames: Int { mailbox.lostCount }

    /// What the sources that have ended left out.
    public var warnings: [String] { notes.warnings }

    /// The newest frame not fetched yet, waiting for it; `nil` when it ended or was cancelled. Throws `CaptureError`
    /// when the source could not be opened, and what a source throws that is not opened again.
    public func next() throws -> Frame? { try next(within: .infinity) }

    /// As `next`, but waits no longer than so many seconds.
    public func next(within seconds: Double) throws -> Frame? {
        continuesAfterErrors = false
        switch try mailbox.take(cancellation, seconds: seconds) {
        case .success(let frame)?: return frame
        case .failure(let error)?:
            continuesAfterErrors = true
            throw error
        case nil: return nil
        }
    }
}

/// Warnings of the capturing thread for the one that reads.
private final class CaptureNotes: Sendable {
    private let lines = Mutex<[String]>([])
    /// A bad stream that comes back again and again says the same.
    private static let most = 100

    var warnings: [String] { lines.withLock { $0 } }

    func add(_ warnings: [String]) {
        lines.withLock { lines in lines += warnings.prefix(CaptureNotes.most - lines.count) }
    }
}

/// What the capturing thread does.
private struct CaptureLoop: Sendable {
    let name: String
    let options: CaptureOptions
    let keepsRecorded: Bool
    let mailbox: Mailbox<Result<Frame, any Error>>
    let notes: CaptureNotes
    let onChange: @Sendable (LiveCapture.State) -> Void
    let open: @Sendable (CaptureOptions) throws -> any FrameSource

    func run() {
        var failure: (any Error)?
        var hasRun = false, attempt = 0
        var clock = ContinuedClock()
        while !options.cancellation.isCancelled {
            onChange(.connecting)
            var isRecorded = false
            do {
                let source = try open(options)
                isRecorded = !source.isLive
                defer { notes.add(source.warnings) }
                try deliver(source, &clock, &hasRun, &attempt)
                if !isRecorded {
                    failure = CaptureError.disconnected(source: name, reason: "closed by the other side")
                }
            } catch {
                failure = error
            }
            if isRecorded || !hasRun || options.cancellation.isCancelled { break }
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
    ) throws {
        var darkness = DarknessDetector()
        let keepsAll = keepsRecorded && !source.isLive
        var isFirst = true
        while !options.cancellation.isCancelled {
            do {
                guard var frame = try source.next() else { return }
                clock.stamp(&frame, isFirst: isFirst)
                if isFirst { onChange(.running(source.description)) }
                isFirst = false
                hasRun = true
                attempt = 0
                if source.isLive, let isDark = darkness.add(frame.image) {
                    onChange(isDark ? .dark(source.description) : .running(source.description))
                }
                mailbox.put(.success(frame), isKept: keepsAll || frame.isPicture, options.cancellation)
            } catch  where source.continuesAfterErrors {
                mailbox.put(.failure(error), isKept: true, options.cancellation)
            }
        }
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
            timeOffset = last.time + max(0, last.capturedAt.duration(to: frame.capturedAt).seconds) - frame.time
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
