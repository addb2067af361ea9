import Glibc

/// A new file that is written piece by piece. Made durable and renamed by whoever owns it.
package final class FileOutput {
    private var descriptor: Int32

    /// Creates or empties the file. Throws `FileBytes.Failure`.
    package init(_ path: String) throws(FileBytes.Failure) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileBytes.Failure() }
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Appends the bytes. Throws `FileBytes.Failure`, for example when the disk is full.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileBytes.Failure) {
        var done = 0
        while done < bytes.count {
            let put = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if put < 0 && errno == EINTR { continue }
            guard put >= 0 else { throw FileBytes.Failure() }
            done += put
        }
    }

    /// Appends the bytes. Throws `FileBytes.Failure`.
    package func write(_ bytes: [UInt8]) throws(FileBytes.Failure) {
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(FileBytes.Failure) in try write(raw) }
        }
        try result.get()
    }

    /// Ends the file. Throws `FileBytes.Failure`: network file systems report a full disk only here.
    package func close() throws(FileBytes.Failure) {
        let status = Glibc.close(descriptor)
        descriptor = -1
        guard status == 0 else { throw FileBytes.Failure() }
    }
}

extension FileBytes.Failure {
    /// The last system error.
    package static var lastError: FileBytes.Failure { FileBytes.Failure() }
}
