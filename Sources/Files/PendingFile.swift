import Glibc
import Synchronization

/// A file that someone else writes, such as a C library: at `temporaryPath`, beside the place it will have. Deleted
/// unless `commit` gives it its name. See `AtomicFile` for files that are written here.
public final class PendingFile {
    public let path: String
    public let temporaryPath: String
    private let target: String
    private let permissions: mode_t?
    private var isOpen = true
    private static let counter = Atomic<Int>(0)

    /// Creates the empty file. Throws `FileFailure`, for example when its folder does not exist.
    public init(_ path: String) throws(FileFailure) {
        var status = stat()
        let exists = stat(path.cPath, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            throw FileFailure(status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "not a regular file")
        }
        self.path = path
        // rename replaces a link, not what it points to.
        if exists, let pointer = realpath(path.cPath, nil) {
            target = String(pathBytes: pointer)
            free(pointer)
        } else {
            target = path
        }
        permissions = exists ? status.st_mode & 0o7777 : nil
        let number = PendingFile.counter.wrappingAdd(1, ordering: .relaxed).newValue
        temporaryPath = "\(target).\(getpid())-p\(number).part"
        let descriptor = open(temporaryPath.cPath, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileFailure.last }
        close(descriptor)
    }

    deinit { discard() }

    /// Makes the contents durable and gives the file its name. Throws `FileFailure`; then nothing is left.
    public func commit() throws(FileFailure) {
        precondition(isOpen)
        do throws(FileFailure) {
            let descriptor = open(temporaryPath.cPath, O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileFailure.last }
            let isDurable = fsync(descriptor) == 0
            let failure = FileFailure.last
            if let permissions { _ = fchmod(descriptor, permissions) }
            close(descriptor)
            guard isDurable else { throw failure }
            guard rename(temporaryPath.cPath, target.cPath) == 0 else { throw FileFailure.last }
            isOpen = false
        } catch {
            discard()
            throw error
        }
    }

    /// Deletes the file if it was not committed.
    public func discard() {
        if isOpen { unlink(temporaryPath.cPath) }
        isOpen = false
    }
}
