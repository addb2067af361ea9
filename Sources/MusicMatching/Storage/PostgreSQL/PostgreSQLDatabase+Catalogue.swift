import Glibc

extension PostgreSQLDatabase: CatalogueDatabase {
    func migrate() throws { try PostgreSQLSchema.migrate(self) }

    var schemaVersion: Int {
        get throws { try PostgreSQLSchema.version(of: self) }
    }

    /// The server looks after its files itself; what can be read here is read.
    func damage() throws -> String? {
        _ = try integer("SELECT count(*) FROM songs WHERE length(title) < 0")
        return nil
    }

    /// What was deleted is overwritten by the server's own vacuum, in its time.
    func erasing<R>(_ body: () throws -> R, movesSongs: (R) -> Bool?) throws -> R {
        let result = try withoutTimeout(body)
        // Rights to do that are not everybody's, and the server does it some time anyway.
        if movesSongs(result) == true { try? withoutTimeout { try execute(text: "VACUUM songs") } }
        return result
    }

    func loading<R>(_ body: () throws -> R) throws -> R {
        try withoutTimeout {
            // The index of words takes many of them at once faster than few.
            try connected().execute("SET gin_pending_list_limit = '64MB'; SET work_mem = '64MB'")
            defer { try? connected().execute("RESET gin_pending_list_limit; RESET work_mem") }
            return try body()
        }
    }

    /// Lets statements take long: those of somebody who waits for an import, not for songs.
    func withoutTimeout<R>(_ body: () throws -> R) throws -> R {
        try connected().execute("SET statement_timeout = 0")
        defer { try? connected().execute("SET statement_timeout = '30s'") }
        return try body()
    }

    // MARK: Copying

    func snapshot<R>(_ body: () throws -> R) throws -> R {
        if isInTransaction { return try body() }
        try connected().execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0")
        do {
            let result = try body()
            try connected().execute("COMMIT")
            return result
        } catch {
            try? connected().execute("ROLLBACK")
            throw error
        }
    }

    func fill(_ table: CatalogueTable, _ rows: [[SQLValue]]) throws {
        let names = table.columns.map(\.name), isSongs = table.name == "songs"
        func place(_ name: String) -> Int { names.firstIndex(of: name) ?? 0 }
        func write(_ row: [SQLValue], _ copy: inout CopyRows) throws {
            for value in row { copy.add(value) }
            if isSongs {
                func text(_ name: String) -> String {
                    if case .text(let text) = row[place(name)] { return text }
                    return ""
                }
                let document = try tokens.document(title: text("title"), artist: text("artist"), album: text("album"))
                copy.add(.text(document.text))
                copy.add(.integer(document.words))
            }
            copy.end()
        }
        let columns = names + (isSongs ? ["search", "words"] : [])
        try connected().copy(table.name, columns.joined(separator: ", ")) { send in
            var copy = CopyRows()
            for row in rows {
                try write(row, &copy)
                try copy.send(send)
            }
            try send(copy.bytes)
        }
        if isSongs { changesSongs = true }
    }

    func finishFilling() throws {
        for table in ["history", "files", "playlists"] {
            try execute(
                text:
                    "SELECT setval(pg_get_serial_sequence('\(table)', 'id'), coalesce(max(id), 0) + 1, false) FROM \(table)"
            )
        }
    }

    // MARK: Searching

    /// Beginnings of words as the index has them.
    private func beginnings(_ words: [Substring]) throws -> [String] {
        try words.flatMap { try tokens.tokens(String($0)) }
    }

    private func query(_ tokens: [String], in weight: String = "") -> String {
        tokens.map { "'\($0)':*\(weight)" }.joined(separator: " & ")
    }

    func songs(
        withWords words: [Substring], where condition: String, _ values: [SQLValue], limit: Int, offset: Int
    ) throws -> [Int] {
        let tokens = try beginnings(words)
        if tokens.isEmpty { return [] }
        let totals = try songTotals()
        let average = totals.words / max(totals.songs, 1)
        let weights = try tokens.map { token -> Double in
            // One word's weight does not change the order.
            if tokens.count == 1 { return 1 }
            let hits = try integer("SELECT count(*) FROM songs WHERE search @@ ?::tsquery", .text(query([token])))
            let weight = log((totals.songs - Double(hits) + 0.5) / (Double(hits) + 0.5))
            return weight > 0 ? weight : 1e-6
        }
        let counts = tokens.indices.map { index in
            "(SELECT coalesce(sum(cardinality(positions)), 0) FROM unnest(search) WHERE starts_with(lexeme, ?))::float8 "
                + "AS count\(index)"
        }
        // Okapi BM25 as FTS5 computes it, with its k1 and b.
        let score = tokens.indices.map { index in
            "?::float8 * ((count\(index) * 2.2) / (count\(index) + 1.2 * (0.25 + 0.75 * words::float8 / ?::float8)))"
        }
        return try rows(
            """
            SELECT id FROM (SELECT id, words, \(counts.joined(separator: ", ")) FROM songs \
            WHERE search @@ ?::tsquery AND \(condition)) hits \
            ORDER BY \(score.joined(separator: " + ")) DESC, id LIMIT ? OFFSET ?
            """,
            tokens.map { .text($0) } + [.text(query(tokens))] + values
                + weights.flatMap { [.real($0), .real(average)] } + [.integer(limit), .integer(offset)]
        ) { $0.integer(0) }
    }

    /// Songs and words of them all.
    private func songTotals() throws -> (songs: Double, words: Double) {
        let version = try songVersion()
        if let known = shared.totals(of: version) { return known }
        let found = try first("SELECT count(*), coalesce(sum(words), 0)::bigint FROM songs") {
            (songs: Double($0.integer(0)), words: Double($0.integer(1)))
        }
        let totals = found ?? (0, 0)
        if !isInTransaction { shared.note(totals, of: version) }
        return totals
    }

    /// Counts the transactions that changed songs.
    func songVersion() throws -> Int { try integer("SELECT version FROM song_state") }

    func credits(withWords words: [Substring], limit: Int) throws -> [String] {
        let tokens = try beginnings(words)
        if tokens.isEmpty { return [] }
        return try rows(
            """
            WITH hits AS MATERIALIZED (SELECT id, artist FROM songs WHERE search @@ ?::tsquery) \
            SELECT artist FROM hits ORDER BY id LIMIT ?
            """, [.text(query(tokens, in: "B")), .integer(limit)]
        ) { $0.text(0) }
    }

    /// The words stand in the songs' rows; only those of albums that were taken back are wrong.
    func rebuildSearch() throws {
        var last = 0
        while true {
            let songs = try rows(
                "SELECT id, title, artist, album, words FROM songs WHERE id > ? ORDER BY id LIMIT 10000",
                [.integer(last)]
            ) { ($0.integer(0), $0.text(1), $0.text(2), $0.text(3), $0.integer(4)) }
            guard let end = songs.last else { return }
            for (id, title, artist, album, words) in songs {
                let document = try tokens.document(title: title, artist: artist, album: album)
                guard document.words != words else { continue }
                try run(
                    "UPDATE songs SET search = ?::tsvector, words = ? WHERE id = ?", .text(document.text),
                    .integer(document.words), .integer(id))
            }
            last = end.0
        }
    }
}
