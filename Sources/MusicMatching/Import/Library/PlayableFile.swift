import Files
import Glibc

/// A file of the catalogue, opened to be played: the one gate between numbers and the file system. What is opened is a
/// regular file that is as it was when it was imported, and lies below the folder that was imported.
public struct PlayableFile: Sendable {
    public var file: FileAtAnyPlace
    /// The media type.
    public var type: String
    /// Changes whenever the file does.
    public var tag: String

    /// Why a file is not given.
    public enum Refusal: Error, Equatable, Sendable {
        /// The catalogue has no such number, or no song of the file.
        case unknown
        case gone
        /// It was written since it was imported.
        case changed
        /// It is a folder, a device, a pipe or a socket now.
        case noFile(String)
        /// A link leads out of the folder that was imported.
        case outside
        case unreadable(String)
    }
}

extension Catalogue {
    /// Opens a file by its number. Throws `PlayableFile.Refusal` and `MusicError`. Waits for nothing but the disk.
    public func openFile(_ number: Int) throws -> PlayableFile {
        let known = try database.first(
            "SELECT path, size, modified, content FROM files WHERE id = ? AND song IS NOT NULL", .integer(number)
        ) { (path: $0.text(0), size: $0.integer(1), modified: $0.integer(2), content: $0.integer(3)) }
        guard let known, let type = MusicFile.type(of: known.path) else { throw PlayableFile.Refusal.unknown }
        // Opening a device or a pipe can do something; looking at it cannot.
        try Catalogue.look(at: known.path)
        let file: FileAtAnyPlace
        do {
            file = try FileAtAnyPlace(known.path)
        } catch {
            throw PlayableFile.Refusal.unreadable(error.reason)
        }
        guard let place = file.realPath, try isImported(known.path, at: place) else {
            throw PlayableFile.Refusal.outside
        }
        guard file.count == known.size, file.modified == known.modified else { throw PlayableFile.Refusal.changed }
        func digits(_ number: Int) -> String { String(UInt(bitPattern: number), radix: 16) }
        return PlayableFile(
            file: file, type: type,
            tag: "\"\(digits(known.size))-\(digits(known.modified))-\(digits(known.content))\"")
    }

    /// The first of a song's files that could be played now; `nil` if none could. Throws `MusicError`.
    public func playable(_ song: Int) throws -> PlayableSong? {
        for file in try files(of: song) where file.gone == nil {
            do {
                let opened = try openFile(file.number)
                return PlayableSong(file: file.number, type: opened.type, gain: try gain(of: file, song: song))
            } catch is PlayableFile.Refusal {
                continue
            }
        }
        return nil
    }

    /// What could be played of all songs, by their numbers, as it was when it was imported: no file is looked at. Throws
    /// `MusicError`.
    func knownFiles() throws -> [Int: PlayableSong] {
        var found: [Int: PlayableSong] = [:]
        try database.rows(
            """
            SELECT files.song, files.id, files.path, files.track_gain, sounds.loudness FROM files \
            LEFT JOIN sounds ON sounds.song = files.song WHERE files.gone IS NULL AND files.song IS NOT NULL \
            ORDER BY files.song, files.path
            """
        ) { row in
            (
                song: row.integer(0), file: row.integer(1), path: row.text(2), gain: row.optionalInteger(3),
                loudness: row.isNull(4) ? nil : row.real(4)
            )
        }.forEach { row in
            guard found[row.song] == nil, let type = MusicFile.type(of: row.path) else { return }
            let gain = row.gain.map { Double($0) / 100 } ?? row.loudness.map { -18 - $0 }
            found[row.song] = PlayableSong(file: row.file, type: type, gain: gain.flatMap { $0.isFinite ? $0 : nil })
        }
        return found
    }

    /// Decibels that make a song's file as loud as others, see `PlayableSong.gain`. Throws `MusicError`.
    public func gain(of file: SongFile, song: Int) throws -> Double? {
        if let gain = file.trackGain { return gain.isFinite ? gain : nil }
        return try gain(of: song)
    }

    /// Throws `PlayableFile.Refusal` unless there is a regular file.
    private static func look(at path: String) throws {
        var status = stat()
        guard stat(path.cPath, &status) == 0 else {
            let code = errno
            throw code == ENOENT || code == ENOTDIR
                ? PlayableFile.Refusal.gone : .unreadable(String(cString: strerror(code)))
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: throw PlayableFile.Refusal.noFile("a folder")
        case S_IFIFO: throw PlayableFile.Refusal.noFile("a pipe")
        case S_IFSOCK: throw PlayableFile.Refusal.noFile("a socket")
        default: throw PlayableFile.Refusal.noFile("a device")
        }
    }

    /// Whether a file lies in what was imported: below a folder that is remembered, or else beside its name, when all
    /// links are followed.
    private func isImported(_ path: String, at place: String) throws -> Bool {
        let roots = try database.rows("SELECT place FROM sources") { $0.text(0) }.filter {
            Catalogue.lies(path, in: $0)
        }
        return (roots.isEmpty ? [path.parentFolder] : roots).contains { root in
            guard let real = realpath(root.cPath, nil) else { return false }
            defer { free(real) }
            return Catalogue.lies(place, in: String(pathBytes: real))
        }
    }

    private static func lies(_ path: String, in folder: String) -> Bool {
        // Bytes are compared, not characters: an accent behind a slash would make one character with it.
        path.utf8.starts(with: (folder.hasSuffix("/") ? folder : folder + "/").utf8)
    }
}
