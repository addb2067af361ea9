/// What a music file says of itself. Texts are as they were meant, see `TextRepair`; what is missing is empty or `nil`.
public struct MediaTags: Sendable, Equatable {
    public var title = ""
    public var artist = ""
    public var albumArtist = ""
    public var album = ""
    public var genre = ""
    /// Words for its mood, as some taggers keep them.
    public var mood = ""
    /// Those of them that this program wrote, see `MoodTagWriter`.
    public var ownMood = ""
    /// As it is written: "2004", "2004-05-06".
    public var date = ""
    /// ISO 639-2, mostly.
    public var language = ""
    /// Beats per minute.
    public var tempo = ""
    public var isrc = ""
    /// The recording's number at MusicBrainz.
    public var musicBrainz = ""
    public var isExplicit: Bool?
    /// Milliseconds.
    public var duration: Int?
    /// ReplayGain of the track and its album, in decibels.
    public var trackGain: Double?
    public var albumGain: Double?
    public var hasCover = false
    /// What FFmpeg calls the sound's codec.
    public var codec = ""

    public init() {}

    /// Takes one entry over, by FFmpeg's name for it or the file's own. What comes first stays.
    mutating func take(_ key: String, _ text: String) {
        guard !text.isEmpty else { return }
        func keep(_ path: WritableKeyPath<MediaTags, String>) {
            if self[keyPath: path].isEmpty { self[keyPath: path] = text }
        }
        switch key.lowercased() {
        case "title": keep(\.title)
        case "artist", "author": keep(\.artist)
        // MP4 and ID3 keep several artists of a track beside the credit that is shown.
        case "album_artist", "albumartist", "album artist": keep(\.albumArtist)
        case "album": keep(\.album)
        case "genre": keep(\.genre)
        case "mood", "tmoo", "wm/mood": keep(\.mood)
        case "fermusic_mood": keep(\.ownMood)
        case "date", "year", "tdrc", "tyer", "originaldate", "wm/year": keep(\.date)
        case "language", "tlan", "wm/language": keep(\.language)
        case "tbpm", "bpm", "tmpo", "wm/beatsperminute", "tempo": keep(\.tempo)
        case "tsrc", "isrc", "wm/isrc": keep(\.isrc)
        case "musicbrainz_trackid", "musicbrainz track id", "musicbrainz/track id": keep(\.musicBrainz)
        case "itunesadvisory", "rtng", "rating_advisory":
            if let number = Int(text) {
                isExplicit = number == 1 || number == 4 ? true : number == 2 ? false : isExplicit
            }
        case "replaygain_track_gain": trackGain = trackGain ?? MediaTags.decibels(text)
        case "replaygain_album_gain": albumGain = albumGain ?? MediaTags.decibels(text)
        // Opus: 256ths of a decibel, to 5 dB less than ReplayGain's.
        case "r128_track_gain": trackGain = trackGain ?? Int(text).map { Double($0) / 256 + 5 }
        case "r128_album_gain": albumGain = albumGain ?? Int(text).map { Double($0) / 256 + 5 }
        default: break
        }
    }

    /// "-7.25 dB"; `nil` if it cannot be a gain.
    private static func decibels(_ text: String) -> Double? {
        let number = text.prefix { "+-.,0123456789".contains($0) }.map { $0 == "," ? "." : $0 }
        guard let value = Double(String(number)), abs(value) < 100 else { return nil }
        return value
    }
}
