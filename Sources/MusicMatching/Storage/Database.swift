/// A value bound to a parameter.
enum SQLValue {
    case null
    case integer(Int)
    case real(Double)
    case text(String)

    init(_ value: Int?) { self = value.map(SQLValue.integer) ?? .null }
    init(_ value: String?) { self = value.map(SQLValue.text) ?? .null }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    init(integerLiteral value: Int) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(value) }
}

/// A prepared statement.
protocol Statement: AnyObject {
    /// Gives the parameters in order; those not given are NULL.
    func bind(_ values: [SQLValue]) throws

    /// Goes to the next row; `false` after the last one, where the statement is reset.
    func step() throws -> Bool
    func reset()

    /// Columns of the row, counted from 0.
    func integer(_ column: Int32) -> Int
    func real(_ column: Int32) -> Double
    func text(_ column: Int32) -> String
    func isNull(_ column: Int32) -> Bool
}

extension Statement {
    func optionalInteger(_ column: Int32) -> Int? { isNull(column) ? nil : integer(column) }
}

/// What a transaction changes: who changes the same waits.
enum WriteLock {
    /// Songs, what is known of them, and where they come from.
    case songs
    /// What listeners said, heard and keep.
    case listener
    /// What is remembered of services.
    case services
    /// Single rows, each by one statement.
    case rows
}

/// One connection to a database. For one thread at a time.
///
/// SQL is written once, in what SQLite and PostgreSQL both understand; values reach it only as bound parameters, `?` in
/// order or `?1`, `?2` by number. Where an engine has its own way, it is in a function of `CatalogueDatabase`.
protocol Database: AnyObject {
    /// A file, or the address of a database without its password.
    var path: String { get }

    /// How long writing waits for another process before it gives up.
    func setBusyTimeout(_ timeout: Duration)

    /// Runs statements without parameters, all of them written in this program.
    func execute(text: String) throws

    /// A prepared statement, ready to be bound. The same text gives the same statement, so one must be done with
    /// before it is asked for again.
    func prepare(_ sql: String) throws -> any Statement

    /// Rows that the last statement changed.
    var changes: Int { get }

    /// All of `body` or nothing of it; what is read inside stays true until it is written, as far as `lock` says. A
    /// process that dies inside leaves the state before.
    func transaction<R>(_ lock: WriteLock, _ body: () throws -> R) throws -> R
}

extension Database {
    /// Runs one statement to its end.
    func run(_ sql: String, _ values: SQLValue...) throws {
        let statement = try prepare(sql)
        try statement.bind(values)
        while try statement.step() {}
    }

    /// The rows of a query, each turned into a value.
    func rows<Row>(_ sql: String, _ values: [SQLValue] = [], _ read: (any Statement) throws -> Row) throws -> [Row] {
        let statement = try prepare(sql)
        try statement.bind(values)
        defer { statement.reset() }
        var result: [Row] = []
        while try statement.step() { result.append(try read(statement)) }
        return result
    }

    /// The first row of a query.
    func first<Row>(_ sql: String, _ values: SQLValue..., read: (any Statement) throws -> Row) throws -> Row? {
        let statement = try prepare(sql)
        try statement.bind(values)
        defer { statement.reset() }
        return try statement.step() ? try read(statement) : nil
    }

    /// One whole number, 0 where there is none; true is 1.
    func integer(_ sql: String, _ values: SQLValue...) throws -> Int {
        let statement = try prepare(sql)
        try statement.bind(values)
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : 0
    }
}
