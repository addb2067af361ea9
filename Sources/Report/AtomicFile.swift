import Glibc

/// Writes a file beside the place it belongs to, flushes it to the disk, and only then gives it its name.
func writeAtomically(_ bytes: [UInt8], to path: String) throws(ReportError) {
    func failure() -> ReportError { .cannotWrite(path: path, reason: String(cString: strerror(errno))) }

    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard makeFolder(folder) else { throw failure() }
    let temporary = "\(path).\(getpid()).part"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard file >= 0 else { throw failure() }
    var isWritten = writeAll(bytes, to: file) && fsync(file) == 0
    var error: ReportError? = isWritten ? nil : failure()
    if close(file) != 0, isWritten {
        isWritten = false
        error = failure()
    }
    if isWritten, rename(temporary, path) != 0 { error = failure() }
    if let error {
        unlink(temporary)
        throw error
    }
    // The new name itself survives a power cut only after the folder is flushed; some file systems can't.
    let folderFile = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folderFile >= 0 {
        _ = fsync(folderFile)
        _ = close(folderFile)
    }
}

private func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Makes a folder and those above it; `errno` tells why not.
private func makeFolder(_ folder: String) -> Bool {
    if mkdir(folder, 0o777) == 0 || errno == EEXIST { return true }
    guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { return false }
    return makeFolder(String(folder[..<slash])) && (mkdir(folder, 0o777) == 0 || errno == EEXIST)
}
