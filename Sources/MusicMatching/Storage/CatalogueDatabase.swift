import Emotions

/// A song that the catalogue does not have yet, as it is stored.
struct NewSong {
    var title: String
    var artist: String
    /// Whom it is filed under, see `ArtistKey.keys`.
    var artists: [String]
    /// See `NameKey.hash`.
    var matchKey: Int
    var facts: SongFacts
    /// Seconds since 1970.
    var added: Int
}

/// What was guessed of a song, as it is stored.
struct SongEstimate {
    var song: Int
    var valence: Int
    var energy: Int
    var cell: Int
}

/// A database that holds a catalogue: what engines do in their own ways. What they have in common is SQL in extensions of
/// `Catalogue`.
protocol CatalogueDatabase: Database {
    /// Makes the tables, or brings older ones to the newest version, all steps at once or none. Safe when several
    /// processes start at once. Throws `MusicError.newerSchema` for those of a newer program.
    func migrate() throws

    /// Of the tables, as the program counts those of the engine.
    var schemaVersion: Int { get throws }
    /// The version that this program knows.
    var knownVersion: Int { get }

    /// What is wrong with the database; `nil` if nothing is. Reads all of it where the engine does not check by itself.
    func damage() throws -> String?

    /// Makes sure that what `body` deletes cannot be read from what is left of it, as far as the engine can.
    ///
    /// - Parameter movesSongs: asked afterwards: whether songs were deleted; `nil` if that was not meant.
    func erasing<R>(_ body: () throws -> R, movesSongs: (R) -> Bool?) throws -> R

    /// Makes room for many changes while `body` makes them.
    func loading<R>(_ body: () throws -> R) throws -> R

    // MARK: Searching

    /// Songs whose title, artist or album have words with these beginnings, the best first (BM25 with the weights of
    /// FTS5: each column as important as the others).
    ///
    /// - Parameter condition: SQL on columns of `songs` with its values; "true" for all.
    func songs(
        withWords words: [Substring], where condition: String, _ values: [SQLValue], limit: Int, offset: Int
    ) throws -> [Int]

    /// Artists, as they are written, of songs whose artist has words with these beginnings, in the order of the songs.
    func credits(withWords words: [Substring], limit: Int) throws -> [String]

    /// Makes the search index anew.
    func rebuildSearch() throws

    // MARK: Copying

    /// What `body` reads is of one moment.
    func snapshot<R>(_ body: () throws -> R) throws -> R

    /// Puts rows into a table, as they are.
    func fill(_ table: CatalogueTable, _ rows: [[SQLValue]]) throws

    /// Makes what belongs to rows that were filled in: search index, numbers of rows to come.
    func finishFilling() throws

    // MARK: Adding songs

    /// Tells what songs will be asked for and added next, where asking for many at once is faster.
    func expect(keys: [Int], identifiers: [SongIdentifier]) throws

    /// Songs that may have a name, by `NameKey.hash`, in the order of their numbers.
    func songs(matching key: Int) throws -> [(id: Int, title: String, artist: String)]
    func song(_ identifier: SongIdentifier) throws -> Int?
    func facts(of song: Int) throws -> SongFacts?
    /// Gives its number, and files it under its artists.
    func insert(_ song: NewSong) throws -> Int
    func update(_ song: Int, from old: SongFacts, to new: SongFacts) throws
    /// Gives whether it is new.
    func add(_ identifier: SongIdentifier, to song: Int) throws -> Bool
    func setEstimates(_ estimates: [SongEstimate]) throws
}

extension CatalogueDatabase {
    /// Whether nobody brought the tables to a newer version since they were opened.
    var isOfThisVersion: Bool { get throws { try schemaVersion == knownVersion } }

    func songs(matching key: Int) throws -> [(id: Int, title: String, artist: String)] {
        try rows("SELECT id, title, artist FROM songs WHERE match_key = ? ORDER BY id", [.integer(key)]) {
            ($0.integer(0), $0.text(1), $0.text(2))
        }
    }

    func song(_ identifier: SongIdentifier) throws -> Int? {
        try first(
            "SELECT song FROM identifiers WHERE kind = ? AND value = ?", .text(identifier.kind.rawValue),
            .text(identifier.value)
        ) { $0.integer(0) }
    }

    func facts(of song: Int) throws -> SongFacts? {
        try first("SELECT \(SongFacts.columns) FROM songs WHERE id = ?", .integer(song)) { SongFacts(reading: $0) }
    }

    func add(_ identifier: SongIdentifier, to song: Int) throws -> Bool {
        try run(
            "INSERT INTO identifiers (kind, value, song) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            .text(identifier.kind.rawValue), .text(identifier.value), .integer(song))
        return changes > 0
    }

    func setEstimates(_ estimates: [SongEstimate]) throws {
        for new in estimates {
            try run(
                "UPDATE songs SET valence = ?, energy = ?, cell = ? WHERE id = ?", .integer(new.valence),
                .integer(new.energy), .integer(new.cell), .integer(new.song))
        }
    }

    /// The columns that `SongFacts.values` fills, in that order.
    static var factColumns: [String] {
        [
            "album", "year", "language", "genres", "emotions", "hints", "valence", "energy", "danceability",
            "acousticness", "tempo", "provenance", "cell", "built_in", "explicit", "duration", "plays", "own", "themes",
            "traits",
        ]
    }

    /// Files a song under its artists, see `ArtistKey.keys`.
    func file(_ song: Int, under artists: [String]) throws {
        for artist in artists {
            try run(
                "INSERT INTO song_artists (artist, song) VALUES (?, ?) ON CONFLICT DO NOTHING", .text(artist),
                .integer(song))
        }
    }
}

/// Opens databases by their names.
enum Databases {
    /// A file, ":memory:", or the address of a PostgreSQL database (`postgresql://...`). Throws `MusicError`.
    static func open(_ place: String) throws -> any CatalogueDatabase {
        if PostgreSQLAddress.isOne(place) {
            let address = PostgreSQLAddress(place)
            guard address.isKnown else {
                throw MusicError.database(
                    path: address.shown,
                    reason: "neither a file nor a PostgreSQL database, such as postgresql://user@host/name")
            }
            return try PostgreSQLDatabase(address)
        }
        return try SQLiteDatabase(catalogue: place)
    }
}

extension CatalogueDatabase {
    /// Files all songs under their artists anew. Cost: some seconds for a million songs.
    func fileAllUnderArtists() throws {
        try execute(text: "DELETE FROM song_artists")
        var last = 0
        while true {
            let songs = try rows(
                "SELECT id, artist FROM songs WHERE id > ? ORDER BY id LIMIT 10000", [.integer(last)]
            ) { ($0.integer(0), $0.text(1)) }
            guard let end = songs.last else { return }
            for (song, credit) in songs { try file(song, under: ArtistKey.keys(of: credit)) }
            last = end.0
        }
    }
}
