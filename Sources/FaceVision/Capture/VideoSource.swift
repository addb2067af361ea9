import CFFmpeg
import MediaFiles
import TextCoding
import Timing

/// The frames of a video file, a pipe or a stream from the network.
final class VideoSource: FrameSource {
    private let ffmpeg: FFmpeg
    private let container: VideoContainer
    private let decoder: VideoDecoder
    private let converter: FrameConverter
    private let orientation: Orientation
    private let frameDuration: Double
    private var packet: UnsafeMutablePointer<AVPacket>?

    private(set) var isLive: Bool
    /// Whether this program wrote the video.
    var isDrawn: Bool { container.isDrawn }
    let cancellation: Cancellation
    let description: String
    private(set) var warnings: [String] = []

    private var frames = 0
    private var packets = 0
    private var damagedPieces = 0
    private var lastDamage: Int32 = 0
    private var readingFailures = 0
    private var hasEnded = false
    /// Why reading ended before the end.
    private var endCode: Int32?
    /// What was decoded to see whether more than one frame comes.
    private var ahead: [Result<Frame, CaptureError>] = []
    private var hasLookedAhead = false
    /// The time stamp that counts as 0, and the time of the last frame.
    private var timeOrigin = 0.0
    private var firstPlace = 0.0
    private var lastTime = 0.0
    private var lastDuration = 0.0
    private var lastStep = 0.0
    private var started = ContinuousClock.now

    init(_ ffmpeg: FFmpeg, _ container: VideoContainer, options: CaptureOptions) throws(CaptureError) {
        let parameters = container.parameters
        let isLive = container.isLive
        guard
            let decoder = VideoDecoder(
                ffmpeg, codec: parameters.pointee.codec_id, parameters: parameters,
                threads: options.decodingThreads ?? (isLive ? 1 : 0), isLive: isLive)
        else { throw .cannotOpen(source: container.name, reason: "no decoder for this kind of video") }
        self.ffmpeg = ffmpeg
        self.container = container
        self.decoder = decoder
        self.isLive = isLive
        converter = FrameConverter(ffmpeg, format: options.format, name: container.name)
        orientation = container.orientation
        frameDuration = 1 / (container.framesPerSecond ?? 25)
        cancellation = options.cancellation
        packet = ffmpeg.av_packet_alloc()
        let size =
            parameters.pointee.width > 0
            ? " \(parameters.pointee.width) x \(parameters.pointee.height)" : ""
        description = "\(container.name), \(container.formatName)\(size)"
        if isLive, container.holdsPictures { try lookAhead() }
    }

    deinit { ffmpeg.av_packet_free(&packet) }

    /// Whether it comes through a pipe, whose other end sets the pace.
    var isPipe: Bool { container.isPipe }

    func next() throws -> Frame? {
        if !isLive, !hasLookedAhead { try lookAhead() }
        if ahead.isEmpty || cancellation.isCancelled { return try decode() }
        var frame = try ahead.removeFirst().get()
        // How long a frame lasts is known when the next one is there. Files can wait for that, pipes would be late.
        guard !isLive, !container.isPipe else { return frame }
        if ahead.isEmpty, let next = decodeNext() { ahead.append(next) }
        frame.duration = (try? ahead.first?.get()).map { $0.time - frame.time } ?? lengthOfLast
        frame.capturedAt = .now
        return frame
    }

    /// A frame or what went wrong; `nil` at the end.
    private func decodeNext() -> Result<Frame, CaptureError>? {
        do throws(CaptureError) {
            return try decode().map { .success($0) }
        } catch {
            return .failure(error)
        }
    }

    /// What the container says, else the last distance of two frames.
    private var lengthOfLast: Double { lastDuration > 0 ? lastDuration : lastStep > 0 ? lastStep : frameDuration }

    /// A video that ends with its first frame is a picture: formats of pictures that FFmpeg knows, from files and from
    /// addresses, all look like videos to it.
    private func lookAhead() throws(CaptureError) {
        hasLookedAhead = true
        guard var first = try decode() else { return }
        let second = decodeNext()
        if second == nil, !cancellation.isCancelled {
            first.isPicture = true
            isLive = false
        }
        ahead = [.success(first)]
        if let second { ahead.append(second) }
    }

    private func decode() throws(CaptureError) -> Frame? {
        container.limit.restart()
        while !cancellation.isCancelled, !hasEnded {
            switch decoder.receive() {
            case .frame(let frame): return try makeFrame(frame)
            case .needsPacket: try feed()
            case .failed(let code): try noteDamage(code)
            case .ended:
                hasEnded = true
                try finish()
            }
        }
        return nil
    }

