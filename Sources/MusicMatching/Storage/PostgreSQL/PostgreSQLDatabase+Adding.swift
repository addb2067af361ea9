/// Adding songs: what an import meets is asked for many songs at once, and what it adds is sent by COPY.
extension PostgreSQLDatabase {
    func expect(keys: [Int], identifiers: [SongIdentifier]) throws {
        guard isInTransaction else { return }
        try passSongsOn()
        var keys = Set(keys), identifiers = Set(identifiers)
        adding.expect(keys: keys, identifiers: identifiers)
        if try knowsNames(soon: keys.count) { (keys, identifiers) = namesThere.take(keys, identifiers) }
        try goBeside()
        if keys.isEmpty, identifiers.isEmpty { return }
        try sendSongs()
        let list = "{" + keys.map { "\($0)" }.joined(separator: ",") + "}"
        func know(_ row: any Statement) {
            adding.know(
                row.integer(0), key: row.integer(1), title: row.text(2), artist: row.text(3),
                SongFacts(reading: row, from: 4))
        }
        let columns =
            "songs.id, songs.match_key, songs.title, songs.artist, "
            + SongFacts.columns.split(separator: ", ").map { "songs.\($0)" }.joined(separator: ", ")
        _ = try rows(
            "SELECT \(columns) FROM songs WHERE match_key = ANY (?::bigint[]) ORDER BY id", [.text(list)], know)
        var found: [(SongIdentifier, Int)] = []
        // Kind by kind, as the index has them: by values alone every identifier there is would be looked at.
        for (kind, some) in Dictionary(grouping: identifiers, by: \.kind) {
            let values = "{" + some.map { PostgreSQLDatabase.quoted($0.value) }.joined(separator: ",") + "}"
            found += try rows(
                "SELECT value, song FROM identifiers WHERE kind = ? AND value = ANY (?::text[])",
                [.text(kind.rawValue), .text(values)]
            ) { (SongIdentifier(kind, $0.text(0)), $0.integer(1)) }
        }
        var unknown: Set<Int> = []
        for (identifier, song) in found {
            adding.know(identifier, of: song)
            if adding.facts(of: song) == nil { unknown.insert(song) }
        }
        if unknown.isEmpty { return }
        let others = "{" + unknown.map { "\($0)" }.joined(separator: ",") + "}"
        for (song, facts) in try rows(
            "SELECT id, \(SongFacts.columns) FROM songs WHERE id = ANY (?::bigint[])", [.text(others)],
            { ($0.integer(0), SongFacts(reading: $0, from: 1)) })
        {
            adding.know(song, facts)
        }
    }

    /// Whether it is known which names and identifiers are there at all: asked for once when so many songs were added that
    /// this costs less than asking for each.
    private func knowsNames(soon count: Int) throws -> Bool {
        if namesThere.isKnown { return true }
        namesThere.expected += count
        let last = try integer("SELECT coalesce(max(id), 0) FROM songs")
        if last == 0, count >= 1000 { try leaveIndexes(looksUp: true) } else { lateIndexes.keep() }
        guard last <= 200_000, namesThere.expected * 10 >= last else { return false }
        let keys = try rows("SELECT match_key FROM songs") { $0.integer(0) }
        let identifiers = try rows("SELECT kind, value FROM identifiers") {
            SongIdentifier(SongIdentifier.Kind(rawValue: $0.text(0)), $0.text(1))
        }
        namesThere.know(keys, identifiers, songs: last)
        return true
    }

    /// Goes on in tables beside the others when there are many times the songs that there were.
    private func goBeside() throws {
        guard let loaded, loaded >= 20_000, namesThere.isKnown, namesThere.before <= 10_000, !lateIndexes.areMissing
        else { return }
        try beside.make(self)
    }

    /// Leaves indexes for the end of a transaction that fills an empty catalogue.
    func leaveIndexes(looksUp: Bool) throws {
        guard isInTransaction, loaded != nil else { return }
        try lateIndexes.drop(connected(), looksUp: looksUp, busyTimeout: busyTimeout)
    }

    /// A text in an array's text form.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars where scalar != "\0" {
            if scalar == "\"" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    func songs(matching key: Int) throws -> [(id: Int, title: String, artist: String)] {
        // Now and then, as a server that is slower takes nothing each time.
        asked &+= 1
        if asked % 32 == 0 { try sendOn() }
        if let known = adding.songs(matching: key) { return known }
        return try rows("SELECT id, title, artist FROM songs WHERE match_key = ? ORDER BY id", [.integer(key)]) {
            ($0.integer(0), $0.text(1), $0.text(2))
        }
    }

    func song(_ identifier: SongIdentifier) throws -> Int? {
        if let known = adding.song(identifier) { return known }
        return try first(
            "SELECT song FROM identifiers WHERE kind = ? AND value = ?", .text(identifier.kind.rawValue),
            .text(identifier.value)
        ) { $0.integer(0) }
    }

