import CFFmpeg
import Files
import MediaFiles

/// One encoder and the file it writes to, in FFmpeg's terms: results are 0 or its errors.
final class VideoOutput {
    private let ffmpeg: FFmpeg
    private let width: Int
    private let height: Int
    private let rate: Double
    private let name: String
    private var encoder: UnsafeMutablePointer<AVCodecContext>?
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private var stream: UnsafeMutablePointer<AVStream>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var scaler: OpaquePointer?
    private var lastStamp: Int64 = 0
    private var sound: SoundTrack?
    private var soundStream: UnsafeMutablePointer<AVStream>?
    /// How long the latest frame lasts, in units of time.
    var lastDuration: Int64?
    private var scalerChannels = 0

    /// `nil` if this FFmpeg has no such encoder. The size is rounded up to even numbers, which most encoders need.
    init?(_ ffmpeg: FFmpeg, encoder name: String, width: Int, height: Int, rate: Double) {
        self.ffmpeg = ffmpeg
        self.name = name
        self.width = (width + 1) / 2 * 2
        self.height = (height + 1) / 2 * 2
        self.rate = rate
        encoder = fermusic_encoder(ffmpeg.table, name)
        if encoder == nil { return nil }
    }

    deinit {
        if let scaler { ffmpeg.sws_freeContext(scaler) }
        ffmpeg.av_packet_free(&packet)
        ffmpeg.av_frame_free(&frame)
        ffmpeg.avcodec_free_context(&encoder)
        if let context {
            if context.pointee.pb != nil { _ = ffmpeg.avio_closep(&context.pointee.pb) }
            ffmpeg.avformat_free_context(context)
        }
    }

    private var pixels: AVPixelFormat { name == "mjpeg" ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P }

    var hasSound: Bool { soundStream != nil }

