import CPostgreSQL

/// A table that rows are sent to by COPY.
struct FilledTable {
    var name: String
    /// So many bytes were handed to libpq since it last had sent all.
    var waiting = 0
}

/// Filling tables: the server works at rows while the next are made.
extension PostgreSQLConnection {
    /// So many bytes may wait in memory for a server that is slower.
    private static let mostWaiting = 8 << 20

    /// Sends rows in COPY's text form to a table. Does not wait for the server unless very much waits already; what it says of
    /// them is heard before the next statement, or before rows of another table. Throws `MusicError`.
    func send(_ rows: [UInt8], to table: String, _ columns: String) throws {
        if rows.isEmpty { return }
        if filled?.name != table {
            let start = try answer { library.PQsendQuery(handle, "COPY \(table) (\(columns)) FROM STDIN") }
            guard Int(library.PQresultStatus(start)) == fermusic_pg_copy_in else {
                library.PQclear(try checked(start))
                throw error(nil)
            }
            library.PQclear(start)
            _ = library.PQsetnonblocking(handle, 1)
            filled = FilledTable(name: table)
        }
        let sent = rows.withUnsafeBytes { bytes -> Int32 in
            guard let base = bytes.bindMemory(to: CChar.self).baseAddress else { return 1 }
            return library.PQputCopyData(handle, base, Int32(clamping: bytes.count))
        }
        guard sent == 1 else { throw error(nil) }
        filled?.waiting += rows.count
        try sendOn()
    }

    /// Lets libpq send on what the server takes.
    func sendOn() throws {
        guard let waiting = filled?.waiting, waiting > 0 else { return }
        try flush(waitingWhile: waiting > PostgreSQLConnection.mostWaiting)
    }

    private func flush(waitingWhile mustWait: Bool) throws {
        while true {
            switch library.PQflush(handle) {
            case 0:
                filled?.waiting = 0
                return
            case 1:
                guard mustWait else { return }
                fermusic_postgresql_wait_to_send(library.PQsocket(handle))
                // What the server says meanwhile is told by the result.
                guard library.PQconsumeInput(handle) == 1 else { throw error(nil) }
            default: throw error(nil)
            }
        }
    }

    /// Ends what is filled, and hears what the server says of it. Throws `MusicError`.
    ///
    /// - Parameter reason: why the rows are not wanted after all.
    func endFilling(with reason: String? = nil) throws {
        guard filled != nil else { return }
        defer { filled = nil }
        try flush(waitingWhile: true)
        _ = library.PQsetnonblocking(handle, 0)
        guard library.PQputCopyEnd(handle, reason) == 1 else { throw error(nil) }
        var failure: (any Error)?
        while let result = library.PQgetResult(handle) {
            do { library.PQclear(try checked(result)) } catch { failure = failure ?? error }
            if isLost { break }
        }
        if let failure { throw failure }
    }

    /// Takes a transaction back, whatever has become of it.
    func rollBack() {
        try? endFilling(with: "stopped")
        try? execute("ROLLBACK")
    }
}
