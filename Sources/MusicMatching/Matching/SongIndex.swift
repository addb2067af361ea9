/// What ranking asks the database: the one place of the Matching folder with SQL for songs.
struct SongIndex {
    private let database: Database

    init(_ database: Database) { self.database = database }

    private static let columns =
        "id, valence, energy, danceability, acousticness, tempo, provenance, emotions, traits, language"

    /// Whether there are songs in a grid; most catalogues have some in a few only.
    func hasSongs(_ kind: MoodGrid.Kind) throws -> Bool {
        let cells = MoodGrid.cells(of: kind)
        return try database.integer(
            "SELECT EXISTS (SELECT 1 FROM songs WHERE cell >= ? AND cell < ?)", .integer(cells.lowerBound),
            .integer(cells.upperBound)) != 0
    }

    /// Whether more songs than `limit` are in a language.
    func hasMore(than limit: Int, in language: String) throws -> Bool {
        try database.integer(
            "SELECT count(*) FROM (SELECT 1 FROM songs INDEXED BY songs_by_language WHERE language = ? LIMIT ?)",
            .text(language), .integer(limit + 1)) > limit
    }

    /// How many songs are the listener's own, up to `limit`.
    func ownSongs(limit: Int) throws -> Int {
        var count = 0
        for kind in MoodGrid.Kind.all where kind.isOwn && count < limit {
            let cells = MoodGrid.cells(of: kind)
            count += try database.integer(
                "SELECT count(*) FROM (SELECT 1 FROM songs WHERE cell >= ? AND cell < ? LIMIT ?)",
                .integer(cells.lowerBound), .integer(cells.upperBound), .integer(limit))
        }
        return min(count, limit)
    }

    /// One song; `nil` if it is gone.
    func place(of song: Int) throws -> CellPlace? {
        try database.first("SELECT \(SongIndex.columns) FROM songs WHERE id = ?", .integer(song)) { CellPlace($0) }
    }

    /// All songs in a language.
    func songs(in language: String, _ body: (Int, CellPlace) throws -> Void) throws {
        let statement = try database.prepare(
            "SELECT \(SongIndex.columns) FROM songs INDEXED BY songs_by_language WHERE language = ?")
        try statement.bind([.text(language)])
        defer { statement.reset() }
        while try statement.step() { try body(statement.integer(0), CellPlace(statement)) }
    }

    /// The songs of a cell behind a place, in the order of the index, until `body` gives `false`. Gives whether it did.
    func songs(in cell: Int, behind place: CellPlace, _ body: (Int, CellPlace) throws -> Bool) throws -> Bool {
        let statement = try database.prepare(SongIndex.cellQuery)
        try statement.bind([.integer(cell)] + place.values)
        defer { statement.reset() }
        while try statement.step() {
            if try !body(statement.integer(0), CellPlace(statement)) { return true }
        }
        return false
    }

    private static let cellQuery = """
        SELECT \(columns) FROM songs INDEXED BY songs_by_mood WHERE cell = ? \
        AND (\(CellPlace.columns)) > (?, ?, ?, ?, ?, ?, ?, ?, ?) ORDER BY \(CellPlace.columns), id
        """

    /// The next songs at one place, with numbers larger than `last`.
    func crowd(in cell: Int, at place: CellPlace, behind last: Int, limit: Int) throws -> [Int] {
        try database.rows(
            SongIndex.crowdQuery, [.integer(cell)] + place.values + [.integer(last), .integer(limit)]
        ) { $0.integer(0) }
    }

    private static let crowdQuery = """
        SELECT id FROM songs INDEXED BY songs_by_mood WHERE cell = ? AND language = ? AND valence = ? \
        AND energy = ? AND danceability = ? AND acousticness = ? AND tempo = ? AND provenance = ? AND emotions = ? \
        AND traits = ? AND id > ? ORDER BY id LIMIT ?
        """

    /// What a song's artists are filed under.
    func artists(of song: Int) throws -> [String] {
        try database.first("SELECT artist FROM songs WHERE id = ?", .integer(song)) { ArtistKey.keys(of: $0.text(0)) }
            ?? []
    }

    func genres(of song: Int) throws -> [String] {
        try database.first("SELECT genres FROM songs WHERE id = ?", .integer(song)) {
            $0.text(0).split(separator: ";").map(String.init)
        } ?? []
    }

    /// The songs on which one of these artists is credited.
    func songs(by artists: Set<String>) throws -> [Int] {
        try artists.sorted().flatMap { artist in
            try database.rows("SELECT song FROM song_artists WHERE artist = ?", [.text(artist)]) { $0.integer(0) }
        }
    }
}
