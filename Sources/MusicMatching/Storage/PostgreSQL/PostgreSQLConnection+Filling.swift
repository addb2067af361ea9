import CPostgreSQL

/// A table that rows are sent to by COPY.
struct FilledTable {
    let name: String
    /// Rows that were not handed to libpq yet, those from `place` on; from `start` on of the first of them.
    private var pieces: [[UInt8]] = []
    private var place = 0, start = 0
    /// Bytes in them.
    private(set) var waiting = 0

    init(_ name: String) { self.name = name }

    /// So much is handed over at once: what libpq cannot send it moves to the front of its memory, each time anew.
    private static let most = 1 << 16

    mutating func add(_ rows: [UInt8]) {
        pieces.append(rows)
        waiting += rows.count
    }

    /// Gives `body` what is to be sent next; whether there was anything.
    mutating func handOver(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows -> Bool {
        guard waiting > 0 else { return false }
        let end = min(start + FilledTable.most, pieces[place].count)
        try pieces[place].withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
        waiting -= end - start
        start = end
        if end == pieces[place].count {
            pieces[place] = []
            (place, start) = (place + 1, 0)
        }
        if waiting == 0 {
            pieces.removeAll(keepingCapacity: true)
            place = 0
        }
        return true
    }
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
            filled = FilledTable(table)
        }
        filled?.add(rows)
        try sendOn()
    }

    /// Sends on what the server takes.
    func sendOn() throws {
        if filled?.waiting ?? 0 > 0 { try flush(leaving: PostgreSQLConnection.mostWaiting) }
    }

    /// - Parameter most: while more bytes than that wait, the server is waited for.
    private func flush(leaving most: Int) throws {
        while true {
            switch library.PQflush(handle) {
            case 0:
                let isSomething = try filled?.handOver { bytes in
                    let start = bytes.bindMemory(to: CChar.self).baseAddress
                    guard let start, library.PQputCopyData(handle, start, Int32(clamping: bytes.count)) == 1 else {
                        throw error(nil)
                    }
                }
                guard isSomething == true else { return }
            case 1:
                guard filled?.waiting ?? 0 > most else { return }
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
        try flush(leaving: -1)
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
