/// Links to a song that need no account and no key: to the song where its identifier is known, to a search otherwise.
public struct SongLinks: Sendable, Equatable {
    public var spotify: String
    public var youtube: String

    public init(_ song: Song) {
        func identifier(_ kind: SongIdentifier.Kind) -> String? {
            song.identifiers.first { $0.kind == kind }.map { SongLinks.encoded($0.value) }
        }
        // A search of more than a few hundred characters finds nothing and makes a link nobody can use.
        let words = SongLinks.encoded(SongLinks.shortened("\(song.title) \(song.artist)", to: 200))
        spotify =
            identifier(.spotify).map { "https://open.spotify.com/track/\($0)" }
            ?? "https://open.spotify.com/search/\(words)"
        youtube =
            identifier(.youtube).map { "https://www.youtube.com/watch?v=\($0)" }
            ?? "https://www.youtube.com/results?search_query=\(words)"
    }

    /// Percent-encoded (RFC 3986): only unreserved characters stay as they are, so nothing can end or change a link.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
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
