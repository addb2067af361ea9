/// The songs of a PostgreSQL database as ranking asks for them, one question at a time: for programs that ask once. Servers
/// keep a copy, see `SharedSongs`.
struct PostgreSQLSongStore: SongStore {
    typealias Failure = any Error

    private let database: PostgreSQLDatabase

    init(_ database: PostgreSQLDatabase) { self.database = database }

    private static let place =
        "language, valence, energy, danceability, acousticness, tempo, provenance, emotions, traits"
    private static let columns = "id, \(place)"

    private static func read(_ rows: PostgreSQLRows, _ row: Int32) -> (Int, CellPlace) {
        var numbers = SIMD8<Int>()
        for column in 0..<8 { numbers[column] = rows.integer(row, Int32(column + 2)) }
        return (rows.integer(row, 0), CellPlace(language: rows.text(row, 1), numbers: numbers))
    }

    private static func values(_ place: CellPlace) -> [SQLValue] {
        [.text(place.language)] + (0..<8).map { .integer(place.numbers[$0]) }
    }

    func hasSongs(_ kind: MoodGrid.Kind) throws -> Bool {
        let cells = MoodGrid.cells(of: kind)
        return try database.integer(
            "SELECT EXISTS (SELECT 1 FROM songs WHERE cell >= ? AND cell < ?)", .integer(cells.lowerBound),
            .integer(cells.upperBound)) != 0
    }

    func hasMore(than limit: Int, in language: String) throws -> Bool {
        try database.integer(
            "SELECT count(*) FROM (SELECT 1 FROM songs WHERE language = ? LIMIT ?) found", .text(language),
            .integer(limit + 1)) > limit
    }

    func ownSongs(limit: Int) throws -> Int {
        var count = 0
        for kind in MoodGrid.Kind.all where kind.isOwn && count < limit {
            let cells = MoodGrid.cells(of: kind)
            count += try database.integer(
                "SELECT count(*) FROM (SELECT 1 FROM songs WHERE cell >= ? AND cell < ? LIMIT ?) found",
                .integer(cells.lowerBound), .integer(cells.upperBound), .integer(limit))
        }
        return min(count, limit)
    }

    func place(of song: Int) throws -> CellPlace? {
        let rows = try database.run(
            "SELECT \(PostgreSQLSongStore.columns) FROM songs WHERE id = ?", [.integer(song)])
        return rows.count > 0 ? PostgreSQLSongStore.read(rows, 0).1 : nil
    }

    func songs(in language: String, _ body: (Int, CellPlace) throws -> Void) throws {
        let rows = try database.run(
            "SELECT \(PostgreSQLSongStore.columns) FROM songs WHERE language = ? ORDER BY id", [.text(language)])
        for row in 0..<rows.count {
            let (id, place) = PostgreSQLSongStore.read(rows, row)
            try body(id, place)
        }
    }

    /// So many are fetched at once: most cells have fewer.
    private static let page = 500

    func songs(in cell: Int, behind place: CellPlace, _ body: (Int, CellPlace) throws -> Bool) throws -> Bool {
        var (last, end) = (place, Int.max)
        while true {
            let rows = try database.run(
                PostgreSQLSongStore.cellQuery,
                [.integer(cell)] + PostgreSQLSongStore.values(last) + [
                    .integer(end), .integer(PostgreSQLSongStore.page),
                ])
            for row in 0..<rows.count {
                let (id, next) = PostgreSQLSongStore.read(rows, row)
                (last, end) = (next, id)
                if try !body(id, next) { return true }
            }
            if rows.count < PostgreSQLSongStore.page { return false }
        }
    }

    private static let cellQuery = """
        SELECT \(columns) FROM songs WHERE cell = ? AND (\(place), id) > (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
        ORDER BY \(place), id LIMIT ?
        """

    func crowd(in cell: Int, at place: CellPlace, behind last: Int, limit: Int) throws -> [Int] {
        let rows = try database.run(
            PostgreSQLSongStore.crowdQuery,
            [.integer(cell)] + PostgreSQLSongStore.values(place) + [.integer(last), .integer(limit)])
        return (0..<rows.count).map { rows.integer($0, 0) }
    }

    private static let crowdQuery = """
        SELECT id FROM songs WHERE cell = ? AND language = ? AND valence = ? AND energy = ? AND danceability = ? \
        AND acousticness = ? AND tempo = ? AND provenance = ? AND emotions = ? AND traits = ? AND id > ? \
        ORDER BY id LIMIT ?
        """

    func credit(of song: Int) throws -> String? {
        let rows = try database.run("SELECT artist FROM songs WHERE id = ?", [.integer(song)])
        return rows.count > 0 ? rows.text(0, 0) : nil
    }

    func genres(of song: Int) throws -> [String] {
        let rows = try database.run("SELECT genres FROM songs WHERE id = ?", [.integer(song)])
        return rows.count > 0 ? SongFacts.list(rows.text(0, 0)) : []
    }

    func songs(by artist: String) throws -> [Int] {
        let rows = try database.run("SELECT song FROM song_artists WHERE artist = ?", [.text(artist)])
        return (0..<rows.count).map { rows.integer($0, 0) }
    }
}
