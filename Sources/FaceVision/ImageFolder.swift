import Glibc

/// The pictures that a path names.
public enum ImageFolder {
    /// The path itself if it is a file; the PNG and JPEG files in it, by name, if it is a folder.
    /// Throws `ImageError.cannotRead`.
    public static func images(_ path: String) throws -> [String] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw ImageError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
        guard let directory = opendir(path) else {
            throw ImageError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if isImageName(name) { names.append(name) }
        }
        guard !names.isEmpty else {
            throw ImageError.cannotRead(path: path, reason: "no .jpg, .jpeg or .png files in it")
        }
        return names.sorted().map { "\(path)/\($0)" }
    }

    /// Whether a file name ends like a picture's, and is not hidden.
    public static func isImageName(_ name: String) -> Bool {
        let name = name.lowercased()
        return !name.hasPrefix(".") && [".jpg", ".jpeg", ".png"].contains { name.hasSuffix($0) }
    }
}
