import Glibc

/// Whole files as bytes.
public enum FileBytes {
    /// The contents of a file, or of all that comes through a pipe, of at most `limit` bytes. Throws `FileFailure`.
    public static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure.last }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure.last }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileFailure("is a folder") }
        guard status.st_size <= limit else { throw FileFailure("larger than \(limit) bytes") }
        // Only files know their size beforehand.
        guard status.st_mode & S_IFMT == S_IFREG else { return try readToEnd(descriptor, limit: limit) }
        let size = Int(status.st_size)
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else { throw FileFailure.last }
                if got == 0 { break }
                count += got
            }
        }
    }

    /// Up to `count` bytes from the beginning of a file; of a pipe none, since they would be gone. Throws `FileFailure`.
    public static func readStart(_ path: String, count: Int) throws -> [UInt8] {
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFailure.last }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(descriptor, &bytes, count, 0)
        return Array(bytes.prefix(max(got, 0)))
    }

    private static func readToEnd(_ descriptor: Int32, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = Glibc.read(descriptor, &piece, piece.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw FileFailure.last }
            if got == 0 { return bytes }
            guard bytes.count + got <= limit else { throw FileFailure("larger than \(limit) bytes") }
            bytes += piece[..<got]
        }
    }

    /// Writes a file whole or not at all, see `AtomicFile`. Throws `FileFailure`.
    public static func write(_ bytes: [UInt8], to path: String, makesFolders: Bool = false) throws {
        try AtomicFile.replace(path, makesFolders: makesFolders) { try $0.write(bytes) }
    }
}
