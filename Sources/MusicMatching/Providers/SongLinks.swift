import TextCoding

/// Links to a song that need no account and no key: to the song where its identifier is known, to a search otherwise.
public struct SongLinks: Sendable, Equatable {
    public var spotify: String
    public var youtube: String

    public init(_ song: Song) {
        func identifier(_ kind: SongIdentifier.Kind) -> String? {
            song.identifiers.first { $0.kind == kind }.map { WebAddress.encoded($0.value) }
        }
        // A search of more than a few hundred characters finds nothing and makes a link nobody can use.
        let words = WebAddress.encoded(SongLinks.shortened("\(song.title) \(song.artist)", to: 200))
        spotify =
            identifier(.spotify).map { "https://open.spotify.com/track/\($0)" }
            ?? "https://open.spotify.com/search/\(words)"
        youtube =
            identifier(.youtube).map { "https://www.youtube.com/watch?v=\($0)" }
            ?? "https://www.youtube.com/results?search_query=\(words)"
    }

    /// Control and directional characters left out, blanks joined.
    private static func shortened(_ text: String, to limit: Int) -> String {
        var result = "", count = 0
        for scalar in text.unicodeScalars where count < limit {
            let category = scalar.properties.generalCategory
            if category == .control || category == .format || category == .surrogate || scalar == "\u{FFFD}" {
                if result.last != " " { result += " " }
                continue
            }
            if scalar == " ", result.last == " " { continue }
            result.unicodeScalars.append(scalar)
            count += 1
        }
        return String(trimmed(result[...]))
    }
}
