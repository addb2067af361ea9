import Glibc

/// Folders with all that is in them.
public enum FolderTree {
    /// Whether nothing would be lost by putting a folder at `path`: it does not exist, or is empty.
    public static func isFree(_ path: String) -> Bool {
        var status = stat()
        if lstat(path.cPath, &status) != 0 { return true }
        guard status.st_mode & S_IFMT == S_IFDIR else { return false }
        return names(in: path).isEmpty
    }

    /// Creates a folder and those above it. Throws `FileFailure`.
    public static func create(_ path: String) throws {
        var status = stat()
        if stat(path.cPath, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        if path.parentFolder != ".", path.parentFolder != path { try create(path.parentFolder) }
        guard mkdir(path.cPath, 0o755) == 0 || errno == EEXIST else { throw FileFailure.last }
    }

    /// Deletes a folder with its contents; links are deleted, not followed. Does what it can.
    public static func remove(_ path: String) {
        var status = stat()
        guard lstat(path.cPath, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in names(in: path) { remove("\(path)/\(name)") }
            rmdir(path.cPath)
        } else {
            unlink(path.cPath)
        }
    }

    /// What a folder holds, in no order; nothing if it cannot be read.
    public static func names(in path: String) -> [String] {
        guard let directory = opendir(path.cPath) else { return [] }
        defer { closedir(directory) }
        var result: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(pathBytes: $0) }
            }
            if name != "." && name != ".." { result.append(name) }
        }
        return result
    }
}
