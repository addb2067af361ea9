/// The songs of a PostgreSQL database as ranking asks for them: for programs that ask once. Servers keep a copy, see
/// `SharedSongs`.
///
/// Each question is a way to the server and back, so it asks for all that it is told to expect at once, and keeps that.
struct PostgreSQLSongStore: SongStore {
    typealias Failure = any Error
    static let isFar = true

    private let database: PostgreSQLDatabase
    private let known = Known()

    /// So many songs of a cell are asked for at once, and of all cells that are. Most cells have fewer; some hold all songs
    /// of which nothing is known.
    private let page: Int, ahead: Int

    /// For one list.
    init(_ database: PostgreSQLDatabase, page: Int = 2000, ahead: Int = 8000) {
        self.database = database
        self.page = page
        self.ahead = ahead
    }

    /// What was asked already.
    private final class Known {
        struct Start: Hashable {
            var cell: Int
            var language: String
            var isBehind: Bool
        }

        /// The first songs of a cell behind a start.
        struct Cell {
            var rows: PostgreSQLRows
            var range: Range<Int32>
            /// Whether there are no more that anybody would ask for.
            var isWhole: Bool
        }

        struct Song {
            var rows: PostgreSQLRows
            var row: Int32
        }

        var cells: [Start: Cell] = [:]
        /// `nil` inside for those that are gone.
        var songs: [Int: Song?] = [:]
        var kinds: Set<Int>?
        /// What is read just now, and where.
        var reading: Cell?
        var row: Int32 = 0
    }

    /// The columns of a song in a cell.
    private static let fields = "id, language, place"

    private static func read(_ rows: PostgreSQLRows, _ row: Int32, from first: Int32 = 0) -> (Int, CellPlace) {
        let numbers = StoredPlace.numbers(rows.bytes(row, first + 2))
        return (rows.integer(row, first), CellPlace(language: rows.text(row, first + 1), numbers: numbers))
    }

    private static func list(_ numbers: some Sequence<Int>) -> SQLValue {
        .text("{" + numbers.map { "\($0)" }.joined(separator: ",") + "}")
    }

    // MARK: Catalogue

    func hasSongs(_ kind: MoodGrid.Kind) throws -> Bool {
        if let kinds = known.kinds { return kinds.contains(kind.number) }
        let size = MoodGrid.cells(of: kind).count
        // In the order of the index: so it is looked up in the index, of which the first song is enough.
        let rows = try database.run(
            """
            SELECT kind FROM unnest(?::bigint[]) AS kind CROSS JOIN LATERAL (SELECT 1 FROM songs \
            WHERE cell >= kind * ?2::bigint AND cell < (kind + 1) * ?2::bigint ORDER BY cell LIMIT 1) AS found
            """, [PostgreSQLSongStore.list(MoodGrid.Kind.all.map(\.number)), .integer(size)])
        let kinds = Set((0..<rows.count).map { rows.integer($0, 0) })
        known.kinds = kinds
        return kinds.contains(kind.number)
    }

    // A range rather than one language: the planner, which does not know which one is asked for, takes a language for
    // common, and would look through all songs for one that few sing in.

    func hasMore(than limit: Int, in language: String) throws -> Bool {
        try database.integer(
            """
            SELECT count(*) FROM (SELECT 1 FROM songs WHERE language >= ?1 AND language <= ?1 \
            ORDER BY language LIMIT ?2) found
            """, .text(language), .integer(limit + 1)) > limit
    }

    func songs(in language: String, _ body: (Int, CellPlace) throws -> Void) throws {
        let rows = try database.run(
            """
            SELECT \(PostgreSQLSongStore.fields) FROM songs WHERE language >= ?1 AND language <= ?1 ORDER BY id
            """, [.text(language)])
        for row in 0..<rows.count {
            let (id, place) = PostgreSQLSongStore.read(rows, row)
            try body(id, place)
        }
    }

    func ownSongs(limit: Int) throws -> Int {
        // Their grids lie behind each other.
        let own = MoodGrid.Kind.all.filter(\.isOwn).map { MoodGrid.cells(of: $0) }
        guard let first = own.map(\.lowerBound).min(), let end = own.map(\.upperBound).max() else { return 0 }
        return try database.integer(
            "SELECT count(*) FROM (SELECT 1 FROM songs WHERE cell >= ? AND cell < ? ORDER BY cell LIMIT ?) found",
            .integer(first), .integer(end), .integer(limit))
    }

    func songs(by artist: String) throws -> [Int] { try songs(byAnyOf: [artist]) }

    func songs(byAnyOf artists: Set<String>) throws -> [Int] {
        if artists.isEmpty { return [] }
        let list = "{" + artists.sorted().map { PostgreSQLDatabase.quoted($0) }.joined(separator: ",") + "}"
        let rows = try database.run("SELECT song FROM song_artists WHERE artist = ANY (?::text[])", [.text(list)])
        return (0..<rows.count).map { rows.integer($0, 0) }
    }

    // MARK: Cells

