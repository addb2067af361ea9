import Emotions
import Timing

/// What a listener asks for.
public struct RecommendationRequest: Sendable {
    public var emotions: EmotionVector
    public var mode = MoodMode.match
    public var count = 5
    /// Songs in these come first; any if empty.
    public var languages: [Language] = []
    /// What the listener most likely understands: where no languages are asked for, songs in these and in those of
    /// liked songs are preferred a little. None is preferred if empty.
    public var usualLanguages: [Language] = []
    /// Artists the listener would like to hear; `Catalogue.artist(named:)` says who is meant.
    public var artists: [String] = []
    /// Decides the surprises: equal seeds give equal lists while catalogue and history stay the same.
    public var seed: UInt64 = 0
    /// The share of songs drawn by lot; the mood map's if `nil`.
    public var surpriseShare: Double?
    /// Songs in these never come.
    public var excludedLanguages: [Language] = []
    /// The number of a song to find others like: its mood takes the place of the emotions'.
    public var like: Int?
    /// A listener whose likes and plays are not in the catalogue; `nil` for the one whose are.
    public var listener: Listener?
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
    /// What `reason` is made of, for other languages.
    public var reasons: [ReasonPart]
}

extension Catalogue {
    /// The songs that suit a mood best. Fewer than asked for only if the catalogue has no more.
    ///
    /// Exactly the songs that comparing with every song would give; cost: some milliseconds with a million songs.
    /// Throws `MusicError`.
    public func recommend(_ request: RecommendationRequest) throws -> [Recommendation] {
        let map = moodMap
        let liked = try request.like.map { try song($0) }
        let targets =
            liked.map { MoodTarget.targets(like: $0.mood, count: request.count) }
            ?? MoodTarget.targets(request.emotions, mode: request.mode, count: request.count, map: map)
        var profile = try ListenerProfile(
            self, ranking: map.ranking, favouriteArtists: request.artists, listener: request.listener,
            time: request.time)
        if let liked { profile.adjustments[liked.id] = .excluded }
        let languages = LanguageChoice(asked: request.languages, excluded: request.excludedLanguages)
        var usual = languages.asked.isEmpty ? Set(request.usualLanguages.map(\.code)) : []
        if !usual.isEmpty { usual.formUnion(profile.likedLanguages) }
        var credits: [Int: [String]] = [:]
        var picker = SongPicker(
            count: request.count, ranking: map.ranking,
            surpriseShare: request.surpriseShare ?? map.ranking.surpriseShare, seed: request.seed
        ) { [database] id in
            if let known = credits[id] { return known }
            let found = try database.first("SELECT artist FROM songs WHERE id = ?", .integer(id)) {
                ArtistKey.keys(of: $0.text(0))
            }
            credits[id] = found ?? []
            return found ?? []
        }
        var waiting: (target: MoodTarget, songs: SongPicker.Waiting)?
        for target in targets {
            if waiting?.target != target {
                let nearest = try NearestSongs(
                    database, SongScore(target, map: map, usualLanguages: usual), languages: languages,
                    profile: profile)
                waiting = (target, SongPicker.Waiting { try nearest.next() })
            }
            guard try picker.pick(from: &waiting!.songs) else { break }
        }
        let change = MoodChange(request, targets, map: map)
        return try picker.picks.enumerated().map { position, pick in
            let song = try song(pick.candidate.id)
            let reason = Reason(
                song: song, pick: pick, request: request, position: position, change: change, liked: liked,
                profile: profile)
            return Recommendation(
                song: song, distance: pick.candidate.distance, target: targets[position].point,
                isSurprise: pick.isSurprise, reason: reason.text, reasons: reason.parts)
        }
    }
}
