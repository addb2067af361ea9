import Files

/// Lists of songs in XML: XSPF playlists and the library of iTunes.
enum PlaylistXML {
    /// Reads either, told apart by the first element. Throws `FileFailure`.
    static func read(_ bytes: ArraySlice<UInt8>) throws -> SongList {
        let stream = try XMLStream()
        let xspf = XSPF(), library = ITunesLibrary()
        var root = ""
        stream.begins = { path in
            if path.count == 1 {
                root = path[0].split(separator: ":").last.map(String.init) ?? ""
                guard root == "playlist" || root == "plist" else {
                    throw FileFailure("an XML file with <\(root.prefix(40))> is no list of songs")
                }
            }
            if root == "plist" { library.begin(path) } else { xspf.begin(path) }
        }
        stream.ends = { path, text in
            if root == "plist" { library.end(path, text) } else { xspf.end(path, text) }
        }
        try stream.read(bytes)
        return root == "plist" ? library.list : xspf.list
    }

    /// XSPF 1: <playlist><trackList><track><title>, <creator>, <album>, <location>, <duration>.
    private final class XSPF {
        var list = SongList("XSPF playlist")
        private var fields: [String: String] = [:]

        func begin(_ path: [String]) {
            if XSPF.isTrack(path) { fields = [:] }
        }

        func end(_ path: [String], _ text: String) {
            if XSPF.isTrack(path) {
                var song = ListedSong.draft(fields["title"], fields["creator"], album: fields["album"])
                song?.duration = ListedSong.duration(fields["duration"])
                let place = fields["location"]
                if song != nil || place != nil { list.songs.append(ListedSong(song, place: place)) }
            } else if path.count == 4, XSPF.isTrack(path.dropLast()) {
                let name = XSPF.name(path)
                // Of several places the first counts.
                if fields[name] == nil { fields[name] = SongRowReader.clean(text) }
            } else if path.count == 2, XSPF.name(path) == "title" {
                list.name = SongRowReader.clean(text)
            }
        }

        private static func name<Path: BidirectionalCollection<String>>(_ path: Path) -> String {
            path.last?.split(separator: ":").last.map(String.init) ?? ""
        }

        private static func isTrack<Path: BidirectionalCollection<String>>(_ path: Path) -> Bool {
            path.count == 3 && name(path) == "track"
        }
    }

    /// <plist><dict>... <key>Tracks</key><dict><key>1</key><dict><key>Name</key><string>...: a property list, in which a
    /// key stands before its value. Tracks lie at one depth; playlists, which only number them, at another.
    private final class ITunesLibrary {
        var list = SongList("iTunes library")
        private static let depth = 4
        /// The key before what comes next, by depth.
        private var keys = [String](repeating: "", count: 8)
        private var fields: [String: String] = [:]

        private func isTrack(_ path: [String]) -> Bool {
            path.count == ITunesLibrary.depth && path.last == "dict" && keys[2] == "Tracks"
        }

        func begin(_ path: [String]) {
            if isTrack(path) { fields = [:] }
        }

        func end(_ path: [String], _ text: String) {
            guard path.count < keys.count, let name = path.last else { return }
            if name == "key" {
                keys[path.count - 1] = text
            } else if path.count == ITunesLibrary.depth + 1, keys[2] == "Tracks" {
                // <true/> has no text.
                fields[keys[path.count - 1]] = name == "true" ? "true" : name == "false" ? "false" : text
            } else if isTrack(path) {
                take()
            }
        }

        private func take() {
            let isSpoken = ["Podcast", "Movie", "TV Show", "Audiobook", "Has Video"].contains { fields[$0] == "true" }
            if isSpoken || fields["Genre"] == "Podcast" { return }
            var song = ListedSong.draft(
                fields["Name"], fields["Artist"] ?? fields["Album Artist"], album: fields["Album"])
            song?.year = fields["Year"].flatMap(SongRowReader.year)
            song?.genres = fields["Genre"].map { [SongRowReader.clean($0)] } ?? []
            song?.duration = ListedSong.duration(fields["Total Time"])
            if let tempo = fields["BPM"].flatMap(Double.init), MoodAxis.tempo.range.contains(tempo) {
                song?.mood[.tempo] = tempo
            }
            if fields["Explicit"] == "true" { song?.isExplicit = true }
            var listed = ListedSong(song, place: fields["Location"])
            listed.plays = min(max(fields["Play Count"].flatMap { Int($0) } ?? 0, 0), 1_000_000)
            if listed.song != nil || listed.place != nil { list.songs.append(listed) }
        }
    }
}
