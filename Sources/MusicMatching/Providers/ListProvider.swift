/// Fetches lists of songs that are not files: addresses of CSV tables, playlists of a service.
public protocol ListProvider: Sendable {
    /// Whether this is one of its places, such as `https://...` or `spotify:playlist:...`.
    func handles(_ place: String) -> Bool

    /// The list, or `.unchanged` if `version` says what is there.
    ///
    /// - Parameter version: what this gave with the list when it was last read; empty if it never was.
    func list(at place: String, version: String) throws -> ProvidedList
}

/// What is found at a place.
public enum ProvidedList: Sendable {
    /// A CSV file, with a text that changes when it changes; empty if nobody knows.
    case table([UInt8], version: String)
    case songs([SongDraft], playlist: String = "")
    case unchanged
}
