import Files
import Glibc

/// The songs at hand, with what the user heard and thought of them: an SQLite database in WAL mode, or one of a
/// PostgreSQL server.
///
/// Several processes may use one at once: readers never wait, writers wait for each other. A process that is killed leaves
/// what was committed. One object is for one thread at a time; open another for another.
public final class Catalogue {
    let database: any CatalogueDatabase

    /// What `body` costs in SQLite, for tests: see `SQLiteDatabase.countingSteps`.
    package func countingSteps(_ body: () throws -> Void) throws -> Int {
        guard let file = database as? SQLiteDatabase else { throw MusicError.database(path: path, reason: "no file") }
        return try file.countingSteps(body)
    }

    let moodMap: MoodMap
    /// Whether ranking keeps a copy of the songs of a PostgreSQL server in memory, for all catalogues of this process: for
    /// programs that run on and rank often. Some 200 bytes a song.
    public var sharesSongs = false
    /// The list of songs that comes with the program.
    let builtIn: String?
    /// Read when it is first needed, see `artistTable`.
    var knownArtists: ArtistTable?
    /// See `artistNames`.
    var knownNames: ArtistTable?
    /// Added or known better since moods were last guessed.
    var changedSongs = ChangedSongs()
    /// Of artists whose songs were added.
    var creditKeys = CreditKeys()

    /// What it was opened by: not to be shown, as an address may hold a password.
    public let place: String

    /// Where the database is, without its password; ":memory:" if it is nowhere.
    public var path: String { database.path }

    /// `fermusic/catalogue.db` in the XDG data folder.
    public static var standardPath: String { UserFolder.data + "/catalogue.db" }

    /// Opens a catalogue, creating it and its folder on first use.
    ///
    /// - Parameters:
    ///   - place: a file, or the address of a PostgreSQL database (`postgresql://user@host/name`), which must exist.
    ///   - builtIn: the list of songs to start from; read again when it changes with the program.
    ///   - moodMap: how missing features are estimated.
    /// Throws `MusicError`.
    public init(_ place: String, builtIn: String?, moodMap: MoodMap = .standard) throws {
        self.place = place
        database = try Databases.open(place)
        self.moodMap = moodMap
        self.builtIn = builtIn
        try database.migrate()
        if let builtIn { try readBuiltIn(builtIn) }
    }

    /// Opens a catalogue that is there, as it is. Throws `MusicError`.
    public convenience init(existing place: String) throws {
        if !Catalogue.isAddress(place), access(place.cPath, F_OK) != 0 {
            throw MusicError.database(path: place, reason: "no such file")
        }
        try self.init(place, builtIn: nil)
    }

    /// Whether a place is the address of a database rather than a file.
    public static func isAddress(_ place: String) -> Bool { PostgreSQLAddress.isOne(place) }

    /// A place as it may be shown: an address without its password.
    public static func shown(_ place: String) -> String {
        isAddress(place) ? PostgreSQLAddress(place).shown : place
    }

    /// Whether a place is an address with a password in it.
    public static func holdsPassword(_ place: String) -> Bool {
        isAddress(place) && PostgreSQLAddress(place).holdsPassword
    }

    /// How long writing waits for another process; 30 s unless set.
    public func setBusyTimeout(_ timeout: Duration) { database.setBusyTimeout(timeout) }

    /// How long an answer of a PostgreSQL server is waited for before it counts as unreachable; as long as it takes unless
    /// set.
    public func setPatience(_ patience: Duration) { (database as? PostgreSQLDatabase)?.patience = patience }

    /// All of `body`'s changes or none.
    public func transaction<R>(_ body: () throws -> R) throws -> R { try database.transaction(.songs, body) }

    func setting(_ name: String) throws -> String? {
        try database.first("SELECT value FROM settings WHERE name = ?", .text(name)) { $0.text(0) }
    }

    func set(_ name: String, _ value: String?) throws {
        if let value {
            try database.run(
                "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
                .text(name), .text(value))
        } else {
            try database.run("DELETE FROM settings WHERE name = ?", .text(name))
        }
    }
}
