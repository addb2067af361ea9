import Files
import Glibc

/// The music files below a folder.
struct MusicFolder {
    /// Folders that lie deeper than this are a circle that nobody noticed.
    private static let mostLevels = 64

    private(set) var files: [String] = []
    /// Folders, for those who watch them.
    private(set) var folders: [String] = []
    /// Folders that could not be read, and why.
    private(set) var problems: [(path: String, reason: String)] = []
    private var seen: Set<Identity> = []

    private struct Identity: Hashable {
        var device: UInt
        var inode: UInt
    }

    /// Goes through the whole tree; links to folders are followed, each folder once. Files come in the order of their
    /// paths. Cost: a few microseconds a file.
    init(_ path: String, isCancelled: () -> Bool = { false }) {
        walk(path, 0, isCancelled)
    }

    private mutating func walk(_ path: String, _ level: Int, _ isCancelled: () -> Bool) {
        var status = stat()
        guard level < MusicFolder.mostLevels, !isCancelled(), stat(path.cPath, &status) == 0,
            seen.insert(Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))).inserted
        else { return }
        guard access(path.cPath, R_OK | X_OK) == 0 else {
            problems.append((path, String(cString: strerror(errno))))
            return
        }
        folders.append(path)
        let base = path.hasSuffix("/") ? path : path + "/"
        for name in FolderTree.names(in: path).sorted() where !name.hasPrefix(".") {
            let place = base + name
            if MusicFile.isOne(name) {
                var kind = stat()
                // A folder may be called "Best of.mp3"; a link may lead nowhere.
                if stat(place.cPath, &kind) == 0 {
                    if kind.st_mode & S_IFMT == S_IFREG { files.append(place) }
                    if kind.st_mode & S_IFMT == S_IFDIR { walk(place, level + 1, isCancelled) }
                }
            } else {
                var kind = stat()
                if stat(place.cPath, &kind) == 0, kind.st_mode & S_IFMT == S_IFDIR {
                    walk(place, level + 1, isCancelled)
                }
            }
        }
    }
}
