import Glibc

/// A new file that is written piece by piece.
public final class FileOutput {
    private var descriptor: Int32

    /// Creates or empties the file; a link in its place is refused. Throws `FileFailure`.
    ///
    /// - Parameter permissions: of a new file, less what the process's mask takes away.
    public init(_ path: String, permissions: mode_t = 0o666) throws(FileFailure) {
        descriptor = open(path.cPath, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw FileFailure.last }
    }

    /// Writes a file that is open, and closes it.
    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Appends the bytes. Throws `FileFailure`, for example when the disk is full.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileFailure) {
        var done = 0
        while done < bytes.count {
            let put = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if put < 0 && errno == EINTR { continue }
            guard put >= 0 else { throw FileFailure.last }
            done += put
        }
    }

    /// Appends the bytes. Throws `FileFailure`.
    public func write(_ bytes: [UInt8]) throws(FileFailure) {
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(FileFailure) in try write(raw) }
        }
        try result.get()
    }

    /// Ends the file. Throws `FileFailure`: network file systems report a full disk only here.
    public func close() throws(FileFailure) {
        let status = Glibc.close(descriptor)
        descriptor = -1
        guard status == 0 else { throw FileFailure.last }
    }
}
