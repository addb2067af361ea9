import CPostgreSQL
import Glibc
import Threads

/// One connection of libpq, for one thread at a time.
final class PostgreSQLConnection {
    let library: PostgreSQLLibrary
    let handle: OpaquePointer
    private let address: PostgreSQLAddress
    /// Names of statements that the server has prepared, by their SQL.
    private var prepared: [String: String] = [:]
    /// How long an answer is waited for; as long as it takes if `nil`.
    var patience: Duration?
    /// Whether an answer was waited for in vain: it may still come, and nothing else can be asked.
    private var isGivenUp = false
    /// What is filled just now, see `send`.
    var filled: FilledTable?

    /// Throws `MusicError.unreachable`; soon after a failure at once, see `Attempts`.
    init(_ address: PostgreSQLAddress, patience: Duration?) throws {
        self.address = address
        self.patience = patience
        do {
            library = try PostgreSQLLibrary.load()
        } catch {
            throw MusicError.database(path: address.shown, reason: "PostgreSQL's library is missing: \(error.reason)")
        }
        if let reason = Attempts.reasonToWait(address.shown) {
            throw MusicError.unreachable(path: address.shown, reason: reason)
        }
        handle = try PostgreSQLConnection.open(address, library, isPatient: patience == nil)
        Attempts.noteSuccess(address.shown)
        try execute(
            """
            SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SET statement_timeout = '30s';
            SET idle_in_transaction_session_timeout = '10min'; SET default_transaction_isolation = 'read committed'; \
            SET jit = off; SET work_mem = '32MB'
            """)
    }

    /// What the address does not say otherwise: a server that is gone is noticed within seconds.
    private static let settings = [
        ("keepalives_idle", "10"), ("keepalives_interval", "3"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "15000"), ("fallback_application_name", "fermusic"),
    ]

