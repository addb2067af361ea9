import TextCoding
import Timing

/// Songs in an order of the listener's, under a name.
public struct SongPlaylist: Sendable, Equatable {
    public var name: String
    /// When it was changed last, in seconds since 1970.
    public var changed: Int
    public var songs: [Song]
}

extension Catalogue {
    /// Songs that a playlist may have, and scalars of its name.
    public static let mostSongsInPlaylist = 10_000
    public static let longestPlaylistName = 100

    /// A name as playlists have it: in one line, without blanks at its ends; `nil` if nothing is left of it or it is too long.
    public static func playlistName(_ text: String) -> String? {
        let name = String(trimmed(SongRowReader.clean(text)[...]))
        return name.isEmpty || name.unicodeScalars.count > longestPlaylistName ? nil : name
    }

    /// The names of all playlists with their songs' number, the one changed last first. Throws `MusicError`.
    public func playlists() throws -> [(name: String, songs: Int, changed: Int)] {
        try database.rows(
            """
            SELECT name, changed, (SELECT count(*) FROM playlist_songs WHERE playlist = id) FROM playlists \
            ORDER BY changed DESC, id DESC
            """
        ) { (name: $0.text(0), songs: $0.integer(2), changed: $0.integer(1)) }
    }

    /// A playlist by its name. Throws `MusicError.noSuchPlaylist`.
    public func playlist(named name: String) throws -> SongPlaylist {
        guard let (id, changed) = try number(ofPlaylist: name) else { throw MusicError.noSuchPlaylist(name) }
        let songs = try songs(
            from: "playlist_songs JOIN songs ON songs.id = playlist_songs.song",
            where: "playlist_songs.playlist = ? ORDER BY position", [.integer(id)])
        return SongPlaylist(name: name, changed: changed, songs: songs)
    }

    /// The numbers of a playlist's songs, in order. Throws `MusicError`.
    public func songNumbers(ofPlaylist name: String) throws -> [Int] {
        guard let (id, _) = try number(ofPlaylist: name) else { throw MusicError.noSuchPlaylist(name) }
        return try database.rows(
            "SELECT song FROM playlist_songs WHERE playlist = ? ORDER BY position", [.integer(id)]
        ) { $0.integer(0) }
    }

    /// Makes a playlist, or what it holds anew: all or nothing. Songs that the catalogue has no more are left out; gives how
    /// many are in it.
    ///
    /// - Parameters:
    ///   - name: as `playlistName` gives it.
    ///   - songs: numbers, in order.
    ///   - appends: keeps what is in it, and puts those behind that are not yet.
    /// Throws `MusicError`.
    @discardableResult
    public func savePlaylist(
        _ name: String, songs: [Int], appends: Bool = false, time: Int = currentTime()
    ) throws -> Int {
        try database.transaction(.listener) {
            var all = songs
            if appends, try number(ofPlaylist: name) != nil {
                let before = try playlist(named: name).songs.map(\.id), known = Set(before)
                all = before + songs.filter { !known.contains($0) }
            }
            try database.run(
                "INSERT INTO playlists (name, changed) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET changed = ?2",
                .text(name), .integer(time))
            let id = try number(ofPlaylist: name)?.id ?? 0
            try database.run("DELETE FROM playlist_songs WHERE playlist = ?", .integer(id))
            var position = 0
            for song in all.prefix(Catalogue.mostSongsInPlaylist) {
                try database.run(
                    "INSERT INTO playlist_songs (playlist, position, song) SELECT ?, ?, id FROM songs WHERE id = ?",
                    .integer(id), .integer(position), .integer(song))
                position += database.changes
            }
            return position
        }
    }

    /// Deletes a playlist; its songs stay. Throws `MusicError.noSuchPlaylist`.
    public func removePlaylist(_ name: String) throws {
        try database.run("DELETE FROM playlists WHERE name = ?", .text(name))
        guard database.changes > 0 else { throw MusicError.noSuchPlaylist(name) }
    }

    private func number(ofPlaylist name: String) throws -> (id: Int, changed: Int)? {
        try database.first("SELECT id, changed FROM playlists WHERE name = ?", .text(name)) {
            ($0.integer(0), $0.integer(1))
        }
    }
}
