import Threads

/// What the connections of a process to one database share: a copy of what ranking needs of all songs, and totals.
///
/// Both belong to a version of the songs, which every transaction that changes songs counts up, and each list asks for it:
/// a copy of another version is never used. While a new one is made, in a thread and on a connection of its own, the
/// database is asked song by song.
final class SharedSongs: Sendable {
    private struct State {
        var totals: (version: Int, songs: Double, words: Double)?
        var copy: (version: Int, songs: MemorySongStore)?
        var isLoading = false
        /// Songs that change all the time are not copied all the time.
        var next = ContinuousClock.now
    }

    private let address: PostgreSQLAddress
    private let state = Guarded(State())

    private init(_ address: PostgreSQLAddress) { self.address = address }

    private static let all = Guarded<[String: SharedSongs]>([:])

    static func of(_ address: PostgreSQLAddress) -> SharedSongs {
        all.withLock { all in
            if let known = all[address.text.value] { return known }
            let new = SharedSongs(address)
            all[address.text.value] = new
            return new
        }
    }

    func totals(of version: Int) -> (songs: Double, words: Double)? {
        state.withLock { state in
            guard let totals = state.totals, totals.version == version else { return nil }
            return (totals.songs, totals.words)
        }
    }

    func note(_ totals: (songs: Double, words: Double), of version: Int) {
        state.withLock { $0.totals = (version, totals.songs, totals.words) }
    }

    /// The copy of a version; `nil` while there is none, which begins to make one.
    func songs(of version: Int) -> MemorySongStore? {
        let (copy, mustLoad) = state.withLock { state -> (MemorySongStore?, Bool) in
            if let copy = state.copy, copy.version == version { return (copy.songs, false) }
            if state.isLoading || state.next > .now { return (nil, false) }
            state.isLoading = true
            return (nil, true)
        }
        if mustLoad, !WorkerThread.startDetached({ self.load() }) { state.withLock { $0.isLoading = false } }
        return copy
    }

    private func makeCopy() throws -> (version: Int, songs: MemorySongStore) {
        let database = try PostgreSQLDatabase(address)
        return try database.snapshot { (try database.songVersion(), try database.songsInMemory()) }
    }

    private func load() {
        let start = ContinuousClock.now
        let copy = try? makeCopy()
        let time = ContinuousClock.now - start
        state.withLock { state in
            if let copy { state.copy = copy }
            state.isLoading = false
            // A fifth of a processor at most.
            state.next = .now + (copy == nil ? .seconds(1) : time * 4)
        }
    }
}
