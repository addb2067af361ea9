import Glibc
import Synchronization

/// Files and folders on their way to a name, and those that killed processes left beside the ones that they were to become.
enum LeftFiles {
    private static let folders = Mutex<Set<String>>([])
    private static let counter = Atomic<Int>(0)

    private static func name(_ number: Int) -> String { ".fermusic-\(getpid())-\(number).part" }

    /// Creates one and locks it until its descriptor is closed.
    ///
    /// - Parameter make: makes something new of this path and opens it; a negative number, and `errno`, if it cannot.
    static func create(in folder: String, _ make: (String) -> Int32) throws(FileFailure) -> (String, Int32) {
        for _ in 0..<1000 {
            let path = "\(folder)/\(name(counter.wrappingAdd(1, ordering: .relaxed).newValue))"
            let descriptor = make(path)
            guard descriptor >= 0 else {
                // Another machine or container can have a process of this number.
                if errno == EEXIST { continue }
                throw FileFailure.last
            }
            // Some file systems know no locks; nothing is removed there.
            let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
            var status = stat()
            if isLocked, fstat(descriptor, &status) == 0, status.st_nlink > 0 { return (path, descriptor) }
            // Somebody took it for something left, in the moment before it was locked.
            close(descriptor)
        }
        throw FileFailure("no name is free for a new file")
    }

    /// Whether a file has a name of `name`'s.
    private static func isOne(_ name: String) -> Bool {
        guard name.hasPrefix(".fermusic-"), name.hasSuffix(".part") else { return false }
        let numbers = name.dropFirst(10).dropLast(5).split(separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 2 && numbers.allSatisfy { Int($0).map { $0 > 0 } ?? false }
    }

    /// Removes this user's files and folders that nobody writes any more; looks once into each folder.
    static func remove(in folder: String) {
        guard folders.withLock({ $0.insert(folder).inserted }) else { return }
        for name in FolderTree.names(in: folder) where isOne(name) {
            let path = "\(folder)/\(name)", always = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
            var descriptor = open(path.cPath, O_RDWR | always)
            if descriptor < 0, errno == EISDIR { descriptor = open(path.cPath, O_RDONLY | O_DIRECTORY | always) }
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT),
                status.st_uid == geteuid(), flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            FolderTree.remove(path)
        }
    }
}
