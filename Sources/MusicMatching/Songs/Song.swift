import Emotions

/// A song of the catalogue.
public struct Song: Sendable, Hashable {
    /// Its number in the catalogue.
    public var id: Int
    public var title: String
    /// Everybody credited, as in the source.
    public var artist: String
    /// Empty if unknown.
    public var album: String
    public var year: Int?
    /// ISO 639-1; empty if unknown.
    public var language: String
    public var genres: [String]
    /// What people said it suits, the strongest first; empty if nobody did.
    public var emotions: EmotionSet
    public var mood: MoodPoint
    /// The axes of `mood` that were estimated from labels, genre or playlist.
    public var estimated: MoodAxes
    /// The axes of `mood` that this program heard in the music itself.
    public var heard: MoodAxes
    /// Whether the rest of `mood` is an editor's judgement by ear rather than measured.
    public var isEditorial: Bool
    /// Whether its words are marked as explicit; `nil` if nobody says.
    public var isExplicit: Bool?
    /// Milliseconds, if known.
    public var duration: Int?
    /// How often the listener heard it, by what was imported.
    public var plays: Int
    /// Whether the listener imported it, rather than the program brought it along only.
    public var isOwn: Bool
    /// What it is about, in words such as "courage" and "heartbreak", what matters most first.
    public var themes: [String]
    public var identifiers: [SongIdentifier]

    /// A song as a provider or a program of yours knows it; what is not given is unknown.
    public init(
        id: Int = 0, title: String, artist: String, album: String = "", year: Int? = nil, language: String = "",
        genres: [String] = [], emotions: EmotionSet = [],
        mood: MoodPoint = MoodPoint(valence: 0.5, energy: 0.5, danceability: 0.5, acousticness: 0.5, tempo: 110),
        estimated: MoodAxes = .all, heard: MoodAxes = .none, isEditorial: Bool = false, isExplicit: Bool? = nil,
        duration: Int? = nil, plays: Int = 0, isOwn: Bool = false, themes: [String] = [],
        identifiers: [SongIdentifier] = []
    ) {
        self.id = id
        self.title = title
        self.artist = artist
        self.album = album
        self.year = year
        self.language = language
        self.genres = genres
        self.emotions = emotions
        self.mood = mood
        self.estimated = estimated
        self.heard = heard
        self.isEditorial = isEditorial
        self.isExplicit = isExplicit
        self.duration = duration
        self.plays = plays
        self.isOwn = isOwn
        self.themes = themes
        self.identifiers = identifiers
    }
}

/// What a service or registry calls a song.
public struct SongIdentifier: Sendable, Hashable {
    /// Who calls songs so. Providers have kinds of their own, under the name of their service.
    public struct Kind: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// International Standard Recording Code.
        public static let isrc = Kind(rawValue: "isrc")
        /// The 22 characters of a Spotify track.
        public static let spotify = Kind(rawValue: "spotify")
        /// The 11 characters of a YouTube video.
        public static let youtube = Kind(rawValue: "youtube")
        public static let deezer = Kind(rawValue: "deezer")
        public static let itunes = Kind(rawValue: "itunes")
        /// The number of a recording at MusicBrainz.
        public static let musicBrainz = Kind(rawValue: "musicbrainz")

        /// Whether everybody calls the song so; other kinds, such as those of a listener's own servers, may tell where they
        /// are.
        public var isCommon: Bool { Kind.common.contains(self) }
        private static let common: Set = [isrc, spotify, youtube, deezer, itunes, musicBrainz]
    }

    public var kind: Kind
    public var value: String

    public init(_ kind: Kind, _ value: String) {
        self.kind = kind
        self.value = value
    }
}

/// What one source says of a song, before it meets the catalogue.
public struct SongDraft: Sendable, Hashable {
    public var title: String
    public var artist: String
    public var album = ""
    public var year: Int?
    public var language = ""
    public var genres: [String] = []
    public var emotions: EmotionSet = []
    /// Other words that tell the mood: a mood label such as "Energetic", the name of a playlist.
    public var hints: [String] = []
    public var mood = PartialMood()
    public var isEditorial = false
    /// Whether `mood` was heard by this program: worth less than an editor's word, more than an estimate.
    public var isHeard = false
    public var isExplicit: Bool?
    /// Milliseconds.
    public var duration: Int?
    /// Decibels that make it as loud as others (ReplayGain 2), where the listener's own music server says so.
    public var gain: Double?
    public var plays = 0
    /// Whether it is of a list or file of the listener's, and not of a table of all kinds of songs.
    public var isOwn = true
    /// What it is about.
    public var themes: [String] = []
    public var identifiers: [SongIdentifier] = []
    /// Whether it comes from the list that is part of the program.
    var isBuiltIn = false
    /// Whether only a music file says so, which may say something else tomorrow.
    var isOfFile = false

    public init(title: String, artist: String) {
        self.title = title
        self.artist = artist
    }
}