    func expect(_ cells: [Int], in tier: LanguageTier) throws {
        for start in tier.starts {
            func key(_ cell: Int) -> Known.Start {
                Known.Start(cell: cell, language: start.language, isBehind: start == .end(of: start.language))
            }
            let cells = cells.filter { known.cells[key($0)] == nil }
            if cells.isEmpty { continue }
            // The rest of a cell is for nobody who wants this language alone.
            var last = "\u{10FFFF}"
            if case .only = tier { last = start.language }
            let rows = try database.run(
                PostgreSQLSongStore.aheadQuery,
                [
                    PostgreSQLSongStore.list(cells), .text(start.language), StoredPlace.value(start), .text(last),
                    .integer(page), .integer(ahead),
                ])
            var row: Int32 = 0
            for (index, cell) in cells.enumerated() {
                let begin = row
                while row < rows.count, rows.integer(row, 0) == index + 1 { row += 1 }
                // The last one may have been cut, and those behind it were not looked at.
                let isLast = row == rows.count && Int(rows.count) == ahead
                if isLast, begin == row { break }
                known.cells[key(cell)] = Known.Cell(
                    rows: rows, range: begin..<row,
                    isWhole: !isLast && Int(row - begin) < page)
            }
        }
    }

    private static let aheadQuery = """
        SELECT wanted.number, found.id, found.language, found.place \
        FROM unnest(?::bigint[]) WITH ORDINALITY AS wanted (cell, number) \
        CROSS JOIN LATERAL (SELECT \(fields) FROM songs WHERE cell = wanted.cell AND (language, place) > (?, ?) \
        AND language <= ? ORDER BY language, place, id LIMIT ?) AS found LIMIT ?
        """

    func songs(in cell: Int, behind place: CellPlace, _ body: (Int, CellPlace) throws -> Bool) throws -> Bool {
        var (last, end) = (place, Int.max)
        let start = Known.Start(
            cell: cell, language: place.language, isBehind: place == .end(of: place.language))
        if start.isBehind || place == .start(of: place.language), let fetched = known.cells[start] {
            known.reading = fetched
            for row in fetched.range {
                known.row = row
                let (id, next) = PostgreSQLSongStore.read(fetched.rows, row, from: 1)
                (last, end) = (next, id)
                if try !body(id, next) { return true }
            }
            if fetched.isWhole { return false }
        }
        while true {
            let rows = try database.run(
                PostgreSQLSongStore.cellQuery,
                [
                    .integer(cell), .text(last.language), StoredPlace.value(last), .integer(end),
                    .integer(page),
                ])
            known.reading = Known.Cell(rows: rows, range: 0..<rows.count, isWhole: false)
            for row in 0..<rows.count {
                known.row = row
                let (id, next) = PostgreSQLSongStore.read(rows, row, from: 1)
                (last, end) = (next, id)
                if try !body(id, next) { return true }
            }
            if Int(rows.count) < page { return false }
        }
    }

    private static let cellQuery = """
        SELECT cell, \(fields) FROM songs WHERE cell = ? AND (language, place, id) > (?, ?, ?) \
        ORDER BY language, place, id LIMIT ?
        """

    func crowd(in cell: Int, at place: CellPlace, behind last: Int, limit: Int) throws -> [Int] {
        let rows = try database.run(
            "SELECT id FROM songs WHERE cell = ? AND language = ? AND place = ? AND id > ? ORDER BY id LIMIT ?",
            [.integer(cell), .text(place.language), StoredPlace.value(place), .integer(last), .integer(limit)])
        return (0..<rows.count).map { rows.integer($0, 0) }
    }

    // MARK: Songs

    func expect(_ songs: [Int]) throws {
        let unknown = Set(songs.filter { known.songs[$0] == nil }).sorted()
        for first in stride(from: 0, to: unknown.count, by: 5000) {
            let some = unknown[first..<min(first + 5000, unknown.count)]
            let rows = try database.run(
                "SELECT \(PostgreSQLSongStore.fields), artist, genres FROM songs WHERE id = ANY (?::bigint[])",
                [PostgreSQLSongStore.list(some)])
            for song in some { known.songs.updateValue(nil, forKey: song) }
            for row in 0..<rows.count {
                known.songs.updateValue(Known.Song(rows: rows, row: row), forKey: rows.integer(row, 0))
            }
        }
    }

    private func song(_ song: Int) throws -> Known.Song? {
        if let found = known.songs[song] { return found }
        try expect([song])
        return known.songs[song] ?? nil
    }

    func place(of song: Int) throws -> CellPlace? {
        try self.song(song).map { PostgreSQLSongStore.read($0.rows, $0.row).1 }
    }

    func credit(of song: Int) throws -> String? { try self.song(song).map { $0.rows.text($0.row, 3) } }

    func genres(of song: Int) throws -> [String] {
        // Whoever asks while a cell is read will ask for its other songs too.
        if known.songs[song] == nil, let reading = known.reading, reading.range.contains(known.row) {
            try expect([song] + (known.row..<reading.range.upperBound).map { reading.rows.integer($0, 1) })
        }
        return try self.song(song).map { SongFacts.list($0.rows.text($0.row, 4)) } ?? []
    }
}
