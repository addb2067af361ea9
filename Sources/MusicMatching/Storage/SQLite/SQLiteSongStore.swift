/// The songs of an SQLite database as ranking asks for them: read from the index on cells alone.
struct SQLiteSongStore: SongStore {
    typealias Failure = any Error

    private let database: SQLiteDatabase

    init(_ database: SQLiteDatabase) { self.database = database }

    /// In the order of the index.
    private static let place =
        "language, valence, energy, danceability, acousticness, tempo, provenance, emotions, traits"
    private static let columns = "id, \(place)"

    /// A row of `columns`.
    private static func read(_ row: SQLiteStatement) -> (Int, CellPlace) {
        var numbers = SIMD8<Int>()
        for column in 0..<8 { numbers[column] = row.integer(Int32(column + 2)) }
        return (row.integer(0), CellPlace(language: row.text(1), numbers: numbers))
    }

    private static func values(_ place: CellPlace) -> [SQLValue] {
        [.text(place.language)] + (0..<8).map { .integer(place.numbers[$0]) }
    }

    private func statement(_ sql: String, _ values: [SQLValue]) throws -> SQLiteStatement {
        let statement = try database.statement(sql)
        try statement.bind(values)
        return statement
    }

    func hasSongs(_ kind: MoodGrid.Kind) throws -> Bool {
        let cells = MoodGrid.cells(of: kind)
        return try database.integer(
            "SELECT EXISTS (SELECT 1 FROM songs WHERE cell >= ? AND cell < ?)", .integer(cells.lowerBound),
            .integer(cells.upperBound)) != 0
    }

    func hasMore(than limit: Int, in language: String) throws -> Bool {
        try database.integer(
            "SELECT count(*) FROM (SELECT 1 FROM songs INDEXED BY songs_by_language WHERE language = ? LIMIT ?)",
            .text(language), .integer(limit + 1)) > limit
    }

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

    func place(of song: Int) throws -> CellPlace? {
        let row = try statement("SELECT \(SQLiteSongStore.columns) FROM songs WHERE id = ?", [.integer(song)])
        defer { row.reset() }
        return try row.step() ? SQLiteSongStore.read(row).1 : nil
    }

    func songs(in language: String, _ body: (Int, CellPlace) throws -> Void) throws {
        let row = try statement(
            "SELECT \(SQLiteSongStore.columns) FROM songs INDEXED BY songs_by_language WHERE language = ? ORDER BY id",
            [.text(language)])
        defer { row.reset() }
        while try row.step() {
            let (id, place) = SQLiteSongStore.read(row)
            try body(id, place)
        }
    }

    func songs(in cell: Int, behind place: CellPlace, _ body: (Int, CellPlace) throws -> Bool) throws -> Bool {
        let row = try statement(SQLiteSongStore.cellQuery, [.integer(cell)] + SQLiteSongStore.values(place))
        defer { row.reset() }
        while try row.step() {
            let (id, place) = SQLiteSongStore.read(row)
            if try !body(id, place) { return true }
        }
        return false
    }

    private static let cellQuery = """
        SELECT \(columns) FROM songs INDEXED BY songs_by_mood WHERE cell = ? \
        AND (\(place)) > (?, ?, ?, ?, ?, ?, ?, ?, ?) ORDER BY \(place), id
        """

    func crowd(in cell: Int, at place: CellPlace, behind last: Int, limit: Int) throws -> [Int] {
        let row = try statement(
            SQLiteSongStore.crowdQuery,
            [.integer(cell)] + SQLiteSongStore.values(place) + [.integer(last), .integer(limit)])
        defer { row.reset() }
        var songs: [Int] = []
        while try row.step() { songs.append(row.integer(0)) }
        return songs
    }

    private static let crowdQuery = """
        SELECT id FROM songs INDEXED BY songs_by_mood WHERE cell = ? AND language = ? AND valence = ? \
        AND energy = ? AND danceability = ? AND acousticness = ? AND tempo = ? AND provenance = ? AND emotions = ? \
        AND traits = ? AND id > ? ORDER BY id LIMIT ?
        """

    func credit(of song: Int) throws -> String? {
        try database.first("SELECT artist FROM songs WHERE id = ?", .integer(song)) { $0.text(0) }
    }

    func genres(of song: Int) throws -> [String] {
        try database.first("SELECT genres FROM songs WHERE id = ?", .integer(song)) { SongFacts.list($0.text(0)) } ?? []
    }

    func songs(by artist: String) throws -> [Int] {
        try database.rows("SELECT song FROM song_artists WHERE artist = ?", [.text(artist)]) { $0.integer(0) }
    }
}
