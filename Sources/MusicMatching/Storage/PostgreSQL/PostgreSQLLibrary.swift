import CPostgreSQL

/// libpq's functions: `library.PQexec()`. Loaded when the address of a database is first used.
@dynamicMemberLookup
struct PostgreSQLLibrary: @unchecked Sendable {
    // Safe to share: the table is filled before anybody sees it, and never changed or freed.

    let table: UnsafePointer<fermusic_postgresql>

    subscript<T>(dynamicMember path: KeyPath<fermusic_postgresql, T>) -> T { table.pointee[keyPath: path] }

    private static let loaded: Result<PostgreSQLLibrary, LibraryMissing> = {
        var message = [CChar](repeating: 0, count: 256)
        if let table = fermusic_postgresql_load(&message, message.count) {
            return .success(PostgreSQLLibrary(table: table))
        }
        return .failure(LibraryMissing(reason: Curl.text(message)))
    }()

    struct LibraryMissing: Error {
        var reason: String
    }

    /// The functions. Throws `LibraryMissing` where libpq is not installed.
    static func load() throws(LibraryMissing) -> PostgreSQLLibrary { try loaded.get() }

    /// "15.14"
    var version: String {
        let number = self.PQlibVersion()
        return "\(number / 10000).\(number % 10000)"
    }
}

/// What programs tell of libpq.
package enum PostgreSQLClient {
    /// Its version, or why it cannot be used.
    package static var state: Result<String, MusicError> {
        do {
            return .success(try PostgreSQLLibrary.load().version)
        } catch {
            return .failure(.database(path: "libpq", reason: error.reason))
        }
    }
}
