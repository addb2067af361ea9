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
    /// Whether the rest of `mood` is an editor's judgement by ear rather than measured.
    public var isEditorial: Bool
    /// Whether a list or file of the listener's holds it.
    public var isOwn: Bool
    /// Whether somebody said that its words are not for everybody.
    public var isExplicit: Bool
    /// How long it is, if known; at most 4095.
    public var seconds: Int?
    public var identifiers: [SongIdentifier]
}

/// What a service or registry calls a song.
public struct SongIdentifier: Sendable, Hashable {
    public enum Kind: String, CaseIterable, Sendable {
        /// International Standard Recording Code.
        case isrc
        /// The 22 characters of a Spotify track.
        case spotify
        /// The 11 characters of a YouTube video.
        case youtube
        case deezer
        case itunes
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
    /// Whether it is of a list or file of the listener's, and not of a table of all kinds of songs.
    public var isOwn = true
    public var isExplicit = false
    public var seconds: Int?
    public var identifiers: [SongIdentifier] = []
    /// Whether it comes from the list that is part of the program.
    var isBuiltIn = false

    public init(title: String, artist: String) {
        self.title = title
        self.artist = artist
    }
}
