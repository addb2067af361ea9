/// The songs of a PostgreSQL database as ranking asks for them, one question at a time: for programs that ask once. Servers
/// keep a copy, see `SharedSongs`.
struct PostgreSQLSongStore: SongStore {
    typealias Failure = any Error

    private let database: PostgreSQLDatabase
    private let columns = Columns()

    /// For one list.
    init(_ database: PostgreSQLDatabase) { self.database = database }

    private static let place =
        "language, valence, energy, danceability, acousticness, tempo, provenance, emotions, traits"
    private static let fields = "id, \(place)"

    private static func read(_ rows: PostgreSQLRows, _ row: Int32, from first: Int32 = 0) -> (Int, CellPlace) {
        var numbers = SIMD8<Int>()
        for field in 0..<8 { numbers[field] = rows.integer(row, first + Int32(field) + 2) }
        return (rows.integer(row, first), CellPlace(language: rows.text(row, first + 1), numbers: numbers))
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
            "SELECT \(PostgreSQLSongStore.fields) FROM songs WHERE id = ?", [.integer(song)])
        return rows.count > 0 ? PostgreSQLSongStore.read(rows, 0).1 : nil
    }

    func songs(in language: String, _ body: (Int, CellPlace) throws -> Void) throws {
        let rows = try database.run(
            "SELECT \(PostgreSQLSongStore.fields) FROM songs WHERE language = ? ORDER BY id", [.text(language)])
        for row in 0..<rows.count {
            let (id, place) = PostgreSQLSongStore.read(rows, row)
            try body(id, place)
        }
    }

    /// So many are fetched at once: most cells have fewer, and most columns.
    private static let page = 500, columnPage = 1000

    /// Songs of columns that were fetched: each question is a way to the server and back, and most cells have few songs or
    /// none.
    private final class Columns {
        struct Key: Hashable {
            var first: Int
            var language: String
            var isBehind: Bool
        }

        struct Column {
            var cells: [Int: [(id: Int, place: CellPlace)]] = [:]
            /// Cells before this one are there as a whole.
            var end: Int
        }

        var known: [Key: Column] = [:]
    }

    /// All songs of a cell behind the start or the end of a language; `nil` for other places and for cells with too many.
    private func fetched(_ cell: Int, behind place: CellPlace) throws -> [(id: Int, place: CellPlace)]? {
        let isBehind = place == .end(of: place.language)
        guard isBehind || place == .start(of: place.language) else { return nil }
        let first = cell - cell % MoodGrid.boxesPerColumn
        let key = Columns.Key(first: first, language: place.language, isBehind: isBehind)
        if let known = columns.known[key] { return cell < known.end ? known.cells[cell] ?? [] : nil }
        let rows = try database.run(
            isBehind ? PostgreSQLSongStore.columnBehindQuery : PostgreSQLSongStore.columnQuery,
            [
                .integer(first), .integer(first + MoodGrid.boxesPerColumn), .text(place.language),
                .integer(PostgreSQLSongStore.columnPage),
            ])
        var column = Columns.Column(end: first + MoodGrid.boxesPerColumn)
        for row in 0..<rows.count {
            let (id, next) = PostgreSQLSongStore.read(rows, row, from: 1)
            column.cells[rows.integer(row, 0), default: []].append((id, next))
        }
        // The last one may have more.
        if rows.count == PostgreSQLSongStore.columnPage { column.end = rows.integer(rows.count - 1, 0) }
        columns.known[key] = column
        return cell < column.end ? column.cells[cell] ?? [] : nil
    }

    private static let columnQuery = sql(">="), columnBehindQuery = sql(">")

    private static func sql(_ order: String) -> String {
        "SELECT cell, \(fields) FROM songs WHERE cell >= ? AND cell < ? AND language \(order) ? "
            + "ORDER BY cell, \(place), id LIMIT ?"
    }

    func songs(in cell: Int, behind place: CellPlace, _ body: (Int, CellPlace) throws -> Bool) throws -> Bool {
        if let all = try fetched(cell, behind: place) {
            for (id, next) in all {
                if try !body(id, next) { return true }
            }
            return false
        }
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
        SELECT \(fields) FROM songs WHERE cell = ? AND (\(place), id) > (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
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
