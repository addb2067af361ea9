import Glibc

extension Catalogue {
    /// What the listener said and heard, as far back as it counts. Throws `MusicError`.
    func listenerMemory(time: Int) throws -> ListenerMemory {
        let ranking = moodMap.ranking
        var memory = ListenerMemory()
        memory.songs = try database.rows(
            """
            SELECT feedback.song, feedback.opinion, songs.artist, songs.language FROM feedback \
            JOIN songs ON songs.id = feedback.song \
            WHERE feedback.opinion <> 0 ORDER BY feedback.time DESC, feedback.song
            """
        ) { row in
            ListenerMemory.Held(
                song: row.integer(0), isLike: row.integer(1) > 0, artist: row.text(2), language: row.text(3))
        }
        memory.artists = try database.rows("SELECT artist, opinion FROM artist_opinions ORDER BY time DESC, artist") {
            ($0.text(0), $0.integer(1) > 0)
        }
        memory.plays = try database.rows("SELECT song, plays FROM feedback WHERE plays > 0 ORDER BY played DESC, song")
        {
            ($0.integer(0), $0.integer(1))
        }
        func events(_ sql: String, _ amount: Double, _ halfLife: Double) throws -> [(song: Int, time: Int)] {
            guard amount > ListenerMemory.least else { return [] }
            let oldest = Double(time) - halfLife * 86400 * log2(amount / ListenerMemory.least)
            return try database.rows(sql, [.integer(Int(oldest))]) { ($0.integer(0), $0.integer(1)) }
        }
        memory.offered = try events(
            """
            SELECT history_songs.song, max(history.time) FROM history \
            JOIN history_songs ON history_songs.history = history.id WHERE history.time > ? GROUP BY history_songs.song
            """, ranking.offered, ranking.offeredHalfLife)
        memory.played = try events(
            "SELECT song, played FROM feedback WHERE played > ?", ranking.played, ranking.playedHalfLife)
        return memory
    }
}
