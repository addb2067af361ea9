import CFFmpeg
import Glibc

/// FFmpeg's functions: `ffmpeg.av_read_frame(context, packet)`. Its libraries are loaded when first asked for; that
/// takes about 20 ms, more than the rest of the program's start.
@dynamicMemberLookup
package struct FFmpeg: @unchecked Sendable {
    // Safe to share: the table is filled before anybody sees it, and never changed or freed.

    package let table: UnsafePointer<fermusic_ffmpeg>

    package subscript<T>(dynamicMember path: KeyPath<fermusic_ffmpeg, T>) -> T { table.pointee[keyPath: path] }

    private static let loaded: Result<FFmpeg, MediaError> = {
        var message = [CChar](repeating: 0, count: 256)
        if let table = fermusic_ffmpeg_load(&message, message.count) { return .success(FFmpeg(table: table)) }
        return .failure(.libraryMissing(reason: advice(text(message))))
    }()

    /// What helps where the libraries cannot be loaded. Those of another release of FFmpeg do not fit.
    private static func advice(_ message: String) -> String {
        let wanted = Int(LIBAVUTIL_VERSION_MAJOR), needed = "FFmpeg \(release(wanted)) (libavutil.so.\(wanted))"
        let others = (54...70).filter { $0 != wanted && isInstalled("libavutil.so.\($0)") }
        if isInstalled("libavutil.so.\(wanted)") { return "\(message); the program was built with \(needed)" }
        guard let other = others.last else {
            return "\(needed), which this program was built with, is not installed: apt-get install "
                + "libavformat\(LIBAVFORMAT_VERSION_MAJOR) libswscale\(LIBSWSCALE_VERSION_MAJOR)"
        }
        return
            "this program was built with \(needed), this system has FFmpeg \(release(other)) (libavutil.so.\(other)): "
            + "build it here, or take the tarball that was made on this release of the system"
    }

    /// Releases of FFmpeg and of its library count up together.
    private static func release(_ major: Int) -> Int { major - 52 }

    private static func isInstalled(_ library: String) -> Bool {
        guard let handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL) else { return false }
        dlclose(handle)
        return true
    }

    /// The functions. Throws `MediaError.libraryMissing` where FFmpeg is not installed.
    package static func load() throws(MediaError) -> FFmpeg { try loaded.get() }

    package static let endOfFile = Int32(fermusic_error_end)
    package static let tryAgain = Int32(fermusic_error_again)
    package static let stopped = Int32(fermusic_error_exit)
    package static let outOfMemory = Int32(fermusic_error_memory)
    package static let badData = Int32(fermusic_error_data)
    package static let inputOutput = Int32(fermusic_error_io)

    /// What an error number means, in FFmpeg's words.
    package func message(_ code: Int32) -> String {
        if code == FFmpeg.badData { return "damaged, cut off, or in no known format" }
        var buffer = [CChar](repeating: 0, count: 128)
        _ = self.av_strerror(code, &buffer, buffer.count)
        return FFmpeg.text(buffer)
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