    /// Sound that the format cannot hold is left out.
    func open(format: String, path: String, sound: SoundTrack?, isDrawn: Bool) -> Int32 {
        guard let encoder else { return FFmpeg.outOfMemory }
        // Kept by the format too, which opens the file once more to put its table of contents first.
        let url = ("file:" + path).cPath
        var status = fermusic_new_output(ffmpeg.table, &context, format, url)
        guard status >= 0, let context else { return status }
        configure(encoder)
        if fermusic_wants_global_header(context) != 0 { encoder.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        status = ffmpeg.avcodec_open2(encoder, nil, nil)
        guard status >= 0 else { return status }
        stream = ffmpeg.avformat_new_stream(context, nil)
        guard let stream else { return FFmpeg.outOfMemory }
        stream.pointee.time_base = encoder.pointee.time_base
        stream.pointee.avg_frame_rate = encoder.pointee.framerate
        status = ffmpeg.avcodec_parameters_from_context(stream.pointee.codecpar, encoder)
        guard status >= 0 else { return status }
        if let sound, fermusic_holds_codec(ffmpeg.table, context, sound.parameters.pointee.codec_id) != 0 {
            self.sound = sound
            soundStream = ffmpeg.avformat_new_stream(context, nil)
            guard let soundStream else { return FFmpeg.outOfMemory }
            status = ffmpeg.avcodec_parameters_copy(soundStream.pointee.codecpar, sound.parameters)
            guard status >= 0 else { return status }
            // Each format has its own tags.
            soundStream.pointee.codecpar.pointee.codec_tag = 0
            soundStream.pointee.time_base = sound.timeBase
        }
        status = ffmpeg.avio_open(&context.pointee.pb, url, AVIO_FLAG_WRITE)
        guard status >= 0 else { return status }
        if isDrawn { _ = ffmpeg.av_dict_set(&context.pointee.metadata, VideoMark.key, VideoMark.value, 0) }
        var options: OpaquePointer?
        // The table of contents goes first, so that browsers can start before they have all.
        if format == "mp4" || format == "mov" { _ = ffmpeg.av_dict_set(&options, "movflags", "+faststart", 0) }
        status = ffmpeg.avformat_write_header(context, &options)
        ffmpeg.av_dict_free(&options)
        return status < 0 ? status : allocate()
    }

    private func configure(_ encoder: UnsafeMutablePointer<AVCodecContext>) {
        encoder.pointee.width = Int32(width)
        encoder.pointee.height = Int32(height)
        encoder.pointee.pix_fmt = pixels
        encoder.pointee.time_base = AVRational(num: 1, den: Int32(VideoWriter.timeScale))
        encoder.pointee.framerate = AVRational(num: Int32((rate * 1000).rounded()), den: 1000)
        encoder.pointee.gop_size = Int32(max(1, (rate * 4).rounded()))
        encoder.pointee.color_range = name == "mjpeg" ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        encoder.pointee.colorspace = AVCOL_SPC_SMPTE170M
        switch name {
        case "libx264":
            _ = ffmpeg.av_opt_set(encoder.pointee.priv_data, "preset", "veryfast", 0)
            _ = ffmpeg.av_opt_set(encoder.pointee.priv_data, "crf", "20", 0)
        case "libopenh264":
            encoder.pointee.bit_rate = Int64(Double(width * height) * rate * 0.15)
        default:
            // A constant quality: the rate control of these would take the time scale for the frame rate.
            encoder.pointee.flags |= AV_CODEC_FLAG_QSCALE
            encoder.pointee.global_quality = FF_QP2LAMBDA * 3
        }
    }

    private func allocate() -> Int32 {
        frame = ffmpeg.av_frame_alloc()
        packet = ffmpeg.av_packet_alloc()
        guard let frame, packet != nil else { return FFmpeg.outOfMemory }
        frame.pointee.format = pixels.rawValue
        frame.pointee.width = Int32(width)
        frame.pointee.height = Int32(height)
        return ffmpeg.av_frame_get_buffer(frame, 0)
    }

    func encode(_ image: Image, at stamp: Int64) -> Int32 {
        guard let frame else { return FFmpeg.outOfMemory }
        let status = ffmpeg.av_frame_make_writable(frame)
        guard status >= 0 else { return status }
        guard convert(fitted(image), into: frame) else { return FFmpeg.outOfMemory }
        frame.pointee.pts = stamp
        lastStamp = stamp
        frame.pointee.quality = FF_QP2LAMBDA * 3
        let sent = send(frame)
        return sent < 0 ? sent : writeSound(before: Double(stamp) / Double(VideoWriter.timeScale))
    }

    /// Writes the sound up to `end` seconds.
    private func writeSound(before end: Double) -> Int32 {
        guard let sound, let soundStream else { return 0 }
        while let packet = sound.next(before: end) {
            packet.pointee.stream_index = soundStream.pointee.index
            packet.pointee.pos = -1
            ffmpeg.av_packet_rescale_ts(packet, sound.timeBase, soundStream.pointee.time_base)
            let status = ffmpeg.av_interleaved_write_frame(context, packet)
            guard status >= 0 else { return status }
        }
        return 0
    }

    /// Writes what the encoder held back, and the file's end.
    func finish() -> Int32 {
        var status = send(nil)
        let length = lastDuration ?? Int64(Double(VideoWriter.timeScale) / rate)
        if status >= 0 { status = writeSound(before: Double(lastStamp + length) / Double(VideoWriter.timeScale)) }
        guard status >= 0, let context else { return status }
        status = ffmpeg.av_write_trailer(context)
        let closed = ffmpeg.avio_closep(&context.pointee.pb)
        return min(status, closed)
    }

    private func send(_ frame: UnsafeMutablePointer<AVFrame>?) -> Int32 {
        guard let encoder, let packet, let stream else { return FFmpeg.outOfMemory }
        var status = ffmpeg.avcodec_send_frame(encoder, frame)
        guard status >= 0 else { return status }
        while true {
            status = ffmpeg.avcodec_receive_packet(encoder, packet)
            if status == FFmpeg.tryAgain || status == FFmpeg.endOfFile { return 0 }
            guard status >= 0 else { return status }
            packet.pointee.stream_index = stream.pointee.index
            // Only the last one's counts; which is written last, only the encoder knows.
            if let lastDuration {
                packet.pointee.duration = lastDuration
            } else if packet.pointee.duration == 0 {
                packet.pointee.duration = Int64((Double(VideoWriter.timeScale) / rate).rounded())
            }
            ffmpeg.av_packet_rescale_ts(packet, encoder.pointee.time_base, stream.pointee.time_base)
            status = ffmpeg.av_interleaved_write_frame(context, packet)
            guard status >= 0 else { return status }
        }
    }

    /// The picture in the video's size: an odd row or column doubled, another size between black bars.
    private func fitted(_ image: Image) -> Image {
        if image.width == width, image.height == height { return image }
        var inner = image
        if !(width - 1...width).contains(image.width) || !(height - 1...height).contains(image.height) {
            let scale = min(Double(width) / Double(image.width), Double(height) / Double(image.height))
            inner = image.resized(
                width: min(width, max(1, Int((Double(image.width) * scale).rounded()))),
                height: min(height, max(1, Int((Double(image.height) * scale).rounded()))))
        }
        let left = (width - inner.width) / 2, top = (height - inner.height) / 2
        let doublesColumn = inner.width == width - 1, doublesRow = inner.height == height - 1
        let row = width * inner.channels, innerRow = inner.width * inner.channels
        var pixels = [UInt8](repeating: 0, count: row * height)
        for y in 0..<inner.height {
            let target = (top + y) * row + left * inner.channels
            pixels.replaceSubrange(target..<target + innerRow, with: inner.pixels[y * innerRow..<(y + 1) * innerRow])
            if doublesColumn {
                for c in 0..<inner.channels {
                    pixels[target + innerRow + c] = pixels[target + innerRow - inner.channels + c]
                }
            }
        }
        if doublesRow {
            pixels.replaceSubrange(
                (height - 1) * row..<height * row, with: pixels[(height - 2) * row..<(height - 1) * row])
        }
        return Image(width: width, height: height, channels: inner.channels, pixels: pixels)
    }

    private func convert(_ image: Image, into frame: UnsafeMutablePointer<AVFrame>) -> Bool {
        if scaler == nil || scalerChannels != image.channels {
            if let scaler { ffmpeg.sws_freeContext(scaler) }
            scaler = ffmpeg.sws_getCachedContext(
                nil, Int32(width), Int32(height), image.channels == 3 ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_GRAY8,
                Int32(width), Int32(height), AV_PIX_FMT_YUV420P, Int32(fermusic_bilinear), nil, nil, nil)
            let colors = ffmpeg.sws_getCoefficients(Int32(AVCOL_SPC_SMPTE170M.rawValue))
            if let scaler {
                _ = ffmpeg.sws_setColorspaceDetails(
                    scaler, colors, 1, colors, name == "mjpeg" ? 1 : 0, 0, 1 << 16, 1 << 16)
            }
            scalerChannels = image.channels
        }
        guard let scaler else { return false }
        let lines = frame.pointee.linesize
        return image.pixels.withUnsafeBufferPointer { source in
            var planes: [UnsafePointer<UInt8>?] = [source.baseAddress, nil, nil, nil]
            var strides = [Int32(width * image.channels), 0, 0, 0]
            var targets = [frame.pointee.data.0, frame.pointee.data.1, frame.pointee.data.2, nil]
            var targetStrides = [lines.0, lines.1, lines.2, 0]
            return ffmpeg.sws_scale(scaler, &planes, &strides, 0, Int32(height), &targets, &targetStrides) == height
        }
    }
}
