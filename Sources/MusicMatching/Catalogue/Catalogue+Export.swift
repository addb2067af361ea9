extension Catalogue {
    /// The columns of `export`; `importSongs` reads them back, estimates as estimates.
    public static let exportHeader = SongCSV.header

    /// Gives the whole catalogue as CSV, piece by piece. Throws what `write` throws, and `MusicError`.
    public func export(_ write: (String) throws -> Void) throws {
        try write(Catalogue.exportHeader + "\n")
        var last = 0, rows = 0
        repeat {
            let songs = try songs(where: "id > ? ORDER BY id LIMIT 1000", [.integer(last)])
            if !songs.isEmpty { try write(songs.map { SongCSV.row($0) + "\n" }.joined()) }
            rows = songs.count
            last = songs.last?.id ?? last
        } while rows > 0
    }

    /// Some songs as such a table.
    public static func csv(_ songs: [Song]) -> String { SongCSV.text(songs) }
}
