import MediaFiles

/// One picture of a camera, video, stream, folder or file.
public struct Frame: Sendable {
    public var image: Image
    /// Seconds since the source's first frame: the time stamp in a video, the time of arrival of a live source.
    public var time: Double
    /// Seconds until the next frame; of the last one, its own length. `nil` where that is not known when the frame comes:
    /// of live sources, pipes and pictures.
    public var duration: Double?
    /// 0 for the first frame of its file or stream; counts frames that a live source dropped too.
    public var index: Int
    /// When the camera took it, where it says so; else when it arrived.
    public var capturedAt: ContinuousClock.Instant
    /// The file, device or address it comes from, without passwords.
    public var source: String
    /// The time stamp in its file, in seconds, that counts as 0; `nil` where there is none.
    package var origin: Double?
    /// A picture of its own, not one of a sequence.
    public var isPicture: Bool

    /// The latency so far: from capture until now.
    public var age: Duration { capturedAt.duration(to: .now) }

    public init(
        image: Image, time: Double, duration: Double? = nil, index: Int = 0, capturedAt: ContinuousClock.Instant = .now,
        source: String = "",
        isPicture: Bool = false
    ) {
        self.image = image
        self.time = time
        self.duration = duration
        self.index = index
        self.capturedAt = capturedAt
        self.source = source
        self.isPicture = isPicture
    }
}

/// The samples that frames shall have.
public enum FrameFormat: Sendable {
    case rgb
    /// Brightness only. Decoders deliver it beside the colours, which saves converting those.
    case gray

    var channels: Int { self == .rgb ? 3 : 1 }
}

/// How frames are captured.
public struct CaptureOptions: Sendable {
    public var format = FrameFormat.rgb
    /// Asked of cameras, which give the nearest they have.
    public var width = 640
    public var height = 480
    public var framesPerSecond = 30.0
    /// The camera's own format, such as `MJPG` or `YUYV`; `nil` lets size and rate decide.
    public var cameraFormat: String?
    /// Seconds without a frame after which a stream or camera counts as stalled.
    public var timeout = 10.0
    /// Threads that decode a video; `nil`: all processors for files, one for live sources.
    public var decodingThreads: Int?
    public var cancellation = Cancellation()

    public init(format: FrameFormat = .rgb) { self.format = format }
}

/// Frames, one after the other. Used by one thread at a time; its `cancellation` by any.
public protocol FrameSource: AnyObject {
    /// What it is, for people: `/dev/video0, YUYV 640 x 480, 30 frames/s`.
    var description: String { get }
    /// Whether frames come by themselves: those not fetched in time are lost.
    var isLive: Bool { get }
    /// Makes `next` return `nil` within about 100 ms.
    var cancellation: Cancellation { get }
    /// Whether more may come after an error: a folder goes on with its next file.
    var continuesAfterErrors: Bool { get }
    /// What was left out without an error, one line each: damaged pieces of a video.
    var warnings: [String] { get }

    /// Goes on behind the file that is called `source` in its frames, if that is the one that is being read. Whether
    /// there may be another file; without, nothing is left out.
    func leave(_ source: String) -> Bool

    /// The next frame, waiting for it; `nil` at the end and when cancelled. Throws `CaptureError` or `ImageError`.
    func next() throws -> Frame?
}

extension FrameSource {
    public var continuesAfterErrors: Bool { false }
    public var warnings: [String] { [] }
    public func leave(_ source: String) -> Bool { false }
}
