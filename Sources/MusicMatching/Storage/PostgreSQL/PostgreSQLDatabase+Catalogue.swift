import Glibc

extension PostgreSQLDatabase: CatalogueDatabase {
    func migrate() throws { try PostgreSQLSchema.migrate(self) }

    var schemaVersion: Int {
        get throws { try PostgreSQLSchema.version(of: self) }
    }
    var knownVersion: Int { PostgreSQLSchema.version }

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
        guard loaded == nil else { return try body() }
        loaded = 0
        defer { loaded = nil }
        return try withoutTimeout {
            // The index of words takes many of them at once faster than few.
            try connected().execute("SET gin_pending_list_limit = '64MB'")
            defer { try? connected().execute("RESET gin_pending_list_limit") }
            let result = try body()
            // What the server says of the last rows, which nobody would hear below.
            try connection?.endFilling()
            if !isInTransaction, patience == nil, loaded ?? 0 > 5000 { tidyUp() }
            return result
        }
    }

    /// What the server does by itself some time after many songs came: until then each song that ranking looks at costs a
    /// look into the table, and the planner knows nothing of them. Rights to do that are not everybody's.
    private func tidyUp() { try? execute(text: "VACUUM (ANALYZE) songs, song_artists, identifiers") }

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
            // Before anything is read: other tables that take their place meanwhile would look empty.
            try connected().execute("LOCK TABLE songs, song_artists, identifiers IN ACCESS SHARE MODE")
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
        let texts = isSongs ? ["title", "artist", "album"].map(place) : []
        // Only an empty catalogue is filled, and of few songs nothing is worth leaving.
        if isSongs, rows.count == CatalogueTable.page { try leaveIndexes(looksUp: false) }
        let columns = (names + (isSongs ? ["words", "search"] : [])).joined(separator: ", ")
        var copy = CopyRows()
        for (index, row) in rows.enumerated() {
            for value in row { copy.add(value) }
            if isSongs {
                let names = texts.map { if case .text(let text) = row[$0] { text } else { "" } }
                try copy.add(tokens, title: names[0], artist: names[1], album: names[2])
            }
            copy.end()
            if index % 128 == 127 {
                try connected().send(copy.bytes, to: table.name, columns)
                copy.removeAll()
            }
        }
        try connected().send(copy.bytes, to: table.name, columns)
        if isSongs {
            loaded? += rows.count
            changesSongs = true
        }
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
            let hits = try planned(
                "SELECT count(*) FROM songs WHERE search @@ ?::tsquery", [.text(query([token]))]
            ).integer(0, 0)
            let weight = log((totals.songs - Double(hits) + 0.5) / (Double(hits) + 0.5))
            return weight > 0 ? weight : 1e-6
        }
        // How often a word is there: that is what PostgreSQL's rank by density is for one word, if all columns count alike.
        let count = "greatest(1, ts_rank_cd('{1, 1, 1, 1}', search, ?::tsquery))::float8"
        // Okapi BM25 as FTS5 computes it, with its k1 and b; divided by the count, so that this is computed once.
        let score = tokens.indices.map { _ in
            "?::float8 * (2.2 / (1 + 1.2 * (0.25 + 0.75 * words::float8 / ?::float8) / \(count)))"
        }
        var parameters: [SQLValue] = [.text(query(tokens))] + values
        for (token, weight) in zip(tokens, weights) {
            parameters += [.real(weight), .real(average), .text(query([token]))]
        }
        let rows = try planned(
            """
            SELECT id FROM songs WHERE search @@ ?::tsquery AND \(condition) \
            ORDER BY \(score.joined(separator: " + ")) DESC, id LIMIT ? OFFSET ?
            """, parameters + [.integer(limit), .integer(offset)])
        return (0..<rows.count).map { rows.integer($0, 0) }
    }

    /// The rows of a query that is planned for its values: whether a word is in all songs or in few decides how to search.
    private func planned(_ sql: String, _ values: [SQLValue]) throws -> PostgreSQLRows {
        try sendSongs()
        return try run(sql, values, isPlannedAnew: true)
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
        let query = query(tokens, in: "B")
        /// The hits among the first songs.
        func first(of songs: Int) throws -> [String] {
            try rows(
                """
                SELECT artist FROM (SELECT id, artist, search FROM songs ORDER BY id LIMIT ?) AS beginning \
                WHERE search @@ ?::tsquery ORDER BY id LIMIT ?
                """, [.integer(songs), .text(query), .integer(limit)]
            ) { $0.text(0) }
        }
        // A word that many songs have is found sooner by looking at songs than by the index, which gives all hits at once.
        if try first(of: 1000).count * 50 >= limit {
            let hits = try first(of: 100_000)
            if hits.count == limit { return hits }
        }
        return try rows(
            """
            WITH hits AS MATERIALIZED (SELECT id, artist FROM songs WHERE search @@ ?::tsquery) \
            SELECT artist FROM hits ORDER BY id LIMIT ?
            """, [.text(query), .integer(limit)]
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
