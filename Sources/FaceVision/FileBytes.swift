import Glibc

/// Whole files as bytes.
public enum FileBytes {
    /// What went wrong, in the system's words.
    public struct Failure: Error, Equatable, Sendable {
        public var reason: String

        /// The last system error.
        init() { reason = String(cString: strerror(errno)) }
        init(_ reason: String) { self.reason = reason }
    }

    /// The contents of a file of at most `limit` bytes.
    public static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure() }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw Failure("is a folder") }
        guard status.st_size <= limit else { throw Failure("larger than \(limit) bytes") }
        let size = Int(status.st_size)
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else { throw Failure() }
                if got == 0 { break }
                count += got
            }
        }
    }

    /// Writes a file whole or not at all: beside it first, then renamed.
    public static func write(_ bytes: [UInt8], to path: String) throws {
        let temporary = "\(path).\(getpid()).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure() }
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
            if put < 0 && errno == EINTR { continue }
            if put < 0 {
                let failure = Failure()
                close(descriptor)
                unlink(temporary)
                throw failure
            }
            done += put
        }
        guard fsync(descriptor) == 0, close(descriptor) == 0, rename(temporary, path) == 0 else {
            let failure = Failure()
            unlink(temporary)
            throw failure
        }
    }
}
