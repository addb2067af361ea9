import Emotions
import Timing

/// What a listener asks for.
public struct RecommendationRequest: Sendable {
    public var emotions: EmotionVector
    public var mode = MoodMode.match
    public var count = 5
    /// Songs in these come first; any if empty.
    public var languages: [Language] = []
    /// What the listener most likely understands, his own language first: where no languages are asked for, songs in the
    /// first and in those of liked songs are preferred, then those in the others. None is preferred if empty.
    public var usualLanguages: [Language] = []
    /// Artists the listener would like to hear; `Catalogue.artist(named:)` says who is meant.
    public var artists: [String] = []
    /// Decides what is drawn: equal seeds give equal lists while catalogue and history stay the same.
    public var seed: UInt64 = 0
    /// The share of songs drawn from a wider choice; the mood map's if `nil`. With 0 nothing is drawn by lot.
    public var surpriseShare: Double?
    /// Songs in these never come.
    public var excludedLanguages: [Language] = []
    /// Which songs may come at all.
    public var filter = SongFilter()
    /// The number of a song to find others like, by sound, genre, decade, language and artist: its mood takes the place of
    /// the emotions'.
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
    /// The mood looked for: of several that would do, the one nearest to the song.
    public var target: MoodPoint
    public var isSurprise: Bool
    public var reason: String
    /// What `reason` is made of, for other languages.
    public var reasons: [ReasonPart]
}
