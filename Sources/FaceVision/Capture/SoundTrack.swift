import CFFmpeg
import MediaFiles

/// The sound of a file, packet by packet and as it is, for a video that is made from its pictures: the stream that
/// players choose.
final class SoundTrack {
    private let ffmpeg: FFmpeg
    private let input: StreamInput
    private let origin: Double
    private var io: UnsafeMutablePointer<AVIOContext>?
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var stream: UnsafeMutablePointer<AVStream>!
    private var isWaiting = false
    private var lastStamp = Int64.min

    /// - Parameter origin: the time stamp, in seconds, of the picture at time 0.
    ///
    /// `nil` where there is no sound, or none that can be read.
    init?(_ ffmpeg: FFmpeg, path: String, origin: Double) {
        let limit = WaitLimit(Cancellation(), seconds: 10)
        guard let input = try? StreamInput(path: path, limit: limit), input.isSeekable else { return nil }
        self.ffmpeg = ffmpeg
        self.input = input
        self.origin = origin
        io = input.makeContext(ffmpeg)
        context = ffmpeg.avformat_alloc_context()
        packet = ffmpeg.av_packet_alloc()
        guard let opened = context, let io, packet != nil else { return nil }
        opened.pointee.pb = io
        var options: OpaquePointer?
        defer { ffmpeg.av_dict_free(&options) }
        _ = ffmpeg.av_dict_set(&options, "protocol_whitelist", "none", 0)
        guard fermusic_open_input(ffmpeg.table, &context, nil, nil, &options) >= 0, let context else { return nil }
        for index in 0..<Int32(context.pointee.nb_streams) {
            let each = fermusic_stream(context, index)
            // Only sound is looked into: decoding pictures to learn about them would cost time and need limits.
            if each.pointee.codecpar.pointee.codec_type != AVMEDIA_TYPE_AUDIO { each.pointee.discard = AVDISCARD_ALL }
        }
        guard ffmpeg.avformat_find_stream_info(context, nil) >= 0 else { return nil }
        let index = ffmpeg.av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        guard index >= 0 else { return nil }
        stream = fermusic_stream(context, index)
        for other in 0..<Int32(context.pointee.nb_streams) where other != index {
            fermusic_stream(context, other).pointee.discard = AVDISCARD_ALL
        }
    }

    deinit {
        ffmpeg.av_packet_free(&packet)
        ffmpeg.avformat_close_input(&context)
        StreamInput.release(&io, ffmpeg)
    }

    var parameters: UnsafeMutablePointer<AVCodecParameters> { stream.pointee.codecpar }
    var timeBase: AVRational { stream.pointee.time_base }
    var codecName: String {
        ffmpeg.avcodec_get_name(parameters.pointee.codec_id).map { String(cString: $0) } ?? "this kind"
    }

    /// The next packet if it begins before `end` seconds, to be used before the next call; its stamps count from the
    /// first picture.
    func next(before end: Double) -> UnsafeMutablePointer<AVPacket>? {
        guard let packet else { return nil }
        while isWaiting || read(packet) {
            isWaiting = Double(packet.pointee.pts) * unit >= end
            return isWaiting ? nil : packet
        }
        return nil
    }

    private var unit: Double { Double(timeBase.num) / Double(max(timeBase.den, 1)) }

    /// Reads on to what sounds with the pictures; what codecs need to get going comes a little before.
    private func read(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        // Stamps of damaged files can be anything; within these their differences are numbers.
        let possible = -Int64(1) << 61...Int64(1) << 61
        let place = (origin / unit).rounded()
        guard abs(place) < 0x1p61 else { return false }
        let shift = Int64(place)
        while true {
            ffmpeg.av_packet_unref(packet)
            guard ffmpeg.av_read_frame(context, packet) >= 0 else { return false }
            guard packet.pointee.stream_index == stream.pointee.index, possible.contains(packet.pointee.pts) else {
                continue
            }
            packet.pointee.pts -= shift
            packet.pointee.dts =
                possible.contains(packet.pointee.dts) ? packet.pointee.dts - shift : packet.pointee.pts
            guard Double(packet.pointee.pts) * unit > -0.05, packet.pointee.dts > lastStamp else { continue }
            lastStamp = packet.pointee.dts
            return true
        }
    }
}
