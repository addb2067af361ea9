import Glibc

/// A file on its way to a name that may be taken: it lies beside, under a hidden name of its own, until it is whole.
///
/// It is locked while somebody writes it. What a killed process left is not, and goes when a process first writes into
/// that folder.
struct Replacement {
    let temporary: String
    /// Open for writing, and locked until it is closed.
    let descriptor: Int32
    private let target: String
    private let rights: FileRights?

    /// Creates the empty file. Throws `FileFailure`, for example when its folder does not exist, or where no regular file is.
    ///
    /// - Parameter isPrivate: only its owner may read it, whatever was there before.
    init(_ path: String, isPrivate: Bool = false) throws(FileFailure) {
        var status = stat()
        let exists = stat(path.cPath, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR {
            errno = EISDIR
            throw FileFailure.last
        }
        guard !exists || status.st_mode & S_IFMT == S_IFREG else { throw FileFailure("not a regular file") }
        // rename replaces a link, not what it points to.
        target = exists ? Replacement.resolved(path) ?? path : path
        rights = exists ? FileRights(of: target, status, permissions: isPrivate ? 0o600 : nil) : nil
        let folder = target.parentFolder
        LeftFiles.remove(in: folder)
        (temporary, descriptor) = try LeftFiles.create(in: folder) {
            open($0.cPath, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, exists || isPrivate ? 0o600 : 0o666)
        }
    }

    /// Makes the contents durable and gives the file its name, and of the one before owner, group and permissions. Throws
    /// `FileFailure`.
    func commit() throws(FileFailure) {
        guard fsync(descriptor) == 0 else { throw FileFailure.last }
        rights?.give(to: descriptor)
        guard rename(temporary.cPath, target.cPath) == 0 else { throw FileFailure.last }
        // The new name survives a power cut only after this; some file systems cannot.
        let folder = open(target.parentFolder.cPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            _ = fsync(folder)
            _ = close(folder)
        }
    }

    /// Deletes what was written.
    func discard() { unlink(temporary.cPath) }

    private static func resolved(_ path: String) -> String? {
        guard let pointer = realpath(path.cPath, nil) else { return nil }
        defer { free(pointer) }
        return String(pathBytes: pointer)
    }
}
