import Glibc

/// A regular file of which any piece can be read.
public final class FileAtAnyPlace: Sendable {
    /// Bytes in the file when it was opened.
    public let count: Int
    /// Nanoseconds since 1970 when it was written last, as it was opened; 0 for a broken clock's.
    public let modified: Int
    private let descriptor: Int32

    /// Throws `FileFailure`.
    public init(_ path: String) throws(FileFailure) {
        // A pipe without a writer is told, not waited for.
        descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileFailure.last }
        var status = stat()
        let known = fstat(descriptor, &status) == 0
        count = known ? Int(status.st_size) : 0
        modified = known ? status.modifiedNanoseconds : 0
        // From here on `deinit` closes it.
        guard known else { throw FileFailure.last }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw FileFailure(String(cString: strerror(EISDIR)))
        default: throw FileFailure("not a regular file")
        }
    }

    /// Where the file lies that was opened, whatever links led there; `nil` where the system does not say.
    public var realPath: String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/fd/\(descriptor)", &bytes, bytes.count - 1)
        return count > 0 ? String(pathBytes: bytes) : nil
    }

    /// Another descriptor of it, for whoever closes it; negative if the system has none left.
    public func duplicate() -> Int32 { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Fills `target` with what is at `position`. Throws `FileFailure`, also if the file is shorter now.
    public func read(at position: Int, into target: UnsafeMutableRawBufferPointer) throws(FileFailure) {
        var done = 0
        while done < target.count {
            let got = pread(descriptor, target.baseAddress! + done, target.count - done, off_t(position + done))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw FileFailure.last }
            guard got > 0 else { throw FileFailure("became shorter while it was read") }
            done += got
        }
    }
}

extension stat {
    /// When the file was written last, in nanoseconds since 1970. A time before 1678 or behind 2262 is a broken clock's: 0.
    public var modifiedNanoseconds: Int {
        let (seconds, overflows) = Int(st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        return overflows ? 0 : seconds &+ Int(st_mtim.tv_nsec)
    }
}