    private static func open(
        _ address: PostgreSQLAddress, _ library: PostgreSQLLibrary, isPatient: Bool
    ) throws -> OpaquePointer {
        let pairs = settings + [("connect_timeout", isPatient ? "5" : "2"), ("dbname", address.text.value)]
        let names = pairs.map { strdup($0.0) }, values = pairs.map { strdup($0.1) }
        defer { (names + values).forEach { free($0) } }
        let connection = library.PQconnectdbParams(
            names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let connection else {
            Attempts.noteFailure(address.shown, "out of memory")
            throw MusicError.unreachable(path: address.shown, reason: "out of memory")
        }
        fermusic_postgresql_quiet(library.table, connection)
        if Int(library.PQstatus(connection)) == fermusic_pg_connection_ok { return connection }
        let reason = address.cleaned(String(cString: library.PQerrorMessage(connection)))
        library.PQfinish(connection)
        Attempts.noteFailure(address.shown, reason)
        throw MusicError.unreachable(path: address.shown, reason: reason)
    }

    deinit { library.PQfinish(handle) }

    /// Whether the server has closed it, or it broke.
    var isBroken: Bool {
        isLost || isGivenUp || fermusic_postgresql_has_news(library.PQsocket(handle)) != 0
    }

    /// One of the `fermusic_pg_` states of transactions.
    var transactionStatus: Int { Int(library.PQtransactionStatus(handle)) }

    /// Runs statements without parameters. Throws `MusicError`.
    func execute(_ sql: String) throws { library.PQclear(try checked(answer { library.PQsendQuery(handle, sql) })) }

    /// The last result of what `send` asks, as `PQexec` gives it. Throws `MusicError.unreachable` when it does not come.
    func answer(_ send: () -> Int32) throws -> OpaquePointer? {
        if isGivenUp { throw MusicError.unreachable(path: address.shown, reason: PostgreSQLConnection.noAnswer) }
        try endFilling()
        guard send() == 1 else { throw error(nil) }
        let end = patience.map { ContinuousClock.now + $0 }
        var last: OpaquePointer?
        while true {
            while library.PQisBusy(handle) != 0 {
                guard isReadable(before: end) else {
                    library.PQclear(last)
                    isGivenUp = true
                    Attempts.noteFailure(address.shown, PostgreSQLConnection.noAnswer)
                    throw MusicError.unreachable(path: address.shown, reason: PostgreSQLConnection.noAnswer)
                }
                // What is wrong is told by the next result.
                if library.PQconsumeInput(handle) == 0 { break }
            }
            guard let next = library.PQgetResult(handle) else { return last }
            library.PQclear(last)
            last = next
            if Int(library.PQresultStatus(next)) == fermusic_pg_copy_in { return next }
        }
    }

    private static let noAnswer = "the server does not answer"

    private func isReadable(before end: ContinuousClock.Instant?) -> Bool {
        var milliseconds: Int32 = -1
        if let end {
            let (seconds, attoseconds) = (end - .now).components
            milliseconds = Int32(clamping: max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
        }
        return fermusic_postgresql_wait(library.PQsocket(handle), milliseconds) != 0
    }

    /// The result of a statement with its parameters as text, its values in binary form; to be cleared by whoever asks.
    ///
    /// - Parameter isPlannedAnew: planned for these values, instead of once for all: where it depends on them what is fast.
    func run(_ sql: String, _ values: [SQLValue], isPlannedAnew: Bool = false) throws -> OpaquePointer? {
        let name: String
        if isPlannedAnew {
            name = ""
        } else if let known = prepared[sql] {
            name = known
        } else {
            name = "s\(prepared.count)"
            library.PQclear(
                try checked(
                    answer { library.PQsendPrepare(handle, name, PostgreSQLConnection.numbered(sql), 0, nil) }))
            prepared[sql] = name
        }
        let texts = values.map { value -> UnsafeMutablePointer<CChar>? in
            switch value {
            case .null: nil
            case .integer(let number): strdup("\(number)")
            case .real(let number): strdup("\(number)")
            // PostgreSQL's texts have no NUL.
            case .text(let text): strdup(text.utf8.contains(0) ? PostgreSQLConnection.withoutNUL(text) : text)
            }
        }
        defer { texts.forEach { free($0) } }
        return try texts.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
            try checked(
                answer {
                    let count = Int32(values.count), base = values.baseAddress
                    return isPlannedAnew
                        ? library.PQsendQueryParams(
                            handle, PostgreSQLConnection.numbered(sql), count, nil, base, nil, nil, 1)
                        : library.PQsendQueryPrepared(handle, name, count, base, nil, nil, 1)
                })
        }
    }

    static func withoutNUL(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    /// `?` in order or `?1` by number as `$1`.
    static func numbered(_ sql: String) -> String {
        var result = "", count = 0
        var rest = sql[...]
        while let mark = rest.firstIndex(of: "?") {
            result += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            if digits.isEmpty {
                count += 1
                result += "$\(count)"
            } else {
                result += "$\(digits)"
                rest = rest.dropFirst(digits.count)
            }
        }
        return result + rest
    }

    var isLost: Bool { Int(library.PQstatus(handle)) != fermusic_pg_connection_ok }

    /// A result that is as it should be; others are cleared. Throws `MusicError`.
    func checked(_ result: OpaquePointer?) throws -> OpaquePointer? {
        switch Int(library.PQresultStatus(result)) {
        case fermusic_pg_command_ok where result != nil, fermusic_pg_tuples_ok where result != nil: return result
        default:
            let failure = error(result)
            library.PQclear(result)
            throw failure
        }
    }

    func error(_ result: OpaquePointer?) -> MusicError {
        func field(_ field: Int32) -> String? {
            result.flatMap { library.PQresultErrorField($0, field) }.map { String(cString: $0) }
        }
        let state = field(Int32(fermusic_pg_sqlstate))
        switch state {
        // A lock that was not to be had in time, a deadlock, a serialization failure.
        case "55P03", "40P01", "40001": return .busy(path: address.shown)
        case "57014": return .database(path: address.shown, reason: "the server took too long to answer")
        default:
            let text = field(Int32(fermusic_pg_message)) ?? String(cString: library.PQerrorMessage(handle))
            // The connection broke, the server ends or begins, or has too many visitors.
            let isGone = state.map { $0.hasPrefix("08") || $0.hasPrefix("57P") || $0 == "53300" } ?? isLost
            return isGone
                ? .unreachable(path: address.shown, reason: address.cleaned(text))
                : .database(path: address.shown, reason: address.cleaned(text))
        }
    }
}

/// When servers were last tried in vain: who cannot be reached is not asked by every request anew.
private enum Attempts {
    private struct State {
        var failures = 0
        var next = ContinuousClock.now
        var reason = ""
        /// Whether somebody tries: the others need not wait for that too.
        var isTried = false
    }

    private static let states = Guarded<[String: State]>([:])

    /// Why not to try now; `nil` obliges to try, and to note how it went.
    static func reasonToWait(_ address: String) -> String? {
        states.withLock { states in
            guard let state = states[address] else { return nil }
            if state.isTried || state.next > .now { return state.reason }
            states[address]?.isTried = true
            return nil
        }
    }

    /// 50 ms after the first failure, twice as long after each further one, 2 s at most.
    static func noteFailure(_ address: String, _ reason: String) {
        states.withLock { states in
            var state = states[address] ?? State()
            state.next = .now + .milliseconds(min(50 << min(state.failures, 8), 2000))
            state.failures += 1
            state.isTried = false
            state.reason = reason
            states[address] = state
        }
    }

    static func noteSuccess(_ address: String) { _ = states.withLock { $0.removeValue(forKey: address) } }
}
