import Files
import Glibc

/// The songs at hand, with what the user heard and thought of them: an SQLite database in WAL mode.
///
/// Several processes may use one file at once: readers never wait, writers wait for each other. A process that is
/// killed leaves what was committed. One object is for one thread at a time; open another for another.
public final class Catalogue {
    let database: Database

    /// What `body` costs, for tests: see `Database.countingSteps`.
    package func countingSteps(_ body: () throws -> Void) rethrows -> Int { try database.countingSteps(body) }
    let moodMap: MoodMap
    /// The list of songs that comes with the program.
    let builtIn: String?
    /// Read when it is first needed, see `artistTable`.
    var knownArtists: ArtistTable?

    /// Where the database is; ":memory:" if it is nowhere.
    public var path: String { database.path }

    /// `fermusic/catalogue.db` in the XDG data folder.
    public static var standardPath: String { UserFolder.data + "/catalogue.db" }

    /// Opens a catalogue, creating it and its folder on first use.
    ///
    /// - Parameters:
    ///   - builtIn: the list of songs to start from; read again when it changes with the program.
    ///   - moodMap: how missing features are estimated.
    /// Throws `MusicError`.
    public init(_ path: String, builtIn: String?, moodMap: MoodMap = .standard) throws {
        if path != ":memory:" {
            do {
                try FolderTree.create(path.parentFolder)
            } catch let failure as FileFailure {
                throw MusicError.database(path: path, reason: failure.reason)
            }
        }
        database = try Database(path)
        self.moodMap = moodMap
        self.builtIn = builtIn
        database.setBusyTimeout(.seconds(30))
        try useWriteAheadLog()
        // After a kill nothing is lost with NORMAL either; after a power cut perhaps the last seconds.
        try database.execute("PRAGMA synchronous = NORMAL")
        try database.execute("PRAGMA foreign_keys = ON")
        // Otherwise each row's undo information goes through a file.
        try database.execute("PRAGMA temp_store = MEMORY")
        try database.execute("PRAGMA mmap_size = 1073741824")
        try Schema.migrate(database)
        if let builtIn { try readBuiltIn(builtIn) }
    }

    /// How long writing waits for another process; 30 s unless set.
    public func setBusyTimeout(_ timeout: Duration) { database.setBusyTimeout(timeout) }

    /// All of `body`'s changes or none.
    public func transaction<R>(_ body: () throws -> R) throws -> R { try database.transaction(body) }

    private func useWriteAheadLog() throws {
        func mode(_ sql: String) throws -> String {
            try database.first(sql) { $0.text(0) } ?? ""
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

    func setting(_ name: String) throws -> String? {
        try database.first("SELECT value FROM settings WHERE name = ?", .text(name)) { $0.text(0) }
    }

    func set(_ name: String, _ value: String?) throws {
        if let value {
            try database.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", .text(name), .text(value))
        } else {
            try database.run("DELETE FROM settings WHERE name = ?", .text(name))
        }
    }
}
