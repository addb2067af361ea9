import CFFmpeg

/// FFmpeg's functions: `ffmpeg.av_read_frame(context, packet)`. Its libraries are loaded when first asked for; that
/// takes about 20 ms, more than the rest of the program's start.
@dynamicMemberLookup
struct FFmpeg: @unchecked Sendable {
    // Safe to share: the table is filled before anybody sees it, and never changed or freed.

    let table: UnsafePointer<fermusic_ffmpeg>

    subscript<T>(dynamicMember path: KeyPath<fermusic_ffmpeg, T>) -> T { table.pointee[keyPath: path] }

    private static let loaded: Result<FFmpeg, CaptureError> = {
        var message = [CChar](repeating: 0, count: 256)
        if let table = fermusic_ffmpeg_load(&message, message.count) { return .success(FFmpeg(table: table)) }
        return .failure(.libraryMissing(reason: text(message)))
    }()

    /// The functions. Throws `CaptureError.libraryMissing` where FFmpeg is not installed.
    static func load() throws(CaptureError) -> FFmpeg { try loaded.get() }

    static let endOfFile = Int32(fermusic_error_end)
    static let tryAgain = Int32(fermusic_error_again)
    static let stopped = Int32(fermusic_error_exit)
    static let outOfMemory = Int32(fermusic_error_memory)
    static let badData = Int32(fermusic_error_data)
    static let inputOutput = Int32(fermusic_error_io)

    /// What an error number means, in FFmpeg's words.
    func message(_ code: Int32) -> String {
        if code == FFmpeg.badData { return "damaged, cut off, or in no known format" }
        var buffer = [CChar](repeating: 0, count: 128)
        _ = self.av_strerror(code, &buffer, buffer.count)
        return FFmpeg.text(buffer)
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
