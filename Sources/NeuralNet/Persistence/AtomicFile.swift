import Glibc

/// Replaces files whole: a kill or a full disk at any moment leaves the old contents or the new, never a mixture.
public enum AtomicFile {
    /// Calls `write` with a path beside `path`; when it succeeds, makes the data durable and renames it. On failure
    /// nothing is left behind.
    public static func replace(_ path: String, write: (String) throws -> Void) throws {
        let temporary = "\(path).\(getpid()).part"
        do {
            try write(temporary)
            try synchronize(temporary, flags: O_RDONLY)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            throw NeuralNetError.file(path: path, place: nil, reason: "cannot write: \(reason)")
        }
        try? synchronize(path.parentFolder, flags: O_RDONLY | O_DIRECTORY)  // some file systems cannot
    }

    private static func synchronize(_ path: String, flags: Int32) throws {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw NeuralNetError.file(path: path, place: nil, reason: "cannot write: \(reason)")
        }
        close(descriptor)
    }
}
