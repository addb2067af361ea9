import Files
import Glibc

/// What comes through a pipe, as of `<(command)` or a named one.
enum PipeBytes {
    /// All of it, at most `limit` bytes. Throws `FileFailure`, and what `waiting` throws.
    ///
    /// - Parameter waiting: called at least twenty times a second, so that whoever has enough can throw.
    static func read(_ path: String, limit: Int, waiting: () throws -> Void) throws -> [UInt8] {
        // Otherwise opening waits for somebody who writes, and nothing ends that.
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFailure.last }
        defer { close(descriptor) }
        var bytes: [UInt8] = [], piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            try waiting()
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, 50) > 0 else { continue }
            let got = Glibc.read(descriptor, &piece, piece.count)
            if got < 0, errno == EINTR || errno == EAGAIN { continue }
            guard got >= 0 else { throw FileFailure.last }
            if got == 0 { return bytes }
            guard bytes.count + got <= limit else { throw FileFailure("larger than \(limit) bytes") }
            bytes += piece[..<got]
        }
    }
}
