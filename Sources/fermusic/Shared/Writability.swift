import Files
import Glibc

/// Finds out before hours of work that their result could not be written.
enum Writability {
    /// A file, which may be there already.
    static func check(_ path: String) throws {
        var status = stat()
        if stat(path.cPath, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw failure(path, "not a regular file")
        }
        guard access(path.parentFolder.cPath, W_OK) == 0 else { throw failure(path, FileFailure.last.reason) }
    }

    /// A folder, which is made.
    static func checkFolder(_ path: String) throws {
        do {
            try FolderTree.create(path)
        } catch let error as FileFailure {
            throw failure(path, error.reason)
        }
        guard access(path.cPath, W_OK) == 0 else { throw failure(path, FileFailure.last.reason) }
    }

    private static func failure(_ path: String, _ reason: String) -> OutputError {
        OutputError(path: path, reason: reason)
    }
}
