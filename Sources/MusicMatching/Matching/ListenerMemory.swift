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
                // Below that it is no more worth a look.
                if value > ListenerMemory.least { result[event.song] = max(result[event.song] ?? 0, value) }
            }
        }
        note(offered, ranking.offered, ranking.offeredHalfLife)
        note(played, ranking.played, ranking.playedHalfLife)
        return result
    }

    private static let least = 0.001

    /// What the catalogue remembers, as far back as it counts. Throws `MusicError`.
    init(_ database: Database, ranking: MoodMap.Ranking, time: Int) throws {
        songs = try database.rows(
            """
            SELECT feedback.song, feedback.opinion, songs.artist, songs.language FROM feedback \
            JOIN songs ON songs.id = feedback.song \
            WHERE feedback.opinion <> 0 ORDER BY feedback.time DESC, feedback.song
            """
        ) { Held(song: $0.integer(0), isLike: $0.integer(1) > 0, artist: $0.text(2), language: $0.text(3)) }
        artists = try database.rows("SELECT artist, opinion FROM artist_opinions ORDER BY time DESC, artist") {
            ($0.text(0), $0.integer(1) > 0)
        }
        plays = try database.rows("SELECT song, plays FROM feedback WHERE plays > 0 ORDER BY played DESC, song") {
            ($0.integer(0), $0.integer(1))
        }
        func events(_ sql: String, _ amount: Double, _ halfLife: Double) throws -> [(song: Int, time: Int)] {
            guard amount > ListenerMemory.least else { return [] }
            let oldest = Double(time) - halfLife * 86400 * log2(amount / ListenerMemory.least)
            return try database.rows(sql, [.integer(Int(oldest))]) { ($0.integer(0), $0.integer(1)) }
        }
        offered = try events(
            """
            SELECT history_songs.song, max(history.time) FROM history \
            JOIN history_songs ON history_songs.history = history.id WHERE history.time > ? GROUP BY history_songs.song
            """, ranking.offered, ranking.offeredHalfLife)
        played = try events(
            "SELECT song, played FROM feedback WHERE played > ?", ranking.played, ranking.playedHalfLife)
    }

    /// What a listener keeps whose likes are not in the catalogue. Throws `MusicError`.
    init(_ listener: Listener, _ database: Database) throws {
        songs = try (listener.liked.map { ($0, true) } + listener.disliked.map { ($0, false) }).compactMap {
            song, isLike in
            try database.first("SELECT artist, language FROM songs WHERE id = ?", .integer(song)) {
                Held(song: song, isLike: isLike, artist: $0.text(0), language: $0.text(1))
            }
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