    private func makeFrame(_ decoded: UnsafePointer<AVFrame>) throws(CaptureError) -> Frame {
        let now = ContinuousClock.now
        let image = try converter.image(decoded, pixelAspect: container.pixelAspect(of: decoded), frames: frames)
        let turn = fermusic_frame_matrix(ffmpeg.table, decoded).map(Orientation.init(matrix:)) ?? orientation
        if frames == 0 { started = now }
        let time = isLive ? started.duration(to: now).seconds : presentationTime(decoded)
        defer { frames += 1 }
        readingFailures = 0
        var frame = Frame(
            image: image.turned(turn), time: time, index: frames, capturedAt: now, source: container.name)
        if !isLive { frame.origin = firstPlace }
        return frame
    }

    /// Seconds since the first frame. Time stamps that are missing or jump back go on from the last.
    private func presentationTime(_ frame: UnsafePointer<AVFrame>) -> Double {
        let stamp = frame.pointee.best_effort_timestamp
        let before = lastTime
        defer { lastStep = lastTime - before }
        let place = Double(stamp) * container.timeUnit
        // A damaged file can say anything; 10^12 seconds are 30,000 years.
        let isKnown = stamp != fermusic_no_timestamp && abs(place) <= 1e12
        if frames == 0 {
            timeOrigin = isKnown ? place : 0
            firstPlace = timeOrigin
            lastTime = 0
        } else if isKnown, place - timeOrigin > lastTime {
            lastTime = place - timeOrigin
        } else {
            lastTime += frameDuration
            if isKnown { timeOrigin = place - lastTime }
        }
        return lastTime
    }

    /// Hands the decoder one packet more.
    private func feed() throws(CaptureError) {
        guard let packet else { throw failure(FFmpeg.outOfMemory) }
        let status = container.read(packet)
        if cancellation.isCancelled { return }
        switch status {
        case 0...:
            packets += 1
            let length = Double(packet.pointee.duration) * container.timeUnit
            lastDuration = length <= 1e12 ? length : 0
            let sent = decoder.send(packet)
            ffmpeg.av_packet_unref(packet)
            if sent < 0, sent != FFmpeg.tryAgain { try noteDamage(sent) }
        case FFmpeg.tryAgain: _ = cancellation.sleep(seconds: 0.002)
        case FFmpeg.endOfFile:
            if container.hasStalled { endCode = FFmpeg.stopped }
            _ = decoder.send(nil)
        // How a closed connection shows in the middle of a stream of pictures.
        case FFmpeg.inputOutput where isLive && frames > 0 && !container.limit.hasExpired: _ = decoder.send(nil)
        case FFmpeg.badData where !isLive && readingFailures < 20 && !container.hasStalled:
            // A damaged place in a file; what follows may be sound.
            readingFailures += 1
            try noteDamage(status)
        default:
            // The frames that the decoder still holds come first.
            endCode = container.limit.hasExpired || container.hasStalled ? FFmpeg.stopped : status
            _ = decoder.send(nil)
        }
    }

    private func noteDamage(_ code: Int32) throws(CaptureError) {
        damagedPieces += 1
        lastDamage = code
        if isLive, container.limit.shouldStop { throw failure(code) }
    }

    private func failure(_ code: Int32) -> CaptureError {
        hasEnded = true
        if container.limit.hasExpired || code == FFmpeg.stopped {
            return .stalled(source: container.name, seconds: container.limit.seconds)
        }
        let reason = reason(code)
        return isLive
            ? .disconnected(source: container.name, reason: reason)
            : .damaged(source: container.name, frames: frames, reason: reason)
    }

    private func reason(_ code: Int32) -> String {
        if frames == 0, container.isPipe, container.formatName == "mov" {
            return "its index is missing, or at its end, where a pipe cannot go back from: give the file itself"
        }
        return ffmpeg.message(code)
    }

    /// Says at the end what was wrong.
    private func finish() throws(CaptureError) {
        if let endCode { throw failure(endCode) }
        if frames == 0 {
            let reason = damagedPieces > 0 ? reason(lastDamage) : "it holds none"
            throw .damaged(source: container.name, frames: 0, reason: reason)
        }
        if damagedPieces > 0 {
            let what = damagedPieces == 1 ? "1 damaged piece was" : "\(damagedPieces) damaged pieces were"
            warnings.append("\(container.name): \(what) left out")
        }
        if isLive { return }
        let end = lastTime + max(frameDuration, lastDuration)
        if packets < container.promisedFrames {
            // Edit lists leave frames out that the number counts.
            if let promised = container.promisedVideoSeconds, end > promised - max(0.1, 2 * frameDuration) { return }
            warnings.append(
                "\(container.name): cut off: \(packets) of \(counted(container.promisedFrames, "frame")) there")
        } else if let promised = container.promisedSeconds(after: firstPlace) {
            // Sound may go on a little longer than the pictures.
            if promised - end > max(0.5, promised * 0.1) {
                warnings.append(
                    "\(container.name): damaged or cut off: frames until \(CaptureError.short(end)) s of "
                        + "\(CaptureError.short(promised)) s")
            }
        }
    }
}
