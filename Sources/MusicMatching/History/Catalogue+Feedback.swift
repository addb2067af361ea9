import Timing

/// What a listener says about a song.
public enum Opinion: String, CaseIterable, Sendable {
    case like, dislike
    /// Takes an opinion back.
    case neutral
    /// Heard it.
    case played
}

extension Catalogue {
    /// Notes an opinion; the next recommendation knows it. Throws `MusicError`.
    public func note(_ opinion: Opinion, of song: Int, time: Int = currentTime()) throws {
        // One statement, since each is a way to the server and back.
        if opinion == .played {
            try database.run(
                """
                INSERT INTO feedback (song, opinion, plays, played, time) \
                SELECT id, 0, 1, CAST(?1 AS BIGINT), CAST(?1 AS BIGINT) FROM songs WHERE id = ?2 \
                ON CONFLICT (song) DO UPDATE SET plays = feedback.plays + 1, played = excluded.played
                """, .integer(time), .integer(song))
        } else {
            let value = opinion == .like ? 1 : opinion == .dislike ? -1 : 0
            try database.run(
                """
                INSERT INTO feedback (song, opinion, plays, time) \
                SELECT id, CAST(?1 AS BIGINT), 0, CAST(?2 AS BIGINT) FROM songs WHERE id = ?3 \
                ON CONFLICT (song) DO UPDATE SET opinion = excluded.opinion, time = excluded.time
                """, .integer(value), .integer(time), .integer(song))
        }
        if database.changes == 0 { throw MusicError.noSuchSong("\(song)") }
    }

    /// Notes an opinion of an artist, whom `artist(named:)` knows; gives the name. Throws `MusicError.noSuchArtist`.
    @discardableResult
    public func note(_ opinion: Opinion, ofArtist name: String, time: Int = currentTime()) throws -> String {
        let artist = try artist(named: name)
        guard let key = artist.key, let meant = artist.meant else {
            throw MusicError.noSuchArtist(name, nearest: try nearestArtist(to: name))
        }
        switch opinion {
        case .like, .dislike:
            try database.run(
                """
                INSERT INTO artist_opinions (artist, name, opinion, time) VALUES (?1, ?2, ?3, ?4) \
                ON CONFLICT (artist) DO UPDATE SET name = ?2, opinion = ?3, time = ?4
                """, .text(key), .text(meant), .integer(opinion == .like ? 1 : -1), .integer(time))
        case .neutral: try database.run("DELETE FROM artist_opinions WHERE artist = ?", .text(key))
        // Nobody plays an artist.
        case .played: break
        }
        return meant
    }

    /// Artists with an opinion, the newest first. Throws `MusicError`.
    public func artistFeedback() throws -> [(name: String, opinion: Opinion)] {
        try database.rows("SELECT name, opinion FROM artist_opinions ORDER BY time DESC, artist") {
            ($0.text(0), $0.integer(1) > 0 ? .like : .dislike)
        }
    }

    /// What is liked and disliked, the newest first, as a listener that was played and offered nothing. Throws `MusicError`.
    public func opinions() throws -> Listener {
        var listener = Listener()
        for (song, opinion) in try database.rows(
            "SELECT song, opinion FROM feedback WHERE opinion <> 0 ORDER BY time DESC, song", [],
            { ($0.integer(0), $0.integer(1)) })
        {
            if opinion > 0 { listener.liked.append(song) } else { listener.disliked.append(song) }
        }
        for (name, opinion) in try artistFeedback() {
            if opinion == .like { listener.likedArtists.append(name) } else { listener.dislikedArtists.append(name) }
        }
        return listener
    }

    /// Songs with an opinion or a play, the newest first. Throws `MusicError`.
    public func feedback() throws -> [(song: Song, opinion: Opinion, plays: Int)] {
        try database.rows("SELECT song, opinion, plays FROM feedback ORDER BY time DESC, song", []) {
            ($0.integer(0), $0.integer(1), $0.integer(2))
        }.map { id, opinion, plays in
            (try song(id), opinion > 0 ? .like : opinion < 0 ? .dislike : .neutral, plays)
        }
    }
}
