import Files
import Glibc
import TextCoding

/// What a folder and those in it hold to be looked at: files whose contents are those of pictures or videos, whatever
/// they are called. Hidden ones and pictures that this program drew are left out.
struct MediaFolder {
    /// Paths, in the order of their names.
    private(set) var files: [String] = []
    private var others = 0
    private var drawn = 0
    private var visited: Set<[UInt64]> = []

    private static let videoEndings: Set = [
        "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mjpeg", "mjpg", "wmv", "flv", "3gp", "ogv",
    ]

    init(_ path: String) { walk(path) }

    /// What was left out, a line each.
    var notes: [String] {
        var notes: [String] = []
        if others > 0 { notes.append("left out: \(MediaFolder.count(others)) neither pictures nor videos") }
        if drawn > 0 { notes.append("left out: \(MediaFolder.count(drawn)) drawn by fermusic itself") }
        return notes
    }

    private static func count(_ number: Int) -> String { counted(number, "file") + "," }

    static func isName(_ name: String) -> Bool { PictureFormat.isName(name) || isVideoName(name) }

    private static func isVideoName(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return videoEndings.contains(name[name.index(after: dot)...].lowercased())
    }

    private mutating func walk(_ folder: String) {
        var status = stat()
        // A link may lead back to where we came from.
        guard stat(folder.cPath, &status) == 0, visited.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted
        else {
            return
        }
        let start = folder.hasSuffix("/") ? folder : folder + "/"
        for name in FolderTree.names(in: folder).sorted() where !name.hasPrefix(".") {
            let path = start + name
            // What cannot be opened is an error when its turn comes.
            guard stat(path.cPath, &status) == 0 else {
                if MediaFolder.isName(name) { files.append(path) } else { others += 1 }
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: walk(path)
            case S_IFREG: sort(path, name)
            default: others += 1
            }
        }
    }

    private mutating func sort(_ path: String, _ name: String) {
        guard let head = MediaFolder.head(of: path) else {
            if MediaFolder.isName(name) { files.append(path) } else { others += 1 }
            return
        }
        if PictureMark.isOn(head) {
            drawn += 1
        } else if MediaFolder.isName(name) || PictureFormat.detect(head) != nil || MediaFolder.isVideo(head) {
            files.append(path)
        } else {
            others += 1
        }
    }

    private static func head(of path: String) -> [UInt8]? {
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var head = [UInt8](repeating: 0, count: PictureMark.headLength)
        let count = read(descriptor, &head, head.count)
        return count < 0 ? nil : Array(head.prefix(count))
    }

    /// The beginnings of the usual containers; those that mostly hold sound need a name.
    private static func isVideo(_ head: [UInt8]) -> Bool {
        let tail = head.dropFirst(4)
        if tail.starts(with: "ftyp".utf8) { return !tail.dropFirst(4).starts(with: "M4".utf8) }
        return head.starts(with: [0x1A, 0x45, 0xDF, 0xA3])  // Matroska, WebM
            || head.starts(with: "RIFF".utf8) && tail.dropFirst(4).starts(with: "AVI ".utf8)
            || head.starts(with: [0, 0, 1, 0xBA]) || head.starts(with: [0, 0, 1, 0xB3])  // MPEG
            || head.starts(with: "FLV".utf8)
    }
}
