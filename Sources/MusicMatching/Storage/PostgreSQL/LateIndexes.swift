/// Indexes that an empty catalogue goes without while it is filled: the server makes them of all rows in half the time that it
/// takes to put each row into them. All of that is in the transaction that brings the songs, so nobody sees them without;
/// who asks an empty catalogue meanwhile waits.
struct LateIndexes {
    private struct Index {
        var drop: String
        var make: String
        /// Whether an import itself looks into it.
        var isNeeded = false

        static func named(_ name: String, _ columns: String, isNeeded: Bool = false) -> Index {
            Index(drop: "DROP INDEX \(name)", make: "CREATE INDEX \(name) ON \(columns)", isNeeded: isNeeded)
        }

        static func key(of table: String, _ columns: String, isNeeded: Bool = false) -> Index {
            Index(
                drop: "ALTER TABLE \(table) DROP CONSTRAINT \(table)_pkey",
                make: "ALTER TABLE \(table) ADD PRIMARY KEY (\(columns))", isNeeded: isNeeded)
        }
    }

    /// As `PostgreSQLSchema` has them.
    private static let all: [Index] = [
        .named("songs_by_name", "songs (match_key)", isNeeded: true), .named("songs_by_language", "songs (language)"),
        .named("songs_by_mood", "songs (cell, language, place, id)"),
        .named("songs_by_word", "songs USING GIN (search)"),
        .key(of: "song_artists", "artist, song"), .key(of: "identifiers", "kind, value", isNeeded: true),
        .named("identifiers_by_song", "identifiers (song)"),
    ]

    static let count = all.count
    /// Makes those that an import looks into, and those that it does not.
    static let makingNeeded = making(all.filter(\.isNeeded))
    static let makingOthers = making(all.filter { !$0.isNeeded })

    private static func making(_ some: [Index]) -> String {
        (["SET LOCAL maintenance_work_mem = '256MB'"] + some.map(\.make)).joined(separator: "; ")
    }

    private var isDecided = false
    private var missing: [Index] = []
    var areMissing: Bool { !missing.isEmpty }

    /// Drops them where there are no songs yet. Where somebody uses the tables just now, or they are somebody else's, they
    /// stay.
    ///
    /// - Parameter looksUp: whether songs are looked for while they are added.
    mutating func drop(_ connection: PostgreSQLConnection, looksUp: Bool, busyTimeout: Int) throws {
        if isDecided { return }
        isDecided = true
        let some = LateIndexes.all.filter { !looksUp || !$0.isNeeded }
        try connection.execute("SAVEPOINT indexes; SET LOCAL lock_timeout = '300ms'")
        do {
            try connection.execute(some.map(\.drop).joined(separator: "; "))
            try connection.execute("RELEASE SAVEPOINT indexes; SET LOCAL lock_timeout = \(busyTimeout)")
            missing = some
        } catch {
            try connection.execute("ROLLBACK TO SAVEPOINT indexes")
        }
    }

    /// Leaves them as they are.
    mutating func keep() { isDecided = true }

    /// Makes those that are missing.
    mutating func make(_ connection: PostgreSQLConnection) throws {
        if missing.isEmpty { return }
        try connection.execute(LateIndexes.making(missing))
        missing = []
    }
}
