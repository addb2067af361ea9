/// What of a song's files can be played, and how loud.
public struct PlayableSong: Sendable, Equatable {
    /// The file's number in the catalogue.
    public var file: Int
    /// The media type.
    public var type: String
    /// Decibels to be added, so that songs are equally loud (ReplayGain 2, -18 LUFS): from the tags, or else by what was
    /// heard; `nil` if neither is known.
    public var gain: Double?
}