    func facts(of song: Int) throws -> SongFacts? {
        if let known = adding.facts(of: song) { return known }
        return try first("SELECT \(SongFacts.columns) FROM songs WHERE id = ?", .integer(song)) {
            SongFacts(reading: $0)
        }
    }

    func insert(_ song: NewSong) throws -> Int {
        // As SQLite numbers them; nobody else adds songs while the transaction has their lock.
        let id = try adding.next ?? integer("SELECT coalesce(max(id), 0) + 1 FROM songs")
        adding.next = id + 1
        adding.add(song, id: id)
        namesThere.add(song.matchKey)
        return id
    }

    func update(_ song: Int, from old: SongFacts, to new: SongFacts) throws {
        if adding.update(song, new) { return }
        let settings = PostgreSQLDatabase.factColumns.enumerated().map { "\($1) = ?\($0 + 1)" }
        let count = settings.count
        let statement = statement(
            "UPDATE songs SET \(settings.joined(separator: ", ")) WHERE id = ?\(count + 1)")
        try statement.bind(new.values + [.integer(song)])
        while try statement.step() {}
        if old.album == new.album { return }
        let names = try first("SELECT title, artist FROM songs WHERE id = ?", .integer(song)) {
            ($0.text(0), $0.text(1))
        }
        guard let names else { return }
        let document = try tokens.document(title: names.0, artist: names.1, album: new.album)
        try run(
            "UPDATE songs SET search = ?::tsvector, words = ? WHERE id = ?", .text(document.text),
            .integer(document.words), .integer(song))
    }

    func add(_ identifier: SongIdentifier, to song: Int) throws -> Bool {
        namesThere.add(identifier)
        if let known = adding.song(identifier) {
            guard known == nil else { return false }
            adding.add(identifier, to: song)
            return true
        }
        try run(
            "INSERT INTO identifiers (kind, value, song) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            .text(identifier.kind.rawValue), .text(identifier.value), .integer(song))
        return changes > 0
    }

    func setEstimates(_ estimates: [SongEstimate]) throws {
        var rest = estimates[...]
        while !rest.isEmpty {
            let some = rest.prefix(50_000)
            rest = rest.dropFirst(50_000)
            func list(_ number: (SongEstimate) -> Int) -> SQLValue {
                .text("{" + some.map { "\(number($0))" }.joined(separator: ",") + "}")
            }
            try run(
                """
                UPDATE songs SET valence = new.valence, energy = new.energy, cell = new.cell \
                FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]) AS new (id, valence, energy, cell) \
                WHERE songs.id = new.id
                """, list(\.song), list(\.valence), list(\.energy), list(\.cell))
        }
    }

    /// Sends what waits.
    func sendSongs() throws {
        try passSongsOn()
        if rowsToAdd.isEmpty { return }
        let rows = rowsToAdd
        rowsToAdd = RowsToAdd()
        let connection = try connected()
        try connection.send(rows.artists.bytes, to: "song_artists", "artist, song")
        try connection.send(rows.identifiers.bytes, to: "identifiers", "kind, value, song")
    }

    /// Lets the server go on with songs that wait for it.
    private func sendOn() throws { if isInTransaction { try connected().sendOn() } }

    private static let columns =
        (["id", "match_key", "title", "artist", "added"] + factColumns + ["words", "search"]).joined(separator: ", ")

    /// Sends songs; what belongs to them in other tables waits until there is much of it, so that the server goes on with
    /// songs.
    private func passSongsOn() throws {
        if adding.isEmpty { return }
        let (songs, identifiers) = adding.take()
        if !songs.isEmpty {
            let connection = try connected()
            var rows = CopyRows()
            for (index, waiting) in songs.enumerated() {
                try add(waiting, to: &rows)
                rowsToAdd.add(waiting.song.artists, of: waiting.id)
                if index % 128 == 127 {
                    try connection.send(rows.bytes, to: "songs", PostgreSQLDatabase.columns)
                    rows.removeAll()
                }
            }
            try connection.send(rows.bytes, to: "songs", PostgreSQLDatabase.columns)
            changesSongs = true
            loaded? += songs.count
        }
        for (identifier, song) in identifiers { rowsToAdd.add(identifier, of: song) }
        if rowsToAdd.isMuch { try sendSongs() }
    }

    private func add(_ waiting: SongsToAdd.Waiting, to rows: inout CopyRows) throws {
        let song = waiting.song
        rows.add(.integer(waiting.id))
        rows.add(.integer(song.matchKey))
        rows.add(.text(song.title))
        rows.add(.text(song.artist))
        rows.add(.integer(song.added))
        for value in song.facts.values { rows.add(value) }
        try rows.add(tokens, title: song.title, artist: song.artist, album: song.facts.album)
        rows.end()
    }
}
