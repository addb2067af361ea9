import Threads
import Timing

/// What is remembered of services between runs of the program: answers with their age, which endpoints are left alone
/// and until when, and when they were called. In the catalogue's database, on a connection of its own, for any number
/// of threads.
///
/// Nothing here fails: without the database a service is only asked once more than it had to be.
public final class ServiceMemory: Sendable {
    private let database: Guarded<any CatalogueDatabase>
    /// When the last failure of each endpoint that counted was noted, in this process.
    private let lastFailures = Guarded<[String: ContinuousClock.Instant]>([:])
    /// Seconds since 1970.
    let now: @Sendable () -> Int

    /// Answers older than this are deleted, in seconds.
    static let longestMemory = 180 * 86400

    /// - Parameters:
    ///   - path: the catalogue's database; ":memory:" forgets with the process.
    ///   - now: replaced in tests.
    /// Throws `MusicError`.
    public init(_ path: String, now: @escaping @Sendable () -> Int = { currentTime() }) throws {
        let database = try Databases.open(path)
        // Whoever waits for songs does not wait for an import to end.
        database.setBusyTimeout(.milliseconds(25))
        (database as? PostgreSQLDatabase)?.patience = .seconds(2)
        try database.migrate()
        self.database = Guarded(database)
        self.now = now
    }

    // MARK: Answers

    /// A service's answer that was kept, with its age in seconds.
    public func answer(of service: String, to request: String) -> (text: String, age: Int)? {
        let time = now()
        return database.withLock { database -> (text: String, age: Int)? in
            let kept = try? database.first(
                "SELECT answer, fetched FROM provider_answers WHERE provider = ? AND request = ?", .text(service),
                .text(request)
            ) { (text: $0.text(0), age: max(0, time - $0.integer(1))) }
            return kept.flatMap { $0.age > Self.longestMemory ? nil : $0 }
        }
    }

    /// Keeps a service's answer, so that it is not asked twice for one thing.
    public func keep(_ answer: String, of service: String, to request: String) {
        let time = now()
        database.withLock { database in
            try? database.transaction(.services) {
                try database.run(
                    "DELETE FROM provider_answers WHERE fetched < ?", .integer(time - Self.longestMemory))
                try database.run(
                    """
                    INSERT INTO provider_answers (provider, request, answer, fetched) VALUES (?1, ?2, ?3, ?4) \
                    ON CONFLICT (provider, request) DO UPDATE SET answer = ?3, fetched = ?4
                    """, .text(service), .text(request), .text(answer), .integer(time))
            }
        }
    }

    // MARK: Circuit breaker

    /// After so many failures in a row an endpoint is left alone.
    static let toleratedFailures = 3
    static let firstPause = 30, longestPause = 600

    /// Why an endpoint is not to be asked now, and until when; `nil` if it may be. When a pause is over one caller may
    /// try; the others wait for what comes of it.
    package func pause(of endpoint: String) -> (reason: String, cause: ProviderError.Cause, until: Int)? {
        let time = now()
        return database.withLock { database in
            guard
                let state = try? database.first(
                    "SELECT failures, open_until, reason, cause FROM service_states WHERE endpoint = ?",
                    .text(endpoint),
                    read: { ($0.integer(0), $0.integer(1), $0.text(2), $0.text(3)) }), state.1 > 0
            else { return nil }
            // A clock that was set back shall not lock anybody out for years.
            if state.1 > time, state.1 - time <= 2 * 86400 {
                return (state.2, ProviderError.Cause(rawValue: state.3) ?? .paused, state.1)
            }
            if state.0 >= ServiceMemory.toleratedFailures {
                try? database.run(
                    "UPDATE service_states SET open_until = ? WHERE endpoint = ?", .integer(time + 5), .text(endpoint))
            }
            return nil
        }
    }

    package func noteSuccess(of endpoint: String) {
        database.withLock { database in
            // Mostly there is nothing to delete, and nothing is written.
            let known = try? database.integer(
                "SELECT count(*) FROM service_states WHERE endpoint = ?", .text(endpoint))
            if known != 0 { try? database.run("DELETE FROM service_states WHERE endpoint = ?", .text(endpoint)) }
        }
    }

