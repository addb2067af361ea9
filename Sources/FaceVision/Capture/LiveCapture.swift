import Glibc
import MediaFiles
import Threads

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
