import CFFmpeg
import Files
import Glibc

/// A file or pipe as FFmpeg reads it: what was looked at to recognise it is read again, and waiting ends with
/// cancellation or time. Paths never reach FFmpeg, so no name can be mistaken for a protocol.
package final class StreamInput {
    package let name: String
    package let limit: WaitLimit
    /// Whether the length is known and any place can be read: a file, not a pipe.
    package let isSeekable: Bool
    /// Whether waiting for more ended because nothing came.
    package private(set) var hasStalled = false
    private let descriptor: Int32
    private let closes: Bool
    private var head: [UInt8] = []
    private var headPlace = 0
    /// All of it lies in `head`.
    private let isInMemory: Bool
    private var connection: (ffmpeg: FFmpeg, context: UnsafeMutablePointer<AVIOContext>)?
    private var hasEnded = false

    /// Standard input or another open descriptor, which stays open.
    package init(descriptor: Int32, name: String, limit: WaitLimit) {
        self.descriptor = descriptor
        self.name = name
        self.limit = limit
        closes = false
        isInMemory = false
        isSeekable = StreamInput.isWholeFile(descriptor)
    }

    /// Whether a server sends it.
    package var isConnection: Bool { connection != nil }

    /// Bytes that are there already.
    package init(bytes: [UInt8], name: String, limit: WaitLimit) {
        descriptor = -1
        self.name = name
        self.limit = limit
        closes = false
        isInMemory = true
        isSeekable = true
        head = bytes
        hasEnded = true
    }

    /// Whether it is a file at its beginning, as after `< clip.mp4`.
    private static func isWholeFile(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && lseek(descriptor, 0, SEEK_CUR) == 0
    }

    /// Asks a web server. Throws `MediaError`.
    package init(_ ffmpeg: FFmpeg, url: String, name: String, limit: WaitLimit) throws(MediaError) {
        descriptor = -1
        self.name = name
        self.limit = limit
        closes = false
        isInMemory = false
        isSeekable = false
        var interrupt = AVIOInterruptCB(
            callback: { Unmanaged<WaitLimit>.fromOpaque($0!).takeUnretainedValue().shouldStop ? 1 : 0 },
            opaque: Unmanaged.passUnretained(limit).toOpaque())
        var options: OpaquePointer?
        _ = ffmpeg.av_dict_set(&options, "protocol_whitelist", "http,https,httpproxy,tcp,tls", 0)
        defer { ffmpeg.av_dict_free(&options) }
        var context: UnsafeMutablePointer<AVIOContext>?
        limit.restart()
        let status = ffmpeg.avio_open2(&context, url, AVIO_FLAG_READ, &interrupt, &options)
        guard status >= 0, let context else {
            if limit.hasExpired || status == FFmpeg.stopped {
                throw .stalled(source: name, seconds: limit.seconds)
            }
            throw .cannotOpen(
                source: name,
                reason: status == FFmpeg.inputOutput
                    ? "no answer from there; is the address right?" : ffmpeg.message(status))
        }
        connection = (ffmpeg, context)
    }

    /// Opens a file or named pipe. Throws `MediaError.cannotOpen`.
    package init(path: String, limit: WaitLimit) throws(MediaError) {
        // Without O_NONBLOCK, opening a named pipe waits for its writer and cannot be cancelled.
        descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .cannotOpen(source: path, reason: String(cString: strerror(errno)))
        }
        isSeekable = StreamInput.isWholeFile(descriptor)
        name = path
        self.limit = limit
        closes = true
        isInMemory = false
    }

    deinit {
        if closes { close(descriptor) }
        if let connection {
            var context: UnsafeMutablePointer<AVIOContext>? = connection.context
            _ = connection.ffmpeg.avio_closep(&context)
        }
    }

    /// The first bytes, at most `count`; fewer only if there are no more. They stay to be read.
    /// Throws `MediaError`.
    package func peek(_ count: Int) throws(MediaError) -> ArraySlice<UInt8> {
        while head.count < count, !hasEnded {
            let wanted = count - head.count
            var chunk = [UInt8](repeating: 0, count: min(wanted, 1 << 18))
            let got = readDescriptor(&chunk, chunk.count)
            if got < 0 { throw failure(got) }
            if got == 0 { hasEnded = true } else { head += chunk.prefix(Int(got)) }
        }
        return head.prefix(count)
    }

    /// All bytes, if they are not more than `limit`. Throws `MediaError`.
    package func readAll(limit bytes: Int) throws(MediaError) -> [UInt8] {
        var size = max(head.count, 1 << 16)
        while !hasEnded {
            guard size <= bytes else { throw .cannotOpen(source: name, reason: "larger than \(bytes) bytes") }
            _ = try peek(size)
            size *= 2
        }
        guard head.count <= bytes else { throw .cannotOpen(source: name, reason: "larger than \(bytes) bytes") }
        return head
    }

    /// The error for a negative result of reading.
    package func failure(_ code: Int32) -> MediaError {
        if code == FFmpeg.stopped { return .stalled(source: name, seconds: limit.seconds) }
        if let connection { return .cannotOpen(source: name, reason: connection.ffmpeg.message(code)) }
        return .cannotOpen(source: name, reason: String(cString: strerror(-code)))
    }

    /// The number of bytes read, 0 at the end, or a negative FFmpeg error.
    private func readDescriptor(_ target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int32 {
        if let connection {
            let got = connection.ffmpeg.avio_read_partial(connection.context, target, Int32(count))
            if got == FFmpeg.endOfFile { return 0 }
            if got < 0, limit.hasExpired { hasStalled = true }
            return got < 0 && limit.shouldStop ? FFmpeg.stopped : got
        }
        while true {
            if !isSeekable, !limit.waitForInput(descriptor) {
                hasStalled = limit.hasExpired
                return FFmpeg.stopped
            }
            let got = Glibc.read(descriptor, target, count)
            if got >= 0 { return Int32(got) }
            if errno != EINTR && errno != EAGAIN { return -errno }
            if limit.shouldStop { return FFmpeg.stopped }
        }
    }

    private func read(_ target: UnsafeMutablePointer<UInt8>, _ count: Int32) -> Int32 {
        let left = head.count - headPlace
        if left > 0 {
            let part = min(left, Int(count))
            head.withUnsafeBufferPointer { target.update(from: $0.baseAddress! + headPlace, count: part) }
            headPlace += part
            if headPlace == head.count, !isInMemory {
                head = []
                headPlace = 0
            }
            return Int32(part)
        }
        if isInMemory { return FFmpeg.endOfFile }
        let got = readDescriptor(target, Int(count))
        return got == 0 ? FFmpeg.endOfFile : got
    }

    private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
        guard isSeekable else { return -Int64(ESPIPE) }
        if isInMemory { return seekInMemory(Int(offset), whence) }
        if whence == Int32(fermusic_seek_size) {
            var status = stat()
            return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : -Int64(errno)
        }
        let place = lseek(descriptor, off_t(offset), whence)
        return place >= 0 ? Int64(place) : -Int64(errno)
    }

    private func seekInMemory(_ offset: Int, _ whence: Int32) -> Int64 {
        if whence == Int32(fermusic_seek_size) { return Int64(head.count) }
        let base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? headPlace : head.count
        let (place, isTooFar) = base.addingReportingOverflow(offset)
        guard !isTooFar, place >= 0 else { return -Int64(EINVAL) }
        headPlace = min(place, head.count)
        return Int64(headPlace)
    }

    /// What FFmpeg reads from. It must not outlive this object; free it with `release`.
    package func makeContext(_ ffmpeg: FFmpeg) -> UnsafeMutablePointer<AVIOContext>? {
        if isInMemory {
            headPlace = 0
        } else if isSeekable {
            head = []
            guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
        }
        let size = 1 << 16
        guard let buffer = ffmpeg.av_malloc(size) else { return nil }
        let context = ffmpeg.avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(size), 0, Unmanaged.passUnretained(self).toOpaque(),
            { Unmanaged<StreamInput>.fromOpaque($0!).takeUnretainedValue().read($1!, $2) }, nil,
            { Unmanaged<StreamInput>.fromOpaque($0!).takeUnretainedValue().seek($1, $2) })
        guard let context else {
            ffmpeg.av_free(buffer)
            return nil
        }
        if !isSeekable { context.pointee.seekable = 0 }
        return context
    }

    package static func release(_ context: inout UnsafeMutablePointer<AVIOContext>?, _ ffmpeg: FFmpeg) {
        guard let opened = context else { return }
        ffmpeg.av_free(opened.pointee.buffer)
        ffmpeg.avio_context_free(&context)
    }
}
