import CSQLite

/// A prepared statement of SQLite.
final class SQLiteStatement: Statement {
    private let handle: OpaquePointer
    // The database keeps its statements, so this must not keep the database.
    private unowned let database: SQLiteDatabase

    init(_ handle: OpaquePointer, database: SQLiteDatabase) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ values: [SQLValue]) throws {
        sqlite3_clear_bindings(handle)
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
    }

    /// - Parameter index: counted from 1, as in SQL.
    private func bind(_ value: SQLValue, at index: Int32) throws {
        let status: Int32
        switch value {
        case .null: status = sqlite3_bind_null(handle, index)
        case .integer(let number): status = sqlite3_bind_int64(handle, index, Int64(number))
        case .real(let number): status = sqlite3_bind_double(handle, index, number)
        case .text(var text):
            status = text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    // An empty string has no address; NULL would be bound instead.
                    guard let start = $0.baseAddress else { return fermusic_sqlite3_bind_text(handle, index, "", 0) }
                    return fermusic_sqlite3_bind_text(handle, index, start, Int32(clamping: $0.count))
                }
            }
        }
        guard status == SQLITE_OK else { throw database.lastError }
    }

    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        default:
            let error = database.lastError
            sqlite3_reset(handle)
            throw error
        }
    }

    func reset() { sqlite3_reset(handle) }

    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }
    func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// Text may hold NUL and anything else; it is taken by its length.
    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
