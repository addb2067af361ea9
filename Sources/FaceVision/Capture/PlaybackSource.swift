import MediaFiles
import Timing

/// A video, or a folder of videos and pictures, that is played: at its own speed, as a camera would deliver it, or again
/// and again. Cameras and live streams go through as they are.
public final class PlaybackSource: FrameSource {
    private let path: String
    private let options: CaptureOptions
    private let isPaced: Bool
    private let repeats: Int
    private var current: any FrameSource
    private var round = 0
    private var roundHasFrames = false
    /// The file that plays.
    private var name: String?
    private var started: ContinuousClock.Instant?
    private var offset = 0.0
    private var lastTime = 0.0
    private var step = 0.04
    private var index = 0
    private var collected: [String] = []

    public var isLive: Bool { current.isLive }
    public var cancellation: Cancellation { options.cancellation }
    public var description: String { current.description }
    public var continuesAfterErrors: Bool { current.continuesAfterErrors }
    /// Every round has the same to say; once is enough.
    public var warnings: [String] { collected.isEmpty ? current.warnings : collected }

    /// - Parameters:
    ///   - path: anything that `FrameSources.open` opens.
    ///   - isPaced: frames come when their time has come, and count as captured then. A pipe sets its pace itself.
    ///   - repeats: how often it is played, one after the other, at least once; the times of a file that comes again at once go on.
    ///
    /// Throws `CaptureError`.
    public init(_ path: String, options: CaptureOptions = CaptureOptions(), isPaced: Bool, repeats: Int = 1) throws {
        self.path = path
        self.options = options
        self.isPaced = isPaced
        self.repeats = max(repeats, 1)
        current = try FrameSources.open(path, options: options)
    }

    public func leave(_ source: String) -> Bool { current.leave(source) }

    public func next() throws -> Frame? {
        while true {
            do {
                if let frame = try current.next() {
                    roundHasFrames = true
                    return frame.isPicture || current.isLive ? frame : stamped(frame)
                }
            } catch {
                if round > 0, current.continuesAfterErrors { continue }
                throw error
            }
            guard try playAgain() else { return nil }
        }
    }

    /// Begins the next round; false if there is none.
    private func playAgain() throws -> Bool {
        round += 1
        guard round < repeats, roundHasFrames, !current.isLive, !cancellation.isCancelled else { return false }
        roundHasFrames = false
        offset = lastTime + step
        if collected.isEmpty { collected = current.warnings }
        current = try FrameSources.open(path, options: options)
        return true
    }

    private func stamped(_ frame: Frame) -> Frame? {
        if frame.source != name {
            name = frame.source
            (offset, lastTime, index) = (0, 0, 0)
            started = nil
        }
        var frame = frame
        frame.time += offset
        frame.index = index
        if let duration = frame.duration {
            step = duration
        } else if frame.time > lastTime {
            step = frame.time - lastTime
        }
        lastTime = max(lastTime, frame.time)
        index += 1
        let isPipe = (current as? VideoSource)?.isPipe ?? false
        return isPaced && !isPipe ? paced(frame) : frame
    }

    private func paced(_ frame: Frame) -> Frame? {
        var frame = frame
        // The clock starts with the first frame.
        let begin = started ?? .now - .seconds(frame.time)
        started = begin
        let due = begin + .seconds(frame.time)
        let wait = ContinuousClock.now.duration(to: due).seconds
        if wait > 0, !cancellation.sleep(seconds: wait) { return nil }
        frame.capturedAt = due
        return frame
    }
}
