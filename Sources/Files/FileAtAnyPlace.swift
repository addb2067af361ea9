import Glibc

/// A regular file of which any piece can be read.
public final class FileAtAnyPlace: Sendable {
    /// Bytes in the file when it was opened.
    public let count: Int
    private let descriptor: Int32

    /// Throws `FileFailure`.
    public init(_ path: String) throws(FileFailure) {
        // A pipe without a writer is told, not waited for.
        descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFailure.last }
        var status = stat()
        let known = fstat(descriptor, &status) == 0
        count = known ? Int(status.st_size) : 0
        // From here on `deinit` closes it.
        guard known else { throw FileFailure.last }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw FileFailure(String(cString: strerror(EISDIR)))
        default: throw FileFailure("not a regular file")
        }
    }

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
