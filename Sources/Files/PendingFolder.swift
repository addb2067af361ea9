import Glibc

/// A folder that is filled beside the place it will have, under a hidden name, and removed unless `commit` gives it its
/// own. Of killed processes it goes as their files do, see `LeftFiles`.
public final class PendingFolder {
    public let path: String
    /// Where it is to be filled; the folder is there already, and empty.
    public let temporaryPath: String
    private let descriptor: Int32
    private var isOpen = true

    /// Creates the empty folder, and those above its place. `path` must be free, see `FolderTree.isFree`. Throws
    /// `FileFailure`.
    public init(_ path: String) throws {
        self.path = path
        guard FolderTree.isFree(path) else { throw FileFailure("exists already and is not an empty folder") }
        let folder = path.parentFolder
        try FolderTree.create(folder)
        LeftFiles.remove(in: folder)
        (temporaryPath, descriptor) = try LeftFiles.create(in: folder) { path in
            guard mkdir(path.cPath, 0o777) == 0 else { return -1 }
            return open(path.cPath, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
    }

    deinit { discard() }

    /// Makes what is in it durable and gives it its name. Throws `FileFailure`; then nothing is left.
    public func commit() throws(FileFailure) {
        precondition(isOpen)
        sync()  // one for all files: one fsync each takes minutes
        guard rename(temporaryPath.cPath, path.cPath) == 0 else {
            let failure = FileFailure.last
            discard()
            throw failure
        }
        isOpen = false
        close(descriptor)
    }

    /// Removes it with its contents if it was not committed.
    public func discard() {
        guard isOpen else { return }
        isOpen = false
        FolderTree.remove(temporaryPath)
        close(descriptor)
    }
}
