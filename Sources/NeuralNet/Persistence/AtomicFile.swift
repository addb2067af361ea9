import Glibc
import Synchronization

/// Replaces files whole: a kill or a full disk at any moment leaves the old contents or the new, never a mixture.
public enum AtomicFile {
    private static let counter = Atomic<Int>(0)

    /// Writes `bytes` beside `path`, makes them durable and gives them the name `path`; folders that are missing are
    /// made. A file already there keeps its permissions, a symbolic link still points to it. On failure, which is a
    /// `NeuralNetError.file`, nothing is left behind.
    public static func replace(_ path: String, with bytes: UnsafeRawBufferPointer) throws {
        func failure(_ reason: String? = nil) -> NeuralNetError {
            .file(path: path, place: nil, reason: "cannot write: \(reason ?? String(cString: strerror(errno)))")
        }
        var status = stat()
        let exists = stat(path, &status) == 0
        guard !exists || status.st_mode & S_IFMT == S_IFREG else { throw failure("not a regular file") }
        // rename replaces a link, not what it points to.
        let target = exists ? resolved(path) ?? path : path
        guard makeFolder(target.parentFolder) else { throw failure() }

        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        let temporary = "\(target).\(getpid())-\(number).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure() }
        var isWritten = write(bytes, to: descriptor) && fsync(descriptor) == 0
        var reason = errno
        if exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
        if close(descriptor) != 0, isWritten {
            isWritten = false
            reason = errno
        }
        if isWritten, rename(temporary, target) != 0 {
            isWritten = false
            reason = errno
        }
        guard isWritten else {
            unlink(temporary)
            throw failure(String(cString: strerror(reason)))
        }
        // The new name survives a power cut only after this; some file systems cannot.
        let folder = open(target.parentFolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            _ = fsync(folder)
            _ = close(folder)
        }
    }

    /// The same for contents too large for memory: `write` gets the path of a new file beside `path` and fills it.
    public static func replace(_ path: String, write: (String) throws -> Void) throws {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        let temporary = "\(path).\(getpid())-\(number).part"
        do {
            try write(temporary)
            let descriptor = open(temporary, O_RDONLY | O_CLOEXEC)
            defer { close(descriptor) }
            guard descriptor >= 0, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
                throw NeuralNetError.file(
                    path: path, place: nil, reason: "cannot write: \(String(cString: strerror(errno)))")
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func resolved(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// Makes a folder and those above it; `errno` tells why not.
    private static func makeFolder(_ folder: String) -> Bool {
        if mkdir(folder, 0o777) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, folder.contains("/"), folder != "/" else { return false }
        return makeFolder(folder.parentFolder) && (mkdir(folder, 0o777) == 0 || errno == EEXIST)
    }
}
