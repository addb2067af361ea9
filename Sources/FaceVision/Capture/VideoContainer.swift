import CFFmpeg
import Glibc
import MediaFiles

/// The video packets of a file, pipe or address.
final class VideoContainer {
    let name: String
    let limit: WaitLimit
    private let ffmpeg: FFmpeg
    private let input: StreamInput?
    private let maximumPixels: Int
    private var io: UnsafeMutablePointer<AVIOContext>?
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private var stream: UnsafeMutablePointer<AVStream>!
    private(set) var isLive = false

    /// Opens a file or pipe; `format` is FFmpeg's name of its format where that is known.
    /// Throws `CaptureError`.
    init(
        _ ffmpeg: FFmpeg, input: StreamInput, format: String?, maximumPixels: Int = ImageFile.maximumPixels
    ) throws(CaptureError) {
        self.maximumPixels = maximumPixels
        self.ffmpeg = ffmpeg
        self.input = input
        name = input.name
        limit = input.limit
        io = input.makeContext(ffmpeg)
        // Files can name others, and addresses, to go on with: that is refused.
        try open(url: nil, format: format, settings: ["protocol_whitelist": "none"])
    }

    /// Connects to an address; `name` is what to call it. Throws `CaptureError`.
    init(_ ffmpeg: FFmpeg, url: String, name: String, limit: WaitLimit) throws(CaptureError) {
        self.ffmpeg = ffmpeg
        input = nil
        maximumPixels = ImageFile.maximumPixels
        self.name = name
        self.limit = limit
        try open(
            url: url, format: nil,
            settings: [
                "protocol_whitelist": "http,https,httpproxy,tcp,tls,udp,rtp,srtp,rtmp,rtmps,rtmpt,srt,crypto,data",
                "rtsp_flags": "prefer_tcp", "probesize": "1000000", "analyzeduration": "1000000",
                "fpsprobesize": "0",
            ])
    }

    deinit {
        ffmpeg.avformat_close_input(&context)
        StreamInput.release(&io, ffmpeg)
    }

    private func open(url: String?, format: String?, settings: [String: String]) throws(CaptureError) {
        context = ffmpeg.avformat_alloc_context()
        guard let context else { throw failure(FFmpeg.outOfMemory) }
        if input != nil {
            guard let io else { throw failure(FFmpeg.outOfMemory) }
            context.pointee.pb = io
        }
        context.pointee.interrupt_callback.opaque = Unmanaged.passUnretained(limit).toOpaque()
        context.pointee.interrupt_callback.callback = {
            Unmanaged<WaitLimit>.fromOpaque($0!).takeUnretainedValue().shouldStop ? 1 : 0
        }
        var options: OpaquePointer?
        for (key, value) in settings { _ = ffmpeg.av_dict_set(&options, key, value, 0) }
        defer { ffmpeg.av_dict_free(&options) }
        limit.restart()
        // On failure this frees the context.
        let status = fermusic_open_input(ffmpeg.table, &self.context, url, format, &options)
        guard status >= 0 else { throw failure(status) }
        try findVideo()
    }

    private func findVideo() throws(CaptureError) {
        guard let context else { return }
        // Pictures one by one say all about themselves; looking ahead would only delay the first.
        let count = Int32(context.pointee.nb_streams)
        let isPictures =
            count == 1
            && fermusic_stream(context, 0).pointee.codecpar.pointee.codec_id == AV_CODEC_ID_MJPEG
        for index in 0..<count { try checkSize(fermusic_stream(context, index)) }
        if !isPictures {
            let status = findInformation(context)
            if status < 0 { throw failure(status) }
        }
        let index = ffmpeg.av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        // A song's cover is a video stream too.
        guard index >= 0, fermusic_stream(context, index).pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 else {
            throw .noVideo(source: name)
        }
        stream = fermusic_stream(context, index)
        for other in 0..<Int32(context.pointee.nb_streams) where other != index {
            fermusic_stream(context, other).pointee.discard = AVDISCARD_ALL
        }
        try checkSize(stream)
        isLive = comesFromNetwork && context.pointee.duration <= 0 && fermusic_is_seekable(context) == 0
    }

    private func checkSize(_ stream: UnsafeMutablePointer<AVStream>) throws(CaptureError) {
        let width = Int(stream.pointee.codecpar.pointee.width), height = Int(stream.pointee.codecpar.pointee.height)
        guard width * height <= maximumPixels else {
            throw .tooLarge(source: name, width: width, height: height)
        }
    }

    /// Lets FFmpeg read ahead until it knows the streams. Decoders it tries are bound to the same limits as ours.
    private func findInformation(_ context: UnsafeMutablePointer<AVFormatContext>) -> Int32 {
        let count = Int(context.pointee.nb_streams)
        var options = [OpaquePointer?](repeating: nil, count: count)
        for i in 0..<count { _ = ffmpeg.av_dict_set(&options[i], "max_pixels", "\(maximumPixels)", 0) }
        defer { for i in 0..<count { ffmpeg.av_dict_free(&options[i]) } }
        return ffmpeg.avformat_find_stream_info(context, &options)
    }

    private var comesFromNetwork: Bool { input?.isConnection ?? true }

