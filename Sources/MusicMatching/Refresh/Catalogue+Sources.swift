import Glibc
import Timing

/// A list of songs that is read again from time to time.
public struct SongSource: Sendable, Equatable {
    /// An absolute path, or something a `ListProvider` handles.
    public var place: String
    /// Seconds since 1970; 0 if it was never read.
    public var refreshed: Int
    var language: String
    var emotion: String
    var fingerprint: String
}

extension Catalogue {
    /// The lists that `refresh` reads. Throws `MusicError`.
    public func sources() throws -> [SongSource] {
        try database.rows("SELECT place, refreshed, language, emotion, fingerprint FROM sources ORDER BY place") {
            SongSource(
                place: $0.text(0), refreshed: $0.integer(1), language: $0.text(2), emotion: $0.text(3),
                fingerprint: $0.text(4))
        }
    }

    /// Remembers a list. Relative paths are made absolute, since nobody knows where `refresh` will be started.
    /// Throws `MusicError`.
    public func remember(_ place: String, options: ImportOptions = ImportOptions()) throws {
        try database.run(
            """
            INSERT INTO sources (place, language, emotion, fingerprint, refreshed) VALUES (?, ?, ?, '', 0) \
            ON CONFLICT (place) DO UPDATE SET language = excluded.language, emotion = excluded.emotion, fingerprint = ''
            """, .text(known(place).first ?? Catalogue.absolute(place)),
            .text(options.language?.code ?? ""), .text(options.emotion?.name ?? ""))
    }

    /// Forgets a list; its songs stay. Gives whether it was known. Throws `MusicError`.
    public func forget(_ place: String) throws -> Bool {
        let known = try known(place)
        for place in known { try database.run("DELETE FROM sources WHERE place = ?", .text(place)) }
        return !known.isEmpty
    }

    /// How the catalogue has a list. An older one may have a server as it was written, and twice if it was in two ways.
    private func known(_ place: String) throws -> [String] {
        let wanted = Catalogue.absolute(place)
        return try sources().map(\.place).filter { $0 == wanted || ServerPlace.canonical($0) == wanted }
    }

    /// Notes that a list was read just now.
    func markRead(_ place: String, _ fingerprint: String) throws {
        guard let known = try known(place).first else { return }
        try database.run(
            "UPDATE sources SET fingerprint = ?, refreshed = ? WHERE place = ?", .text(fingerprint),
            .integer(currentTime()), .text(known))
    }

    /// Changes whenever the file does.
    static func fingerprint(_ path: String) -> String? {
        var status = stat()
        guard stat(path.cPath, &status) == 0 else { return nil }
        return "\(status.st_size)-\(status.st_mtim.tv_sec)-\(status.st_mtim.tv_nsec)-\(status.st_ino)"
    }

    /// A path that does not begin with a slash is completed; servers are written in one way, see `ServerPlace.canonical`;
    /// other addresses stay as they are.
    public static func absolute(_ place: String) -> String {
        if place.hasPrefix("/") { return place }
        // A folder may be called "Queen: Live".
        if let resolved = realpath(place.cPath, nil) {
            defer { free(resolved) }
            return String(pathBytes: resolved)
        }
        if let server = ServerPlace.canonical(place) { return server }
        // "https:..." and "spotify:playlist:..." are not paths.
        let scheme = place.prefix { $0.isASCII && $0.isLetter }, rest = place.dropFirst(scheme.count)
        if scheme.count > 1, rest.first == ":", let next = rest.dropFirst().first, next != " " { return place }
        guard let folder = getcwd(nil, 0) else { return place }
        defer { free(folder) }
        return String(pathBytes: folder) + "/" + place
    }
}
