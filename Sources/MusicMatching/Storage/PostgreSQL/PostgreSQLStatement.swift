import CPostgreSQL
import Glibc

/// A prepared statement of PostgreSQL: sent at the first step, and its rows taken from what came back.
final class PostgreSQLStatement: Statement {
    let sql: String
    // The database keeps its statements, so this must not keep the database.
    private unowned let database: PostgreSQLDatabase
    private var values: [SQLValue] = []
    private var rows: PostgreSQLRows?
    private var row: Int32 = -1

    init(_ sql: String, database: PostgreSQLDatabase) {
        self.sql = sql
        self.database = database
    }

    func bind(_ values: [SQLValue]) throws { self.values = values }

    func step() throws -> Bool {
        let rows = try self.rows ?? database.run(sql, values)
        self.rows = rows
        row += 1
        if row < rows.count { return true }
        reset()
        return false
    }

    func reset() {
        rows = nil
        row = -1
    }

    func integer(_ column: Int32) -> Int { rows?.integer(row, column) ?? 0 }
    func real(_ column: Int32) -> Double { rows?.real(row, column) ?? 0 }
    func text(_ column: Int32) -> String { rows?.text(row, column) ?? "" }
    func isNull(_ column: Int32) -> Bool { rows?.isNull(row, column) ?? true }
}

/// Rows of a result, their values in PostgreSQL's binary form: integers and reals with the highest byte first.
final class PostgreSQLRows {
    private let library: PostgreSQLLibrary
    private let result: OpaquePointer
    let count: Int32

    /// Takes the result over.
    init(_ result: OpaquePointer, _ library: PostgreSQLLibrary) {
        self.result = result
        self.library = library
        count = library.PQntuples(result)
    }

    deinit { library.PQclear(result) }

    /// Rows that a statement changed.
    var changes: Int { Int(String(cString: library.PQcmdTuples(result))) ?? 0 }

    /// Of a value as it came; for as long as the rows are kept.
    func bytes(_ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: library.PQgetvalue(result, row, column), count: Int(library.PQgetlength(result, row, column)))
    }

    /// True is 1.
    func integer(_ row: Int32, _ column: Int32) -> Int {
        let bytes = bytes(row, column)
        switch bytes.count {
        case 8: return Int(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        case 4: return Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case 2: return Int(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case 1: return Int(bytes[0])
        default: return 0
        }
    }

    func real(_ row: Int32, _ column: Int32) -> Double {
        let bytes = bytes(row, column)
        guard bytes.count == 8 else { return 0 }
        return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
    }

    func text(_ row: Int32, _ column: Int32) -> String { String(decoding: bytes(row, column), as: UTF8.self) }

    func isNull(_ row: Int32, _ column: Int32) -> Bool { library.PQgetisnull(result, row, column) != 0 }
}