    /// Whether this program wrote it.
    var isDrawn: Bool {
        fermusic_tag(ffmpeg.table, context, VideoMark.key).map { String(cString: $0) == VideoMark.value } ?? false
    }

    var parameters: UnsafeMutablePointer<AVCodecParameters> { stream.pointee.codecpar }

    /// FFmpeg's short name of the format, the first if it has several.
    var formatName: String {
        context.map { String(cString: fermusic_format_name($0)).prefix { $0 != "," } }.map(String.init) ?? ""
    }

    /// Seconds per unit of time stamps.
    var timeUnit: Double { Double(stream.pointee.time_base.num) / Double(max(stream.pointee.time_base.den, 1)) }

    /// As the container says or FFmpeg guesses; `nil` if neither.
    var framesPerSecond: Double? {
        let rate = ffmpeg.av_guess_frame_rate(context, stream, nil)
        let value = rate.den > 0 ? Double(rate.num) / Double(rate.den) : 0
        return value > 0 && value <= 1000 ? value : nil
    }

    /// How many frames the container promises; 0 if it doesn't. Only MP4's number can be relied on.
    var promisedFrames: Int { formatName == "mov" ? Int(stream.pointee.nb_frames) : 0 }

    /// Seconds from the first frame, whose time stamp is `origin` seconds, to the end that the header or the last packets
    /// promise; `nil` if neither does.
    func promisedSeconds(after origin: Double) -> Double? {
        guard let context, context.pointee.duration > 0,
            context.pointee.duration_estimation_method != AVFMT_DURATION_FROM_BITRATE
        else { return nil }
        let duration = Double(context.pointee.duration) * 1e-6
        let begin = context.pointee.start_time
        let start = begin == fermusic_no_timestamp ? origin : Double(begin) * 1e-6
        // Some that write Matroska mean the last time stamp, which counts from 0, not from the first.
        if formatName == "matroska", start > 0, duration > start { return duration - origin }
        return duration - max(0, origin - start)
    }

    /// How long the video itself is as the container says, edit lists applied; `nil` if it doesn't.
    var promisedVideoSeconds: Double? {
        stream.pointee.duration > 0 ? Double(stream.pointee.duration) * timeUnit : nil
    }

    /// Width to height of the frame's pixels: as the container says, else the frame. Pictures, also moving ones that
    /// browsers show, have square pixels whatever they say.
    func pixelAspect(of frame: UnsafePointer<AVFrame>) -> Double {
        if holdsPictures || formatName == "gif" || formatName == "mjpeg" { return 1 }
        let aspect = ffmpeg.av_guess_sample_aspect_ratio(context, stream, UnsafeMutablePointer(mutating: frame))
        return aspect.num > 0 && aspect.den > 0 ? Double(aspect.num) / Double(aspect.den) : 1
    }

    /// Whether the format is one of pictures, of which several may come one after the other.
    var holdsPictures: Bool { formatName.hasSuffix("_pipe") }

    /// Whether only what comes next can be read.
    var isPipe: Bool { input.map { !$0.isSeekable && !$0.isConnection } ?? false }

    /// Whether a pipe ended because nothing came; some formats take that for their end.
    var hasStalled: Bool { input?.hasStalled ?? false }

    var orientation: Orientation {
        fermusic_stream_matrix(ffmpeg.table, stream).map(Orientation.init(matrix:)) ?? .upright
    }

    /// Puts the next packet of the video into `packet`. Returns 0 or FFmpeg's error.
    func read(_ packet: UnsafeMutablePointer<AVPacket>) -> Int32 {
        while true {
            let status = ffmpeg.av_read_frame(context, packet)
            if status < 0 || packet.pointee.stream_index == stream.pointee.index { return status }
            ffmpeg.av_packet_unref(packet)
            if limit.shouldStop { return FFmpeg.stopped }
        }
    }

    /// The error for a negative result while opening.
    private func failure(_ code: Int32) -> CaptureError {
        if limit.hasExpired || code == FFmpeg.stopped { return .stalled(source: name, seconds: limit.seconds) }
        if comesFromNetwork, code == FFmpeg.inputOutput {
            return .cannotOpen(source: name, reason: "no answer from there; is the address right?")
        }
        if code == FFmpeg.badData {
            return .cannotOpen(source: name, reason: "neither a picture nor a video, or damaged at its beginning")
        }
        if code == -EINVAL { return .cannotOpen(source: name, reason: "its header makes no sense") }
        return .cannotOpen(source: name, reason: ffmpeg.message(code))
    }
}

extension Orientation {
    /// The nearest to a display matrix: rows `a b u`, `c d v`, `x y w`, where (p, q) goes to (ap + cq, bp + dq).
    init(matrix: UnsafePointer<Int32>) {
        let a = Int(matrix[0]), b = Int(matrix[1]), c = Int(matrix[3]), d = Int(matrix[4])
        if abs(a) + abs(d) >= abs(b) + abs(c) {
            self = a >= 0 ? (d >= 0 ? .upright : .mirroredUpsideDown) : (d >= 0 ? .mirrored : .upsideDown)
        } else if b >= 0 {
            self = c >= 0 ? .transposed : .turnClockwise
        } else {
            self = c >= 0 ? .turnCounterclockwise : .transposedUpsideDown
        }
    }
}
