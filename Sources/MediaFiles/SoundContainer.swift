import CFFmpeg
import Glibc

/// The packets of a file's sound: the stream that players choose.
final class SoundContainer {
    let ffmpeg: FFmpeg
    let name: String
    let limit: WaitLimit
    private let input: StreamInput
    private var io: UnsafeMutablePointer<AVIOContext>?
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private var stream: UnsafeMutablePointer<AVStream>!
    private(set) var description = SoundDescription(format: "", codec: "", rate: 0, channels: 0)
    /// Where seeking went, in seconds, where time stamps do not say it.
    private(set) var landed = 0.0

    /// Throws `MediaError`.
    init(_ ffmpeg: FFmpeg, _ input: StreamInput) throws(MediaError) {
        self.ffmpeg = ffmpeg
        self.input = input
        name = input.name
        // A file is there; a machine that is busy or asleep does not make it less so.
        limit = input.isSeekable ? WaitLimit(input.limit.cancellation, seconds: .infinity) : input.limit
        if try input.peek(16).isEmpty { throw .cannotOpen(source: name, reason: "the file is empty") }
        io = input.makeContext(ffmpeg)
        context = ffmpeg.avformat_alloc_context()
        guard let opened = context, let io else { throw .cannotOpen(source: name, reason: "out of memory") }
        opened.pointee.pb = io
        opened.pointee.interrupt_callback.opaque = Unmanaged.passUnretained(limit).toOpaque()
        opened.pointee.interrupt_callback.callback = {
            Unmanaged<WaitLimit>.fromOpaque($0!).takeUnretainedValue().shouldStop ? 1 : 0
        }
        // Files can name others, and addresses, to go on with: that is refused.
        var options: OpaquePointer?
        defer { ffmpeg.av_dict_free(&options) }
        _ = ffmpeg.av_dict_set(&options, "protocol_whitelist", "none", 0)
        limit.restart()
        // On failure this frees the context.
        let status = fermusic_open_input(ffmpeg.table, &self.context, nil, nil, &options)
        guard status >= 0, let context else { throw failure(status) }
        try findSound(context)
    }

    deinit {
        ffmpeg.avformat_close_input(&context)
        StreamInput.release(&io, ffmpeg)
    }

    private func findSound(_ context: UnsafeMutablePointer<AVFormatContext>) throws(MediaError) {
        discardAll(context) { $0.pointee.codecpar.pointee.codec_type != AVMEDIA_TYPE_AUDIO }
        let status = ffmpeg.avformat_find_stream_info(context, nil)
        guard status >= 0 else { throw failure(status) }
        let index = ffmpeg.av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        guard index >= 0 else { throw .cannotOpen(source: name, reason: "there is no sound in it") }
        stream = fermusic_stream(context, index)
        let wanted = stream
        discardAll(context) { $0 != wanted }
        try describe(context)
    }

    private func discardAll(
        _ context: UnsafeMutablePointer<AVFormatContext>, where isMeant: (UnsafeMutablePointer<AVStream>) -> Bool
    ) {
        for index in 0..<Int32(context.pointee.nb_streams) {
            let each = fermusic_stream(context, index)
            if isMeant(each) { each.pointee.discard = AVDISCARD_ALL }
        }
    }

    private func describe(_ context: UnsafeMutablePointer<AVFormatContext>) throws(MediaError) {
        let codec = ffmpeg.avcodec_get_name(self.codec).map { String(cString: $0) } ?? "this kind"
        // Apple's protected songs name their codec drmi or drms.
        if isProtected { throw .cannotOpen(source: name, reason: "it is protected, only its shop's player opens it") }
        guard codec != "none" else {
            throw .cannotOpen(source: name, reason: "its sound is of a kind that nothing here knows")
        }
        let rate = Int(parameters.pointee.sample_rate)
        let channels = Int(fermusic_parameter_channels(parameters))
        guard (1...SoundFormat.maximumRate).contains(rate), (1...SoundFormat.maximumChannels).contains(channels) else {
            throw .cannotOpen(source: name, reason: "its header makes no sense")
        }
        var seconds: Double?
        if context.pointee.duration > 0 { seconds = Double(context.pointee.duration) * 1e-6 }
        // A length that nobody can have is none.
        if let length = seconds, length > 1e7 { seconds = nil }
        description = SoundDescription(
            format: String(cString: fermusic_format_name(context)), codec: codec, rate: rate, channels: channels,
            seconds: seconds)
    }

    private var isProtected: Bool {
        let tag = parameters.pointee.codec_tag
        return [0x696D_7264, 0x736D_7264, 0x6163_6E65].contains(tag)  // drmi, drms, enca
    }

    var parameters: UnsafeMutablePointer<AVCodecParameters> { stream.pointee.codecpar }
    var codec: AVCodecID { parameters.pointee.codec_id }

    /// A time stamp as seconds from the beginning.
    func seconds(_ stamp: Int64) -> Double? {
        guard stamp != fermusic_no_timestamp else { return nil }
        let begin = stream.pointee.start_time == fermusic_no_timestamp ? 0 : stream.pointee.start_time
        let unit = Double(stream.pointee.time_base.num) / Double(max(stream.pointee.time_base.den, 1))
        return (Double(stamp) - Double(begin)) * unit
    }

    /// Goes to a place at or a little before that many seconds, where that is possible.
    func seek(_ seconds: Double) {
        guard input.isSeekable, seconds > 0.5, seconds < 1e7 else { return }
        // Codecs need some frames to get going.
        let unit = Double(stream.pointee.time_base.num) / Double(max(stream.pointee.time_base.den, 1))
        guard unit > 0 else { return }
        let begin = stream.pointee.start_time == fermusic_no_timestamp ? 0 : Double(stream.pointee.start_time)
        let stamp = (seconds - 0.2) / unit + begin
        guard abs(stamp) < 9e18 else { return }
        limit.restart()
        if ffmpeg.av_seek_frame(context, stream.pointee.index, Int64(stamp), AVSEEK_FLAG_BACKWARD) >= 0 {
            landed = seconds - 0.2
        }
    }

    /// Puts the next packet of the sound into `packet`. False at the end.
    func read(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        limit.restart()
        while ffmpeg.av_read_frame(context, packet) >= 0 {
            if packet.pointee.stream_index == stream.pointee.index { return true }
            ffmpeg.av_packet_unref(packet)
            if limit.shouldStop { return false }
        }
        return false
    }

    private func failure(_ code: Int32) -> MediaError {
        if limit.cancellation.isCancelled { return .stopped(source: name) }
        if limit.hasExpired || code == FFmpeg.stopped { return .stalled(source: name, seconds: limit.seconds) }
        if code == FFmpeg.badData { return .cannotOpen(source: name, reason: "no song, or damaged at its beginning") }
        if code == -EINVAL { return .cannotOpen(source: name, reason: "its header makes no sense") }
        return .cannotOpen(source: name, reason: ffmpeg.message(code))
    }
}
