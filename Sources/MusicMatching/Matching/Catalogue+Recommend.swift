import Emotions

/// What a listener asks for.
public struct RecommendationRequest: Sendable {
    public var emotions: EmotionVector
    public var mode = MoodMode.match
    public var count = 5
    /// Songs in these come first; any if empty.
    public var languages: [Language] = []
    /// Artists the listener would like to hear.
    public var artists: [String] = []
    /// Decides the surprises: equal seeds give equal lists while catalogue and history stay the same.
    public var seed: UInt64 = 0
    /// The share of songs drawn by lot; the mood map's if `nil`.
    public var surpriseShare: Double?
    /// Seconds since 1970, for what was played lately.
    public var time = currentTime()

    public init(_ emotions: EmotionVector) { self.emotions = emotions }
}

/// A song for a listener, with the reason in words.
public struct Recommendation: Sendable {
    public var song: Song
    /// From the song's mood to the one looked for, 0 to 1.
    public var distance: Double
    /// The mood looked for.
    public var target: MoodPoint
    public var isSurprise: Bool
    public var reason: String
}

extension Catalogue {
    /// The songs that suit a mood best. Fewer than asked for only if the catalogue has no more.
    ///
    /// Exactly the songs that comparing with every song would give; cost: some milliseconds with a million songs.
    /// Throws `MusicError`.
    public func recommend(_ request: RecommendationRequest) throws -> [Recommendation] {
        let map = moodMap
        let targets = MoodTarget.targets(request.emotions, mode: request.mode, count: request.count, map: map)
        let profile = try ListenerProfile(
            self, ranking: map.ranking, favouriteArtists: request.artists, time: request.time)
        let languages = request.languages.map(\.code)
        var credits: [Int: [String]] = [:]
        var picker = SongPicker(
            count: request.count, ranking: map.ranking,
            surpriseShare: request.surpriseShare ?? map.ranking.surpriseShare, seed: request.seed
        ) { [database] id in
            if let known = credits[id] { return known }
            let found = try database.first("SELECT artist FROM songs WHERE id = ?", .integer(id)) {
                NameKey.artists($0.text(0))
            }
            credits[id] = found ?? []
            return found ?? []
        }
        var waiting: (target: MoodTarget, songs: SongPicker.Waiting)?
        for target in targets {
            if waiting?.target != target {
                let nearest = try NearestSongs(
                    database, SongScore(target, map: map), languages: languages, profile: profile)
                waiting = (target, SongPicker.Waiting { try nearest.next() })
            }
            guard try picker.pick(from: &waiting!.songs) else { break }
        }
        return try picker.picks.enumerated().map { position, pick in
            let song = try song(pick.candidate.id)
            let reason = Reason(
                song: song, pick: pick, request: request, position: position, target: targets[position].point,
                profile: profile)
            return Recommendation(
                song: song, distance: pick.candidate.distance, target: targets[position].point,
                isSurprise: pick.isSurprise, reason: reason.text)
        }
    }
}
