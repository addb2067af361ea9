import CFFmpeg
import Files

/// Reads what music files say of themselves: ID3 of all versions, Vorbis comments, MP4, RIFF, AIFF and ASF, through FFmpeg.
/// Nothing is decoded.
public enum TagReader {
    /// A value longer than this is no name: lyrics, say.
    private static let valueLimit = 16 << 10
    private static let mostStreams = 64
    private static let mostEntries = 1000

    /// Throws `MediaError` for files that are damaged, hold no sound, or cannot be decoded here (protected ones). Cost: a few
    /// tenths of a millisecond, and what the disk takes.
    ///
    /// - Parameter limit: ends the reading early.
    public static func read(_ path: String, cancellation: Cancellation = Cancellation()) throws(MediaError) -> MediaTags
    {
        let ffmpeg = try FFmpeg.load()
        let input = try StreamInput(path: path, limit: WaitLimit(cancellation, seconds: 60))
        guard input.isSeekable else { throw .cannotOpen(source: path, reason: "not a regular file") }
        return try read(input, ffmpeg)
    }

    /// The same of bytes that are there already; `name` is for messages.
    package static func read(bytes: [UInt8], name: String) throws(MediaError) -> MediaTags {
        let limit = WaitLimit(Cancellation(), seconds: 60)
        return try read(StreamInput(bytes: bytes, name: name, limit: limit), FFmpeg.load())
    }

    private static func read(_ input: StreamInput, _ ffmpeg: FFmpeg) throws(MediaError) -> MediaTags {
        var io = input.makeContext(ffmpeg)
        var context = ffmpeg.avformat_alloc_context()
        defer {
            ffmpeg.avformat_close_input(&context)
            StreamInput.release(&io, ffmpeg)
        }
        func failure(_ code: Int32) -> MediaError {
            if input.limit.hasExpired { return .stalled(source: input.name, seconds: input.limit.seconds) }
            return .cannotOpen(source: input.name, reason: ffmpeg.message(code))
        }
        guard let io, let made = context else { throw failure(FFmpeg.outOfMemory) }
        made.pointee.pb = io
        made.pointee.interrupt_callback.opaque = Unmanaged.passUnretained(input.limit).toOpaque()
        made.pointee.interrupt_callback.callback = {
            Unmanaged<WaitLimit>.fromOpaque($0!).takeUnretainedValue().shouldStop ? 1 : 0
        }
        // Files can name others, and addresses, to go on with: that is refused.
        var options: OpaquePointer?
        for (key, value) in [("protocol_whitelist", "none"), ("probesize", "1000000"), ("analyzeduration", "2000000")] {
            _ = ffmpeg.av_dict_set(&options, key, value, 0)
        }
        defer { ffmpeg.av_dict_free(&options) }
        let status = fermusic_open_input(ffmpeg.table, &context, nil, nil, &options)
        guard status >= 0, let context else { throw failure(status) }
        guard let stream = sound(context) else {
            throw .cannotOpen(source: input.name, reason: "there is no sound in it")
        }
        var tags = MediaTags()
        tags.hasCover = hasCover(context)
        let codec = stream.pointee.codecpar.pointee.codec_id
        tags.codec = String(cString: fermusic_codec_name(ffmpeg.table, codec))
        guard codec != AV_CODEC_ID_NONE, fermusic_has_decoder(ffmpeg.table, codec) != 0 else {
            throw .cannotOpen(
                source: input.name, reason: "protected, or written in a way that FFmpeg here does not know")
        }
        tags.duration = duration(stream.pointee.duration, stream.pointee.time_base)
        if tags.duration == nil {
            _ = ffmpeg.avformat_find_stream_info(context, nil)
            tags.duration =
                duration(stream.pointee.duration, stream.pointee.time_base)
                ?? duration(context.pointee.duration, AVRational(num: 1, den: Int32(AV_TIME_BASE)))
        }
        // Ogg keeps its comments with the stream.
        var keys: [String] = [], values: [[UInt8]] = []
        for dictionary in [context.pointee.metadata, stream.pointee.metadata] {
            var entry: UnsafePointer<AVDictionaryEntry>?
            while let next = fermusic_next_tag(ffmpeg.table, dictionary, entry) {
                entry = next
                guard let key = next.pointee.key, let value = next.pointee.value else { continue }
                let bytes = Array(UnsafeRawBufferPointer(start: value, count: length(value)))
                guard bytes.count <= valueLimit, keys.count < mostEntries else { continue }
                keys.append(String(cString: key))
                values.append(bytes)
            }
        }
        // All together: one name alone hardly tells in what it is written.
        for (key, text) in zip(keys, TextRepair.texts(values)) { tags.take(key, text) }
        return tags
    }

    private static func length(_ text: UnsafePointer<CChar>) -> Int {
        var count = 0
        while text[count] != 0, count <= valueLimit { count += 1 }
        return count
    }

    /// The first stream of sound.
    private static func sound(
        _ context: UnsafeMutablePointer<AVFormatContext>
    ) -> UnsafeMutablePointer<AVStream>? {
        for index in 0..<min(Int32(context.pointee.nb_streams), Int32(mostStreams)) {
            let stream = fermusic_stream(context, index)
            if stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO { return stream }
        }
        return nil
    }

    private static func hasCover(_ context: UnsafeMutablePointer<AVFormatContext>) -> Bool {
        (0..<min(Int32(context.pointee.nb_streams), Int32(mostStreams))).contains { index in
            fermusic_stream(context, index).pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        }
    }

    /// Milliseconds; `nil` if unknown or beyond a year.
    private static func duration(_ ticks: Int64, _ base: AVRational) -> Int? {
        guard ticks > 0, base.num > 0, base.den > 0 else { return nil }
        let milliseconds = Double(ticks) * Double(base.num) / Double(base.den) * 1000
        return milliseconds >= 1 && milliseconds < 31_536_000_000 ? Int(milliseconds) : nil
    }
}
