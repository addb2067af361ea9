import Glibc

/// What a listener said and heard, as values: read from the catalogue, or handed over by whoever keeps it.
struct ListenerMemory {
    /// What somebody thinks of a song.
    struct Held {
        var song: Int
        var isLike: Bool
        var artist: String
        var language: String
    }

    /// The newest first.
    var songs: [Held] = []
    /// By `ArtistKey`.
    var artists: [(key: String, isLike: Bool)] = []
    /// The newest first, with how often each was played.
    var plays: [(song: Int, count: Int)] = []
    /// When songs were last played and last recommended, in seconds since 1970.
    var played: [(song: Int, time: Int)] = []
    var offered: [(song: Int, time: Int)] = []

    /// What is added for songs played or recommended lately; it halves with time.
    func lately(_ ranking: MoodMap.Ranking, _ time: Int) -> [Int: Double] {
        var result: [Int: Double] = [:]
        func note(_ events: [(song: Int, time: Int)], _ amount: Double, _ halfLife: Double) {
            for event in events {
                let days = Double(max(0, time - min(event.time, time))) / 86400
                let value = amount * exp2(-days / halfLife)
                if value > ListenerMemory.least { result[event.song] = max(result[event.song] ?? 0, value) }
            }
        }
        note(offered, ranking.offered, ranking.offeredHalfLife)
        note(played, ranking.played, ranking.playedHalfLife)
        return result
    }

    /// What is less is no more worth a look.
    static let least = 0.001

    init() {}

    /// What a listener keeps whose likes are not in the catalogue. Throws what the store does.
    init<Store: SongStore>(_ listener: Listener, _ store: Store) throws(Store.Failure) {
        if Store.isFar { try store.expect(listener.liked + listener.disliked) }
        for (song, isLike) in listener.liked.map({ ($0, true) }) + listener.disliked.map({ ($0, false) }) {
            guard let credit = try store.credit(of: song), let place = try store.place(of: song) else { continue }
            songs.append(Held(song: song, isLike: isLike, artist: credit, language: place.language))
        }
        artists =
            listener.likedArtists.map { (ArtistKey.key($0), true) }
            + listener.dislikedArtists.map { (ArtistKey.key($0), false) }
        var counts: [Int: Int] = [:]
        for event in listener.played { counts[event.song, default: 0] += 1 }
        plays = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map { ($0, $1) }
        played = listener.played.map { ($0.song, $0.time) }
        offered = listener.offered.map { ($0.song, $0.time) }
    }
}
