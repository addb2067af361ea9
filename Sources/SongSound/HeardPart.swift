/// Which part of a song is heard.
public enum HeardPart {
    /// Changes whenever the same song would be heard otherwise: what an older one heard is heard again.
    public static let version = 1
    /// How much is heard unless somebody asks for more, in seconds.
    public static let usual = 60.0
    /// Less than this, in seconds, says nothing.
    static let least = 1.0

    /// Where to begin, in seconds: songs begin and end with less than they have, so it is the part in their middle.
    static func start(of length: Double?, listening seconds: Double) -> Double {
        guard let length, length > seconds else { return 0 }
        return (length - seconds) * 0.5
    }
}
