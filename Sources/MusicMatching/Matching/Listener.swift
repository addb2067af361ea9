import Glibc

/// Somebody who listens, as far as it changes what suits: for programs whose listeners keep this themselves.
public struct Listener: Sendable, Equatable {
    /// A song and when it was heard or recommended, in seconds since 1970.
    public struct Event: Sendable, Equatable {
        public var song: Int
        public var time: Int

        public init(song: Int, time: Int) {
            self.song = song
            self.time = time
        }
    }

    /// Numbers of songs, the last liked first. Numbers that no song has are ignored.
    public var liked: [Int] = []
    public var disliked: [Int] = []
    public var played: [Event] = []
    public var offered: [Event] = []

    public init() {}

    /// As `ListenerProfile` reads them from the catalogue.
    func opinions(_ database: Database) throws -> [ListenerProfile.Held] {
        try (liked.map { ($0, true) } + disliked.map { ($0, false) }).compactMap { song, isLike in
            try database.first("SELECT artist, language FROM songs WHERE id = ?", .integer(song)) {
                ListenerProfile.Held(song: song, isLike: isLike, artist: $0.text(0), language: $0.text(1))
            }
        }
    }

    /// What is added for songs played or recommended lately.
    func lately(_ ranking: MoodMap.Ranking, _ time: Int) -> [Int: Double] {
        var result: [Int: Double] = [:]
        func note(_ events: [Event], _ amount: Double, _ halfLife: Double) {
            for event in events {
                let days = Double(max(0, time - min(event.time, time))) / 86400
                let value = amount * exp2(-days / halfLife)
                if value > 0.001 { result[event.song] = max(result[event.song] ?? 0, value) }
            }
        }
        note(offered, ranking.offered, ranking.offeredHalfLife)
        note(played, ranking.played, ranking.playedHalfLife)
        return result
    }
}
