import Glibc
import Synchronization

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
    private static let counter = Atomic<Int>(0)

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
        (temporary, descriptor) = try Replacement.create(in: folder, permissions: exists || isPrivate ? 0o600 : 0o666)
    }

    private static func create(in folder: String, permissions: mode_t) throws(FileFailure) -> (String, Int32) {
        for _ in 0..<1000 {
            let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
            let path = "\(folder)/\(LeftFiles.name(number))"
            let descriptor = open(path.cPath, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions)
            guard descriptor >= 0 else {
                // Another machine or container can have a process of this number.
                if errno == EEXIST { continue }
                throw FileFailure.last
            }
            // Some file systems know no locks; nothing is removed there.
            let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
            var status = stat()
            if isLocked, fstat(descriptor, &status) == 0, status.st_nlink > 0 { return (path, descriptor) }
            // Somebody took it for a file that was left, in the moment before it was locked.
            close(descriptor)
        }
        throw FileFailure("no name is free for a new file")
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

/// Files that killed processes left beside the ones that they were to become.
enum LeftFiles {
    private static let folders = Mutex<Set<String>>([])

    static func name(_ number: Int) -> String { ".fermusic-\(getpid())-\(number).part" }

    /// Whether a file has a name of `name`'s.
    private static func isOne(_ name: String) -> Bool {
        guard name.hasPrefix(".fermusic-"), name.hasSuffix(".part") else { return false }
        let numbers = name.dropFirst(10).dropLast(5).split(separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 2 && numbers.allSatisfy { Int($0).map { $0 > 0 } ?? false }
    }

    /// Removes this user's files that nobody writes any more; looks once into each folder.
    static func remove(in folder: String) {
        guard folders.withLock({ $0.insert(folder).inserted }) else { return }
        for name in FolderTree.names(in: folder) where isOne(name) {
            let path = "\(folder)/\(name)"
            let descriptor = open(path.cPath, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            unlink(path.cPath)
        }
    }
}
