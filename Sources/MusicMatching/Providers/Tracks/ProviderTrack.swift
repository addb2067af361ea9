import JSON

/// A track as a service describes it, to be compared with a song.
package struct ProviderTrack: Equatable, Sendable {
    package var title: String
    /// As the service credits them, each by itself where it says so.
    package var artists: [String]
    package var album = ""
    /// The service's own identifier, and the ISRC where it is known.
    package var identifiers: [SongIdentifier]
    package var isPlayable = true
    var link: String?
    var cover: String?
    var preview: String?

    package init(title: String, artists: [String], identifiers: [SongIdentifier]) {
        self.title = title
        self.artists = artists
        self.identifiers = identifiers
    }

    var isrc: String? { identifiers.first { $0.kind == .isrc }?.value }

    var match: ProviderMatch {
        ProviderMatch(identifiers: identifiers, link: link, cover: cover, preview: preview)
    }
}

/// Tracks as they are kept, without previews, whose addresses expire.
extension ProviderTrack {
    var json: JSONValue {
        var fields: [String: JSONValue] = [
            "title": .string(title), "artists": JSONValue(artists),
            "ids": .object(Dictionary(identifiers.map { ($0.kind.rawValue, .string($0.value)) }) { $1 }),
        ]
        if !album.isEmpty { fields["album"] = .string(album) }
        if !isPlayable { fields["playable"] = false }
        if let link { fields["link"] = .string(link) }
        if let cover { fields["cover"] = .string(cover) }
        return .object(fields)
    }

    init?(_ json: JSONValue) {
        guard let title = json["title"]?.stringValue, let artists = json["artists"]?.arrayValue,
            let ids = json["ids"]?.objectValue
        else { return nil }
        self.init(
            title: title, artists: artists.compactMap(\.stringValue),
            identifiers: [SongIdentifier.Kind.isrc, .spotify, .youtube, .deezer, .itunes].compactMap { kind in
                ids[kind.rawValue]?.stringValue.map { SongIdentifier(kind, $0) }
            })
        album = json["album"]?.stringValue ?? ""
        isPlayable = json["playable"]?.boolValue ?? true
        link = json["link"]?.stringValue
        cover = json["cover"]?.stringValue
    }

    static func text(_ tracks: [ProviderTrack]) -> String { JSONValue.array(tracks.map(\.json)).text() }

    /// `nil` if it is none of ours.
    static func tracks(_ text: String) -> [ProviderTrack]? {
        guard let values = (try? JSONValue(parsing: text))?.arrayValue else { return nil }
        return values.compactMap(ProviderTrack.init)
    }
}
