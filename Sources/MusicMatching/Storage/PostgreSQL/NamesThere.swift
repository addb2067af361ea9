/// Which names and identifiers the database may have, while many songs are added: most of them are new, and need not be
/// asked for. Hashes, so that a million songs take some tens of megabytes.
struct NamesThere {
    private(set) var isKnown = false
    /// Songs that were met before it was known.
    var expected = 0
    /// The songs of the database by then.
    private(set) var before = 0
    private var keys: Set<Int> = []
    private var identifiers: Set<Int> = []

    mutating func know(_ keys: [Int], _ identifiers: [SongIdentifier], songs: Int) {
        isKnown = true
        before = songs
        self.keys = Set(keys)
        self.identifiers = Set(identifiers.map(\.hashValue))
    }

    /// Notes what was added.
    mutating func add(_ key: Int) { if isKnown { keys.insert(key) } }
    mutating func add(_ identifier: SongIdentifier) { if isKnown { identifiers.insert(identifier.hashValue) } }

    /// Those that may be there, and notes all of them: afterwards they will.
    mutating func take(
        _ keys: Set<Int>, _ identifiers: Set<SongIdentifier>
    ) -> (Set<Int>, Set<SongIdentifier>) {
        let known = (
            keys.filter { self.keys.contains($0) }, identifiers.filter { self.identifiers.contains($0.hashValue) }
        )
        self.keys.formUnion(keys)
        for identifier in identifiers { self.identifiers.insert(identifier.hashValue) }
        return known
    }
}
