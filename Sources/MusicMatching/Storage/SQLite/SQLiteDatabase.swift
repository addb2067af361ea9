import CSQLite
import Files

/// One connection to an SQLite database. Statements are prepared once and kept.
final class SQLiteDatabase: Database {
    let path: String
    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    /// See `loading`.
    var isLoading = false

    /// Opens or creates the file. `mode` 0600 is not asked for: songs are no secret, the folder's rights decide.
    /// Throws `MusicError.database`.
    init(_ path: String) throws {
        self.path = path
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let status = sqlite3_open_v2(path.cPath, &opened, flags, nil)
        guard status == SQLITE_OK, let opened else {
            let reason = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw MusicError.database(path: path, reason: reason)
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    func setBusyTimeout(_ timeout: Duration) {
        let (seconds, attoseconds) = timeout.components
        sqlite3_busy_timeout(handle, Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000))
    }

    /// How many steps of SQLite's machine `body` takes, to about 100: what a search costs on any computer.
    func countingSteps(_ body: () throws -> Void) rethrows -> Int {
        let counter = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        counter.initialize(to: 0)
        defer { counter.deallocate() }
        sqlite3_progress_handler(
            handle, 100,
            { counter in
                counter!.assumingMemoryBound(to: Int.self).pointee += 100
                return 0
            }, counter)
        defer { sqlite3_progress_handler(handle, 0, nil, nil) }
        try body()
        return counter.pointee
    }

    /// Runs statements without parameters: schema and pragmas, all of it written in this program.
    func execute(_ sql: StaticString) throws { try execute(text: "\(sql)") }

    func execute(text: String) throws {
        guard sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK else { throw lastError }
    }

    func prepare(_ sql: String) throws -> any Statement { try statement(sql) }

    func statement(_ sql: String) throws -> SQLiteStatement {
        if let known = statements[sql] {
            known.reset()
            return known
        }
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil) == SQLITE_OK,
            let prepared
        else { throw lastError }
        let statement = SQLiteStatement(prepared, database: self)
        statements[sql] = statement
        return statement
    }

    var lastInsertedID: Int { Int(sqlite3_last_insert_rowid(handle)) }
    var changes: Int { Int(sqlite3_changes(handle)) }
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// The write lock, of which SQLite has one, is taken at the start.
    func transaction<R>(_ lock: WriteLock, _ body: () throws -> R) throws -> R {
        guard !isInTransaction else { return try body() }
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            if isInTransaction { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// What SQLite says about the last failure.
    var lastError: MusicError {
        switch sqlite3_errcode(handle) & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy(path: path)
        default: return .database(path: path, reason: String(cString: sqlite3_errmsg(handle)))
        }
    }
}
