import Files

/// Songs as a playlist for players.
public enum PlaylistFormat: String, CaseIterable, Sendable {
    /// Extended M3U in UTF-8: songs with files only, since it names nothing else.
    case m3u8
    /// XSPF 1 (XML): songs with a file have its place, others their names, by which players find them.
    case xspf

    /// The playlist, and how many songs it has. Songs whose files are all gone count as having none, as do, in M3U8, those
    /// with names that are no text.
    ///
    /// - Parameters:
    ///   - name: what the playlist is called.
    ///   - namesFiles: whether it says where files are.
    /// Throws `MusicError`.
    public func playlist(
        of songs: [Song], name: String, in catalogue: Catalogue, namesFiles: Bool = true
    ) throws -> (text: String, songs: Int) {
        var text = PlaylistFormat.head(self, name), count = 0
        for song in songs {
            let file = namesFiles ? try catalogue.files(of: song.id).first { $0.gone == nil } : nil
            let duration = file?.duration ?? song.duration
            switch self {
            case .m3u8:
                // A line break in a path would be two paths, and bytes that are no text cannot be written as text.
                guard let file, !file.path.utf8.contains(where: { $0 == 10 || $0 == 13 }),
                    !file.path.unicodeScalars.contains(where: { $0.pathByte != nil })
                else { continue }
                let seconds = duration.map { "\($0 / 1000 + ($0 % 1000 >= 500 ? 1 : 0))" } ?? "-1"
                text += "#EXTINF:\(seconds),\(PlaylistFormat.line(song.artist)) - \(PlaylistFormat.line(song.title))\n"
                text += file.path + "\n"
            case .xspf:
                text += XSPF.track(song, address: file.map { PlaylistFormat.address($0.path) }, duration: duration)
            }
            count += 1
        }
        return (text + (self == .xspf ? XSPF.tail : ""), count)
    }

    private static func head(_ format: PlaylistFormat, _ name: String) -> String {
        switch format {
        case .m3u8: "#EXTM3U\n#PLAYLIST:\(line(name))\n"
        case .xspf: XSPF.head(name)
        }
    }

    /// A path as an address: its very bytes, percent-encoded.
    private static func address(_ path: String) -> String {
        "file://"
            + path.split(separator: "/", omittingEmptySubsequences: false).map { part in
                WebAddress.encoded(bytes: String(part).cPath.dropLast().map { UInt8(bitPattern: $0) })
            }.joined(separator: "/")
    }

    private static func line(_ text: String) -> String { SongRowReader.clean(text) }
}

extension Catalogue {
    /// All songs of which there are files, in the order of their artists, albums and paths. Throws `MusicError`.
    public func songsWithFiles() throws -> [Song] {
        try songs(
            from: "songs JOIN (SELECT song, min(path) AS path FROM files WHERE gone IS NULL GROUP BY song) AS places "
                + "ON places.song = songs.id",
            where: "true ORDER BY songs.artist, songs.album, places.path", [])
    }
}
