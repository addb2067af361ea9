import Glibc
import Synchronization

/// Replaces files whole: a kill or a full disk at any moment leaves the old contents or the new, never a mixture.
public enum AtomicFile {
    private static let counter = Atomic<Int>(0)

    /// Makes a file beside `path`, lets `write` fill it, makes it durable and gives it the name `path`. A file already
    /// there keeps its permissions, a symbolic link still points to it. On failure nothing is left behind.
    /// Throws `FileFailure`, and what `write` throws.
    ///
    /// - Parameter isPrivate: only its owner may read it, at no moment anybody else, whatever was there before.
    public static func replace(
        _ path: String, makesFolders: Bool = false, isPrivate: Bool = false, write: (FileOutput) throws -> Void
    ) throws {
        var status = stat()
        let exists = stat(path.cPath, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR {
            errno = EISDIR
            throw FileFailure.last
        }
        guard !exists || status.st_mode & S_IFMT == S_IFREG else { throw FileFailure("not a regular file") }
        // rename replaces a link, not what it points to.
        let target = exists ? resolved(path) ?? path : path
        if makesFolders { try FolderTree.create(target.parentFolder) }
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        let temporary = "\(target).\(getpid())-\(number).part"
        do {
            let output = try FileOutput(temporary, permissions: isPrivate ? 0o600 : 0o666)
            try write(output)
            try output.finish(permissions: isPrivate ? 0o600 : exists ? status.st_mode & 0o7777 : nil)
            guard rename(temporary.cPath, target.cPath) == 0 else { throw FileFailure.last }
        } catch {
            unlink(temporary.cPath)
            throw error
        }
        // The new name survives a power cut only after this; some file systems cannot.
        let folder = open(target.parentFolder.cPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            _ = fsync(folder)
            _ = close(folder)
        }
    }

    private static func resolved(_ path: String) -> String? {
        guard let pointer = realpath(path.cPath, nil) else { return nil }
        defer { free(pointer) }
        return String(pathBytes: pointer)
    }
}
