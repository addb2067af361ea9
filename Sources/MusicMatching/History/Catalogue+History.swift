import Emotions

/// A list of songs that was recommended.
public struct HistoryEntry: Sendable, Equatable {
    public var id: Int
    /// Seconds since 1970.
    public var time: Int
    /// A mode, or "like" for songs that were to be like another one.
    public var mode: String
    /// As on the command line: "happy=0.60,surprise=0.40"; or the title of the other song.
    public var emotions: String
    public var songs: [Song]
}

extension Catalogue {
    /// Notes what was recommended, so that other songs come next time. The newest list once more, within a minute, is
    /// the same answer: somebody repeats a command of which they did not see the end. Throws `MusicError`.
    public func note(_ recommendations: [Recommendation], for request: RecommendationRequest) throws {
        if recommendations.isEmpty { return }
        let like = try request.like.map { try song($0).title }
        let mode = like == nil ? request.mode.rawValue : "like", emotions = like ?? request.emotions.text
        try database.transaction(.listener) {
            if let newest = try history(limit: 1).first, abs(request.time - newest.time) < 60,
                newest.mode == mode, newest.emotions == emotions,
                newest.songs.map(\.id) == recommendations.map(\.song.id)
            {
                return
            }
            let entry = try database.integer(
                "INSERT INTO history (time, mode, emotions) VALUES (?, ?, ?) RETURNING id", .integer(request.time),
                .text(mode), .text(emotions))
            for (position, recommendation) in recommendations.enumerated() {
                // A song may have been deleted by another process since it was recommended.
                try database.run(
                    "INSERT INTO history_songs (history, position, song) SELECT ?, ?, id FROM songs WHERE id = ?",
                    .integer(entry), .integer(position), .integer(recommendation.song.id))
            }
        }
    }

    /// What was recommended, the newest first. Throws `MusicError`.
    public func history(limit: Int) throws -> [HistoryEntry] {
        var entries = try database.rows(
            "SELECT id, time, mode, emotions FROM history ORDER BY time DESC, id DESC LIMIT ?", [.integer(limit)]
        ) { HistoryEntry(id: $0.integer(0), time: $0.integer(1), mode: $0.text(2), emotions: $0.text(3), songs: []) }
        for index in entries.indices {
            entries[index].songs = try songs(
                from: "history_songs JOIN songs ON songs.id = history_songs.song",
                where: "history_songs.history = ? ORDER BY position", [.integer(entries[index].id)])
        }
        return entries
    }
}
