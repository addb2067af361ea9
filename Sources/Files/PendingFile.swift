import Glibc

/// A file that someone else writes, such as a C library: at `temporaryPath`, beside the place it will have. Deleted
/// unless `commit` gives it its name. See `AtomicFile` for files that are written here.
public final class PendingFile {
    public let path: String
    private let replacement: Replacement
    private var isOpen = true

    /// Where it is to be written; the file is there already.
    public var temporaryPath: String { replacement.temporary }

    /// Creates the empty file. Throws `FileFailure`, for example when its folder does not exist.
    public init(_ path: String) throws(FileFailure) {
        self.path = path
        replacement = try Replacement(path)
    }

    deinit { discard() }

    /// Makes the contents durable and gives the file its name; a file already there hands on its owner, group and
    /// permissions as far as this process may. Throws `FileFailure`; then nothing is left.
    public func commit() throws(FileFailure) {
        precondition(isOpen)
        do throws(FileFailure) {
            try replacement.commit()
        } catch {
            discard()
            throw error
        }
        isOpen = false
        close(replacement.descriptor)
    }

    /// Deletes the file if it was not committed.
    public func discard() {
        guard isOpen else { return }
        isOpen = false
        replacement.discard()
        close(replacement.descriptor)
    }
}
