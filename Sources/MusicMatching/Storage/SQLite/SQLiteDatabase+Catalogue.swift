import Files
import Glibc

extension SQLiteDatabase: CatalogueDatabase {
    /// Opens a catalogue's file, creating it and its folder on first use. Throws `MusicError`.
    convenience init(catalogue path: String) throws {
        if path != ":memory:" {
            do {
                try FolderTree.create(path.parentFolder)
            } catch let failure as FileFailure {
                throw MusicError.database(path: path, reason: failure.reason)
            }
        }
        try self.init(path)
        setBusyTimeout(.seconds(30))
        try useWriteAheadLog()
        // After a kill nothing is lost with NORMAL either; after a power cut perhaps the last seconds.
        try execute("PRAGMA synchronous = NORMAL")
        try execute("PRAGMA foreign_keys = ON")
        // Otherwise each row's undo information goes through a file.
        try execute("PRAGMA temp_store = MEMORY")
        try execute("PRAGMA mmap_size = 1073741824")
    }

    private func useWriteAheadLog() throws {
        func mode(_ sql: String) throws -> String {
            try first(sql) { $0.text(0) } ?? ""
        }
        if try mode("PRAGMA journal_mode") == "wal" { return }
        // Going over to WAL needs the file for itself and does not wait for that by itself.
        for attempt in 0... {
            do {
                _ = try mode("PRAGMA journal_mode = WAL")
                return
            } catch MusicError.busy where attempt < 500 {
                usleep(10_000)
            }
        }
    }

    func migrate() throws { try SQLiteSchema.migrate(self) }

    var schemaVersion: Int {
        get throws { try integer("PRAGMA user_version") }
    }
    var knownVersion: Int { SQLiteSchema.version }

    func damage() throws -> String? {
        let report = try first("PRAGMA quick_check(1)") { $0.text(0) } ?? "no answer"
        return report == "ok" ? nil : report
    }

    func erasing<R>(_ body: () throws -> R, movesSongs: (R) -> Bool?) throws -> R {
        try execute("PRAGMA secure_delete = ON")
        defer { try? execute("PRAGMA secure_delete = OFF") }
        let unused = try integer("PRAGMA freelist_count")
        let result = try body()
        // What an import moved about left copies in pages that nobody uses.
        if let moved = movesSongs(result), moved || unused > 0 { try execute("VACUUM") }
        // What was deleted must not live on in the log.
        _ = try rows("PRAGMA wal_checkpoint(TRUNCATE)", []) { _ in }
        return result
    }

    func loading<R>(_ body: () throws -> R) throws -> R {
        if isLoading { return try body() }
        isLoading = true
        // Many pages change; the more of them fit, the fewer are written twice.
        try execute("PRAGMA cache_size = -524288")
        defer {
            isLoading = false
            try? execute("PRAGMA cache_size = -2000")
        }
        return try body()
    }

    // MARK: Searching

    /// As an FTS5 query: each word quoted, so that nothing in it is syntax, and taken as a beginning.
    private func query(_ words: [Substring]) -> String { words.map { "\"\($0)\"*" }.joined(separator: " ") }

    func songs(
        withWords words: [Substring], where condition: String, _ values: [SQLValue], limit: Int, offset: Int
    ) throws -> [Int] {
        try rows(
            """
            SELECT id FROM song_search JOIN songs ON songs.id = song_search.rowid \
            WHERE song_search MATCH ? AND \(condition) ORDER BY rank, id LIMIT ? OFFSET ?
            """, [.text(query(words))] + values + [.integer(limit), .integer(offset)]
        ) { $0.integer(0) }
    }

    func credits(withWords words: [Substring], limit: Int) throws -> [String] {
        try rows(
            "SELECT artist FROM song_search WHERE song_search MATCH ? LIMIT ?",
            [.text("artist : (\(query(words)))"), .integer(limit)]
        ) { $0.text(0) }
    }

    func rebuildSearch() throws {
        // FTS5 keeps words of rows that were deleted until it is made anew.
        try execute("INSERT INTO song_search (song_search) VALUES ('rebuild')")
    }

    // MARK: Copying

    func snapshot<R>(_ body: () throws -> R) throws -> R {
        if isInTransaction { return try body() }
        try execute("BEGIN")
        defer { try? execute("COMMIT") }
        return try body()
    }

    func fill(_ table: CatalogueTable, _ rows: [[SQLValue]]) throws {
        let names = table.columns.map(\.name).joined(separator: ", ")
        let places = table.columns.map { _ in "?" }.joined(separator: ", ")
        let statement = try statement("INSERT INTO \(table.name) (\(names)) VALUES (\(places))")
        for row in rows {
            try statement.bind(row)
            while try statement.step() {}
        }
    }

    func finishFilling() throws { try rebuildSearch() }

    // MARK: Adding songs

    /// Asking the file in the same process is as fast one by one.
    func expect(keys: [Int], identifiers: [SongIdentifier]) throws {}

    func insert(_ song: NewSong) throws -> Int {
        let statement = try statement(SQLiteDatabase.insertion)
        try statement.bind(
            [.integer(song.matchKey), .text(song.title), .text(song.artist), .integer(song.added)] + song.facts.values)
        while try statement.step() {}
        let id = lastInsertedID
        try run(
            "INSERT INTO song_search (rowid, title, artist, album) VALUES (?, ?, ?, ?)", .integer(id),
            .text(song.title), .text(song.artist), .text(song.facts.album))
        try file(id, under: song.artists)
        return id
    }

    private static let insertion = """
        INSERT INTO songs (match_key, title, artist, added, \(factColumns.joined(separator: ", "))) \
        VALUES (?, ?, ?, ?, \(factColumns.map { _ in "?" }.joined(separator: ", ")))
        """

    func update(_ song: Int, from old: SongFacts, to new: SongFacts) throws {
        let statement = try statement(old.album == new.album ? SQLiteDatabase.updateFacts : SQLiteDatabase.updateAll)
        try statement.bind(new.values + [.integer(song)])
        while try statement.step() {}
    }

    private static let updateAll = update(factColumns.indices)
    /// The search index is only touched when it must be.
    private static let updateFacts = update(factColumns.indices.dropFirst())

    private static func update(_ columns: Range<Int>) -> String {
        let settings = columns.map { "\(factColumns[$0]) = ?\($0 + 1)" }.joined(separator: ", ")
        return "UPDATE songs SET \(settings) WHERE id = ?\(factColumns.count + 1)"
    }
}
