/// What becomes of songs whose files have other names now.
extension Catalogue {
    /// A file that named one song names another. If only files named the first and none does now, it goes, and what was
    /// said of it, heard of it and made with it is the new one's.
    ///
    /// - Parameter isSameMusic: whether the file plays what it played before: a name was mended, rather than another song
    ///   put in its place. Of two songs nothing goes over, and the first stays if anything was said of it.
    func rename(_ old: Int, to new: Int, isSameMusic: Bool) throws {
        let said = ["feedback", "history_songs", "playlist_songs"]
            .map { "AND NOT EXISTS (SELECT 1 FROM \($0) WHERE song = songs.id)" }.joined(separator: " ")
        let credit = try database.first(
            """
            SELECT artist, plays FROM songs WHERE id = ? AND own = 2 AND built_in = 0 AND NOT EXISTS \
            (SELECT 1 FROM files WHERE files.song = songs.id AND gone IS NULL) \
            \(isSameMusic ? "" : "AND plays = 0 \(said)")
            """, .integer(old)
        ) { (artist: $0.text(0), plays: $0.integer(1)) }
        guard let credit else { return }
        if isSameMusic {
            try moveWhatWasSaid(of: old, to: new)
            try moveSound(of: old, to: new)
            if credit.plays > 0 {
                let known = try song(new)
                var draft = SongDraft(title: known.title, artist: known.artist)
                (draft.plays, draft.isOfFile) = (credit.plays, true)
                _ = try add(draft, to: new)
            }
        }
        try delete(old, by: credit.artist)
    }

    /// Likes, plays, lists that were recommended, playlists. Where both have something, the newer word counts, plays add
    /// up, and a playlist keeps one of the two.
    private func moveWhatWasSaid(of old: Int, to new: Int) throws {
        try database.run(
            """
            INSERT INTO feedback (song, opinion, plays, played, time) \
            SELECT CAST(?2 AS BIGINT), opinion, plays, played, time FROM feedback WHERE song = ?1 \
            ON CONFLICT (song) DO UPDATE SET \
            opinion = CASE WHEN feedback.opinion = 0 OR excluded.opinion <> 0 AND excluded.time > feedback.time \
            THEN excluded.opinion ELSE feedback.opinion END, plays = feedback.plays + excluded.plays, \
            played = CASE WHEN feedback.played IS NULL OR excluded.played > feedback.played \
            THEN excluded.played ELSE feedback.played END, \
            time = CASE WHEN excluded.time > feedback.time THEN excluded.time ELSE feedback.time END
            """, .integer(old), .integer(new))
        try database.run("UPDATE history_songs SET song = ?2 WHERE song = ?1", .integer(old), .integer(new))
        try database.run(
            """
            DELETE FROM playlist_songs WHERE song = ?1 \
            AND playlist IN (SELECT playlist FROM playlist_songs WHERE song = ?2)
            """, .integer(old), .integer(new))
        try database.run("UPDATE playlist_songs SET song = ?2 WHERE song = ?1", .integer(old), .integer(new))
    }

    /// What was heard, unless more is known of the new one.
    private func moveSound(of old: Int, to new: Int) throws {
        let kept = try database.first("SELECT content, analyser FROM sounds WHERE song = ?", .integer(old)) {
            (content: $0.integer(0), analyser: $0.text(1))
        }
        guard let kept, try sound(of: new) == nil, let sound = try sound(of: old) else { return }
        try note(sound, of: new, analyser: kept.analyser, content: kept.content)
    }
}
