/// A video file that is played: at its own speed, as a camera would deliver it, or again and again.
public final class PlaybackSource: FrameSource {
    private let path: String
    private let options: CaptureOptions
    private let isPaced: Bool
    private var repeats: Int
    private var current: any FrameSource
    private var started: ContinuousClock.Instant?
    private var offset = 0.0
    private var lastTime = 0.0
    private var step = 0.04
    private var index = 0
    private var collected: [String] = []

    public let isLive = false
    public var cancellation: Cancellation { options.cancellation }
    public var description: String { current.description }
    public var warnings: [String] { collected + current.warnings }

    /// - Parameters:
    ///   - isPaced: frames come when their time has come, and count as captured then.
    ///   - repeats: how often it is played, one after the other, with times that go on.
    ///
    /// Throws `CaptureError`.
    public init(_ path: String, options: CaptureOptions = CaptureOptions(), isPaced: Bool, repeats: Int = 1) throws {
        precondition(repeats > 0)
        self.path = path
        self.options = options
        self.isPaced = isPaced
        self.repeats = repeats
        current = try FrameSources.open(path, options: options)
    }

    public func next() throws -> Frame? {
        while true {
            if var frame = try current.next() {
                let time = frame.time + offset
                if time > lastTime { step = time - lastTime }
                lastTime = max(lastTime, time)
                frame.time = time
                frame.index = index
                index += 1
                return isPaced ? paced(frame) : frame
            }
            repeats -= 1
            guard repeats > 0, index > 0, !cancellation.isCancelled else { return nil }
            offset = lastTime + step
            // Every round has the same to say; once is enough.
            if collected.isEmpty { collected = current.warnings }
            current = try FrameSources.open(path, options: options)
        }
    }

    private func paced(_ frame: Frame) -> Frame? {
        var frame = frame
        // The clock starts with the first frame.
        let begin = started ?? .now - .seconds(frame.time)
        started = begin
        let due = begin + .seconds(frame.time)
        let wait = seconds(ContinuousClock.now.duration(to: due))
        if wait > 0, !cancellation.sleep(seconds: wait) { return nil }
        frame.capturedAt = due
        return frame
    }
}
