import CPostgreSQL

/// A database of a PostgreSQL server. The connection is made anew when the server closed it or was started again; what ran
/// then fails, what comes afterwards does not.
final class PostgreSQLDatabase: Database {
    let address: PostgreSQLAddress
    private(set) var connection: PostgreSQLConnection?
    private var statements: [String: PostgreSQLStatement] = [:]
    private(set) var busyTimeout = 30_000
    /// How long an answer is waited for; as long as it takes if `nil`.
    var patience: Duration? {
        didSet { connection?.patience = patience }
    }
    private(set) var changes = 0
    private(set) var isInTransaction = false
    /// What a transaction holds.
    private var locks: Set<WriteLock> = []
    /// Songs that a transaction has added and not yet sent, and rows of other tables that wait behind them.
    var adding = SongsToAdd()
    var rowsToAdd = RowsToAdd()
    /// What a transaction that adds many songs knows not to be there.
    var namesThere = NamesThere()
    /// What the transaction leaves for its end.
    var lateIndexes = LateIndexes()
    var beside = TablesBeside()
    /// Songs that were sent while many are loaded; `nil` if none are.
    var loaded: Int?
    /// How often a song was looked for by its name.
    var asked = 0
    /// Whether the transaction changed what ranking or searching looks at.
    var changesSongs = false
    /// What SQLite makes of words, for the same hits.
    let tokens: SearchTokens
    /// What all connections of the process to this database share.
    let shared: SharedSongs

    var path: String { address.shown }

    /// Throws `MusicError` where the server cannot be reached or does not let the user in.
    init(_ address: PostgreSQLAddress) throws {
        self.address = address
        tokens = try SearchTokens()
        shared = .of(address)
        connection = try connect()
    }

    private func connect() throws -> PostgreSQLConnection {
        let connection = try PostgreSQLConnection(address, patience: patience)
        try connection.execute("SET lock_timeout = \(busyTimeout)")
        return connection
    }

    /// The connection, which between transactions is replaced if it broke.
    func connected() throws -> PostgreSQLConnection {
        if let connection, isInTransaction || !connection.isBroken { return connection }
        connection = nil
        let new = try connect()
        connection = new
        return new
    }

    func setBusyTimeout(_ timeout: Duration) {
        let (seconds, attoseconds) = timeout.components
        busyTimeout = max(1, Int(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000))
        // If it cannot be told now, it is told to the next connection.
        do { try connection?.execute("SET lock_timeout = \(busyTimeout)") } catch { connection = nil }
    }

    func execute(text: String) throws {
        try sendSongs()
        try connected().execute(text)
    }

    func prepare(_ sql: String) throws -> any Statement {
        try sendSongs()
        return statement(sql)
    }

    /// A statement that runs before songs that were not sent yet: only for what has nothing to do with them.
    func statement(_ sql: String) -> PostgreSQLStatement {
        if let known = statements[sql] {
            known.reset()
            return known
        }
        let new = PostgreSQLStatement(sql, database: self)
        statements[sql] = new
        return new
    }

    func run(_ sql: String, _ values: [SQLValue], isPlannedAnew: Bool = false) throws -> PostgreSQLRows {
        if sql.hasPrefix("UPDATE songs") || sql.hasPrefix("DELETE FROM songs") || sql.hasPrefix("INSERT INTO songs") {
            changesSongs = true
        }
        let connection = try connected()
        guard let result = try connection.run(sql, values, isPlannedAnew: isPlannedAnew) else {
            throw MusicError.database(path: path, reason: "no answer")
        }
        let rows = PostgreSQLRows(result, connection.library)
        changes = rows.changes
        return rows
    }

    // MARK: Transactions

    func transaction<R>(_ lock: WriteLock, _ body: () throws -> R) throws -> R {
        if isInTransaction {
            try take(lock)
            return try body()
        }
        try connected().execute("BEGIN")
        isInTransaction = true
        defer {
            isInTransaction = false
            locks = []
            adding = SongsToAdd()
            rowsToAdd = RowsToAdd()
            namesThere = NamesThere()
            lateIndexes = LateIndexes()
            beside = TablesBeside()
            changesSongs = false
        }
        do {
            try take(lock)
            let result = try body()
            try sendSongs()
            try connected().endFilling()
            try lateIndexes.make(connected())
            try beside.takePlace(self)
            if changesSongs { try connected().execute("UPDATE song_state SET version = version + 1") }
            // After a failure that somebody passed over, COMMIT would take everything back without a word.
            if try connected().transactionStatus != fermusic_pg_in_transaction {
                throw MusicError.database(path: path, reason: "a part of the change failed; nothing was changed")
            }
            try connected().execute("COMMIT")
            return result
        } catch {
            connection?.rollBack()
            throw error
        }
    }

    /// One of the program's locks, until the transaction ends. Throws `MusicError.busy` if another keeps it for too long.
    private func take(_ lock: WriteLock) throws {
        guard let number = lock.number, !locks.contains(lock) else { return }
        try connected().execute("SELECT pg_advisory_xact_lock(\(PostgreSQLDatabase.lockClass), \(number))")
        locks.insert(lock)
    }

    /// What tells this program's locks from others' in the same database: "ferm".
    static let lockClass = 0x6665_726D
}

extension WriteLock {
    fileprivate var number: Int? {
        switch self {
        case .songs: 1
        case .listener: 2
        case .services: 3
        case .rows: nil
        }
    }
}
