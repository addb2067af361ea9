import Glibc

/// What is known of the listener, as far as it changes a ranking.
struct ListenerProfile {
    /// What is added to a song's score (taken off if negative).
    struct Adjustment: Equatable {
        var amount = 0.0
        var isExcluded = false
        static let excluded = Adjustment(amount: 0, isExcluded: true)
        /// Whether the song may come before nearer ones.
        var isPreference: Bool { !isExcluded && amount < 0 }
    }

    /// By the songs' numbers; songs that are not here are ranked as they are.
    var adjustments: [Int: Adjustment] = [:]
    var likedSongs: Set<Int> = []
    /// By `ArtistKey`.
    var likedArtists: Set<String> = []
    var favouriteArtists: Set<String> = []
    /// Those of liked songs, as far as they are known.
    var likedLanguages: Set<String> = []
    /// Played or recommended lately.
    var recent: Set<Int> = []

    /// What somebody thinks of a song.
    struct Held {
        var song: Int
        var isLike: Bool
        var artist: String
        var language: String
    }

    /// The songs that something is taken off for.
    var preferred: [Int] { adjustments.filter { $0.value.isPreference }.map(\.key).sorted() }

    /// Only so many of the artists last liked or disliked count: each may have many songs.
    static let artistLimit = 200

    /// Reads likes, plays and history, or takes them over from a `listener`. Throws `MusicError`.
    init(
        _ catalogue: Catalogue, ranking: MoodMap.Ranking, favouriteArtists: [String], listener: Listener?, time: Int
    ) throws {
        let database = catalogue.database
        self.favouriteArtists = Set(try favouriteArtists.compactMap { try catalogue.artist(named: $0).key })
        var dislikedArtists: Set<String> = [], disliked: [Int] = []
        let opinions = try listener.map { try $0.opinions(database) } ?? ListenerProfile.opinions(database)
        for opinion in opinions {
            let key = ArtistKey.first(of: opinion.artist)
            if opinion.isLike {
                likedSongs.insert(opinion.song)
                if !opinion.language.isEmpty { likedLanguages.insert(opinion.language) }
                if likedArtists.count < ListenerProfile.artistLimit { likedArtists.insert(key) }
            } else {
                disliked.append(opinion.song)
                if dislikedArtists.count < ListenerProfile.artistLimit { dislikedArtists.insert(key) }
            }
        }
        // Who likes one song and dislikes another of an artist said nothing about the artist.
        let both = likedArtists.intersection(dislikedArtists)
        likedArtists.subtract(both)
        dislikedArtists.subtract(both)

        var amounts: [Int: Double] = [:]
        for id in try songs(of: dislikedArtists, in: database) { amounts[id] = ranking.dislikedArtist }
        for id in try songs(of: likedArtists, in: database) { amounts[id] = -ranking.likedArtist }
        for id in try songs(of: self.favouriteArtists, in: database) { amounts[id] = -ranking.favouriteArtist }
        for id in likedSongs { amounts[id, default: 0] -= ranking.likedSong }
        let lately = try listener.map { $0.lately(ranking, time) } ?? lately(database, ranking, time)
        for (id, amount) in lately {
            amounts[id, default: 0] += amount
            recent.insert(id)
        }
        adjustments = amounts.mapValues { Adjustment(amount: $0) }
        for id in disliked { adjustments[id] = .excluded }
    }

    /// The newest first.
    private static func opinions(_ database: Database) throws -> [Held] {
        try database.rows(
            """
            SELECT feedback.song, feedback.opinion, songs.artist, songs.language FROM feedback \
            JOIN songs ON songs.id = feedback.song \
            WHERE feedback.opinion <> 0 ORDER BY feedback.time DESC, feedback.song
            """
        ) { Held(song: $0.integer(0), isLike: $0.integer(1) > 0, artist: $0.text(2), language: $0.text(3)) }
    }

    /// The songs on which one of these artists is credited.
    private func songs(of artists: Set<String>, in database: Database) throws -> [Int] {
        try artists.sorted().flatMap { artist in
            try database.rows("SELECT song FROM song_artists WHERE artist = ?", [.text(artist)]) { $0.integer(0) }
        }
    }

    /// What is added for songs played or recommended lately; it halves with time.
    private func lately(
        _ database: Database, _ ranking: MoodMap.Ranking, _ time: Int
    ) throws -> [Int: Double] {
        var result: [Int: Double] = [:]
        func note(_ sql: String, _ amount: Double, _ halfLife: Double) throws {
            // Below a thousandth it is no more worth a look.
            guard amount > 0.001 else { return }
            let oldest = Double(time) - halfLife * 86400 * log2(amount / 0.001)
            for (id, then) in try database.rows(sql, [.integer(Int(oldest))], { ($0.integer(0), $0.integer(1)) }) {
                let days = max(0, Double(time - then)) / 86400
                result[id] = max(result[id] ?? 0, amount * exp2(-days / halfLife))
            }
        }
        try note(
            """
            SELECT history_songs.song, max(history.time) FROM history \
            JOIN history_songs ON history_songs.history = history.id WHERE history.time > ? GROUP BY history_songs.song
            """, ranking.offered, ranking.offeredHalfLife)
        try note("SELECT song, played FROM feedback WHERE played > ?", ranking.played, ranking.playedHalfLife)
        return result
    }
}