    /// Notes a failure; the third in a row opens the breaker for 30 s, each further one for twice as long. Calls that
    /// were under way at the same time fail for one reason, and count as one failure.
    ///
    /// - Parameter began: when the call did.
    package func noteFailure(
        of endpoint: String, _ error: ProviderError, began: ContinuousClock.Instant = ContinuousClock.now
    ) {
        let isNew = lastFailures.withLock { last -> Bool in
            if let previous = last[endpoint], began < previous { return false }
            last[endpoint] = ContinuousClock.now
            return true
        }
        guard isNew else { return }
        let time = now()
        database.withLock { database in
            try? database.transaction(.services) {
                let failures =
                    1
                    + (try database.integer("SELECT failures FROM service_states WHERE endpoint = ?", .text(endpoint)))
                let over = failures - ServiceMemory.toleratedFailures
                let pause = over < 0 ? 0 : min(ServiceMemory.longestPause, ServiceMemory.firstPause << min(over, 8))
                try database.run(
                    """
                    INSERT INTO service_states (endpoint, failures, open_until, reason, cause) \
                    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (endpoint) DO UPDATE SET failures = ?2, open_until = ?3, \
                    reason = ?4, cause = ?5
                    """, .text(endpoint), .integer(failures), .integer(pause == 0 ? 0 : time + pause),
                    .text(error.reason), .text(ProviderError.Cause.paused.rawValue))
            }
        }
    }

    /// Opens the breaker until a time that the service named.
    package func pause(_ endpoint: String, until: Int, _ error: ProviderError) {
        database.withLock { database in
            try? database.run(
                """
                INSERT INTO service_states (endpoint, failures, open_until, reason, cause) \
                VALUES (?1, 0, ?2, ?3, ?4) ON CONFLICT (endpoint) DO UPDATE SET failures = 0, open_until = ?2, \
                reason = ?3, cause = ?4
                """, .text(endpoint), .integer(until), .text(error.detail), .text(error.cause.rawValue))
        }
    }

    /// Lets everything be asked again, for `doctor`.
    func forgetPauses(of service: String) {
        database.withLock { database in
            try? database.run(
                "DELETE FROM service_states WHERE substr(endpoint, 1, length(?1)) = ?1", .text(service + "."))
        }
    }

    // MARK: Allowances

    /// Takes one call of an allowance; otherwise gives how many seconds to wait for one.
    package func reserve(_ allowance: CallAllowance) -> Int? {
        let time = now()
        return database.withLock { database in
            try? database.transaction(.services) { () -> Int? in
                try database.run(
                    "DELETE FROM service_calls WHERE endpoint = ? AND (time <= ? OR time > ?)", .text(allowance.name),
                    .integer(time - allowance.seconds), .integer(time))
                let used = try database.rows(
                    "SELECT time FROM service_calls WHERE endpoint = ? ORDER BY time", [.text(allowance.name)]
                ) { $0.integer(0) }
                if used.count >= allowance.calls {
                    return max(1, used[used.count - allowance.calls] + allowance.seconds - time)
                }
                try database.run(
                    "INSERT INTO service_calls (endpoint, time) VALUES (?, ?)", .text(allowance.name), .integer(time))
                return nil
            }
        } ?? nil
    }

    /// Calls of an allowance that were made within its time.
    func used(_ allowance: CallAllowance) -> Int {
        let since = now() - allowance.seconds
        return database.withLock { database in
            (try? database.integer(
                "SELECT count(*) FROM service_calls WHERE endpoint = ? AND time > ?", .text(allowance.name),
                .integer(since))) ?? 0
        }
    }
}

/// How often something may be called: so many times in any so many seconds.
package struct CallAllowance: Sendable {
    package var name: String
    package var calls: Int
    package var seconds: Int

    package init(name: String, calls: Int, seconds: Int) {
        self.name = name
        self.calls = calls
        self.seconds = seconds
    }
}
