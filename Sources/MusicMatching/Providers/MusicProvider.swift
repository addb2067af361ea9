/// A music service that knows more about songs than the catalogue: where they can be heard, what their covers are.
///
/// Services only enrich what the catalogue has already answered with: whatever they throw is shown, and nothing waits
/// for them that the listener could have now.
public protocol MusicProvider: Sendable {
    /// The service as people call it.
    var name: String { get }

    /// What the service knows of a song; `nil` if it has none that is surely the same.
    func resolve(_ song: Song) throws -> ProviderMatch?
}

/// A song as a service has it.
public struct ProviderMatch: Sendable, Equatable {
    public var identifiers: [SongIdentifier]
    /// Where it can be heard.
    public var link: String?
    public var cover: String?
    /// A short piece of it. May expire; not to be kept.
    public var preview: String?

    public init(identifiers: [SongIdentifier], link: String? = nil, cover: String? = nil, preview: String? = nil) {
        self.identifiers = identifiers
        self.link = link
        self.cover = cover
        self.preview = preview
    }
}

/// Fetches lists of songs that are not files: addresses of CSV tables, playlists of a service.
public protocol ListProvider: Sendable {
    /// Whether this is one of its places, such as `https://...` or `spotify:playlist:...`.
    func handles(_ place: String) -> Bool

    func list(at place: String) throws -> ProvidedList
}

/// What is found at a place.
public enum ProvidedList: Sendable {
    /// A CSV file.
    case table([UInt8])
    case songs([SongDraft])
}

extension Catalogue {
    /// Keeps what a service says about a song. Throws `MusicError`.
    public func note(_ match: ProviderMatch, of song: Int) throws {
        try transaction {
            for identifier in match.identifiers {
                try database.run(
                    "INSERT OR IGNORE INTO identifiers (kind, value, song) SELECT ?, ?, id FROM songs WHERE id = ?",
                    .text(identifier.kind.rawValue), .text(identifier.value), .integer(song))
            }
        }
    }

    /// A service's answer that was kept, with its age in seconds.
    public func keptAnswer(
        of provider: String, to request: String, time: Int = currentTime()
    ) throws -> (text: String, age: Int)? {
        try database.first(
            "SELECT answer, fetched FROM provider_answers WHERE provider = ? AND request = ?", .text(provider),
            .text(request)
        ) { ($0.text(0), max(0, time - $0.integer(1))) }
    }

    /// Keeps a service's answer, so that its quota is not used twice for one question. Throws `MusicError`.
    public func keep(_ answer: String, of provider: String, to request: String, time: Int = currentTime()) throws {
        try database.run(
            "INSERT OR REPLACE INTO provider_answers (provider, request, answer, fetched) VALUES (?, ?, ?, ?)",
            .text(provider), .text(request), .text(answer), .integer(time))
    }
}
