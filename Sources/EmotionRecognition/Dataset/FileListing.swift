import Files
import Glibc

/// The files below a folder or in an archive, without helper files.
struct FileListing {
    /// Their places below the top, in order of names, folder by folder.
    private(set) var files: [[String]] = []
    /// Folders that hold nothing.
    private(set) var emptyFolders: [[String]] = []

    /// The most files that are listed, and how deep folders may lie.
    static let maximumFiles = 5_000_000
    static let maximumDepth = 12

    /// What an archive holds. Names are only compared, never used as paths.
    init(archived names: [[String]]) {
        files = names.filter { !$0.isEmpty && !$0.contains(where: HelperNames.contains) }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Throws `DatasetError.cannotRead` for a folder that cannot be opened.
    init(folder path: String) throws { try add(path, []) }

    private mutating func add(_ path: String, _ place: [String]) throws {
        guard let directory = opendir(path.cPath) else {
            throw DatasetError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        var entries: [(name: String, isFolder: Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(pathBytes: $0) }
            }
            if HelperNames.contains(name) { continue }
            let kind = Int(entry.pointee.d_type)
            var isFolder = kind == Int(DT_DIR)
            if kind != Int(DT_DIR), kind != Int(DT_REG) {
                // What cannot be looked at is taken for a file: reading it says why.
                var status = stat()
                isFolder = stat("\(path)/\(name)".cPath, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            }
            entries.append((name, isFolder))
        }
        closedir(directory)
        if entries.isEmpty, !place.isEmpty { emptyFolders.append(place) }
        for entry in entries.sorted(by: { $0.name < $1.name }) {
            guard entry.isFolder else {
                files.append(place + [entry.name])
                continue
            }
            guard place.count < FileListing.maximumDepth else {
                throw DatasetError.cannotRead(path: path, reason: "folders lie too deep, or in each other")
            }
            try add("\(path)/\(entry.name)", place + [entry.name])
        }
        guard files.count <= FileListing.maximumFiles else {
            throw DatasetError.cannotRead(path: path, reason: "more than \(FileListing.maximumFiles) files")
        }
    }
}
