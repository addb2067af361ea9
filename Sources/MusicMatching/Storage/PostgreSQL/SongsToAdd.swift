/// Songs of a transaction that wait to be sent, many at once by COPY, and what is known of those it meets.
struct SongsToAdd {
    struct Waiting {
        var id: Int
        var song: NewSong
    }

    private(set) var songs: [Waiting] = []
    /// Where songs wait, by their numbers.
    private var places: [Int: Int] = [:]
    private(set) var identifiers: [(SongIdentifier, song: Int)] = []
    /// Of keys that were asked for in advance: all songs that may have them.
    private var byKey: [Int: [(id: Int, title: String, artist: String)]] = [:]
    /// Of identifiers that were asked for in advance; `nil` inside: no song has it.
    private var byIdentifier: [SongIdentifier: Int?] = [:]
    private var facts: [Int: SongFacts] = [:]
    /// The number of the next new song.
    var next: Int?

    var isEmpty: Bool { songs.isEmpty && identifiers.isEmpty }

    // MARK: What is known

    func songs(matching key: Int) -> [(id: Int, title: String, artist: String)]? { byKey[key] }
    func song(_ identifier: SongIdentifier) -> Int?? { byIdentifier[identifier] }
    func facts(of song: Int) -> SongFacts? { places[song].map { songs[$0].song.facts } ?? facts[song] }

    /// Forgets what was asked for in advance, and says that this is known now.
    mutating func expect(keys: Set<Int>, identifiers: Set<SongIdentifier>) {
        byKey = [:]
        byIdentifier = [:]
        facts = [:]
        for key in keys { byKey[key] = [] }
        for identifier in identifiers { byIdentifier[identifier] = .some(nil) }
    }

    mutating func know(_ id: Int, key: Int, title: String, artist: String, _ facts: SongFacts) {
        byKey[key]?.append((id, title, artist))
        self.facts[id] = facts
    }

    mutating func know(_ identifier: SongIdentifier, of song: Int) { byIdentifier[identifier] = .some(song) }

    mutating func know(_ song: Int, _ facts: SongFacts) { self.facts[song] = facts }

    // MARK: What waits

    mutating func add(_ song: NewSong, id: Int) {
        places[id] = songs.count
        songs.append(Waiting(id: id, song: song))
        byKey[song.matchKey]?.append((id, song.title, song.artist))
    }

    /// Changes a song that waits; `false` if it does not.
    mutating func update(_ song: Int, _ new: SongFacts) -> Bool {
        guard let place = places[song] else {
            if facts[song] != nil { facts[song] = new }
            return false
        }
        songs[place].song.facts = new
        return true
    }

    mutating func add(_ identifier: SongIdentifier, to song: Int) {
        byIdentifier[identifier] = .some(song)
        identifiers.append((identifier, song))
    }

    /// What waits, to be sent; it is known on.
    mutating func take() -> (songs: [Waiting], identifiers: [(SongIdentifier, song: Int)]) {
        defer {
            for waiting in songs { facts[waiting.id] = waiting.song.facts }
            songs = []
            identifiers = []
            places = [:]
        }
        return (songs, identifiers)
    }
}
