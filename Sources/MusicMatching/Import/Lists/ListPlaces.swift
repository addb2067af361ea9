import Files
import MediaFiles
import TextCoding

/// Places of files as playlists write them.
enum ListPlaces {
    /// The paths that a list may mean, the likeliest first; none for addresses on the web. Its very bytes name the file; if
    /// they are no UTF-8, the file's name may be while the list was written in Windows-1252, and the other way round.
    /// Blanks at the ends belong to a name, or to whoever typed the list.
    static func paths(_ place: String, from folder: String) -> [String] {
        var paths: [String] = []
        for written in [place, place.trimmingBlanks] {
            let others = [TextDecoding.readable(path: written), TextDecoding.windows1252Path(written)]
            for place in [written] + others.compactMap({ $0 }) {
                guard let path = path(place, from: folder) else { continue }
                // Texts that are alike may differ in their bytes.
                for path in [path, decoded(path[...])]
                where !paths.contains(where: { $0.utf8.elementsEqual(path.utf8) }) {
                    paths.append(path)
                }
            }
        }
        return paths
    }

    /// The path that a place is: `file://` addresses decoded, Windows's separators turned, relative paths completed with
    /// the list's folder. `nil` for addresses on the web.
    private static func path(_ place: String, from folder: String) -> String? {
        var path = place
        if place.lowercased().hasPrefix("file://") {
            path = decoded(place.dropFirst(7))
            // file://localhost/...; and "file:///C:/Music".
            if path.lowercased().hasPrefix("localhost/") { path = String(path.dropFirst(9)) }
            if isDrive(path.dropFirst()) { path = String(path.dropFirst()) }
        } else if place[...].firstPlace(of: "://") != nil {
            return nil
        }
        if path.utf8.contains(0x5C), !path.utf8.contains(0x2F) || isDrive(path[...]) {
            path = String(String.UnicodeScalarView(path.unicodeScalars.map { $0 == "\\" ? "/" : $0 }))
        }
        if path.isEmpty { return nil }
        if path.utf8.first == 0x2F || isDrive(path[...]) { return normal(path) }
        // XSPF's relative places are addresses, with their signs encoded.
        return normal(folder + "/" + path)
    }

    /// An address's path: any bytes may be in it.
    static func decoded(_ text: Substring) -> String { String(pathBytes: WebAddress.decodedBytes(text)) }

    private static func isDrive(_ path: Substring) -> Bool {
        guard let first = path.utf8.first, path.utf8.dropFirst().first == 0x3A else { return false }
        return (0x41...0x5A).contains(first & 0xDF)
    }

    /// Without "." and "..".
    private static func normal(_ path: String) -> String {
        var parts: [Substring] = []
        for part in ListPlaces.parts(path) where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(part) }
        }
        return (path.utf8.first == 0x2F ? "/" : "") + parts.joined(separator: "/")
    }

    /// Divided by bytes: an accent behind a slash would make one character with it.
    private static func parts(_ path: String) -> [Substring] {
        path.utf8.split(separator: 0x2F).map { Substring($0) }
    }

    /// What the last folders and the name of a file are called, for finding it on another computer: the last three parts,
    /// then the last two. A name alone says too little: there are many "01 Intro.mp3".
    static func tails(_ path: String) -> [String] {
        let parts = parts(path)
        return [3, 2].filter { parts.count >= $0 }.map { "/" + parts.suffix($0).joined(separator: "/") }
    }

    /// The song of a file that is there, though it was never imported; `nil` if it is not.
    static func song(_ place: String, from folder: String) -> SongDraft? {
        let there = paths(place, from: folder).first { MusicFile.isOne($0) && FileReading.State($0) != nil }
        guard let path = there, let tags = try? TagReader.read(path) else { return nil }
        return try? FileSong.draft(tags, path: path, root: path.parentFolder) { _ in false }
    }

    /// Names out of a file's name, "Artist - Title.mp3"; `nil` if it has no such form.
    static func names(_ place: String) -> SongDraft? {
        let place = TextDecoding.readable(path: place) ?? place
        let path = path(place.trimmingBlanks, from: "/") ?? place
        guard MusicFile.isOne(path) else { return nil }
        return ListedSong.draft(dashed: path.withoutPathExtension)
    }
}

extension Catalogue {
    /// The song of a file that a list names, if that file was imported: by its path, or by the last parts of it if only
    /// one file has them. Throws `MusicError`.
    func song(atPlace place: String, from folder: String) throws -> Song? {
        let paths = ListPlaces.paths(place, from: folder)
        for path in paths {
            let id = try database.first("SELECT song FROM files WHERE path = ?", .text(path)) { $0.optionalInteger(0) }
            if let id, let id { return try song(id) }
        }
        for path in paths {
            for tail in ListPlaces.tails(path) {
                let found = try database.rows(
                    "SELECT song FROM files WHERE tail = ? AND lower(path) LIKE ? ESCAPE '\\' AND song IS NOT NULL LIMIT 2",
                    [.text(path.lastPathPart), .text("%" + loweredForLike(tail))]
                ) { $0.integer(0) }
                if found.count == 1 { return try song(found[0]) }
            }
        }
        return nil
    }

    /// A text as LIKE takes it literally, its ASCII letters small as SQL's `lower` makes them.
    private func loweredForLike(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { result.append("\\") }
            result.append("A"..."Z" ~= scalar ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar)
        }
        return String(result)
    }
}
