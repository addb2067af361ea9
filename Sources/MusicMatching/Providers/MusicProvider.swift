/// A music service that knows more about songs than the catalogue: where they can be heard, what their covers are.
///
/// Services only enrich what the catalogue has already answered with: nothing waits for them that the listener could
/// have now. May be asked from several threads at once.
public protocol MusicProvider: Sendable {
    var service: MusicService { get }

    /// What the service knows of a song; `nil` if it has none that is surely the same. Throws `ProviderError`.
    func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch?

    /// Tries what the service is used for, for `doctor`: each part with what is wrong with it.
    func check(_ limit: CallLimit) -> [ProviderFinding]
}

/// The services that are known.
public enum MusicService: String, CaseIterable, Sendable {
    case spotify, youtube, deezer, itunes

    /// As it calls itself.
    public var name: String {
        switch self {
        case .spotify: "Spotify"
        case .youtube: "YouTube"
        case .deezer: "Deezer"
        case .itunes: "iTunes"
        }
    }
}

/// How a song is asked for.
public struct ProviderQuery: Sendable {
    public var limit: CallLimit
    /// Whether a preview that can be played now is needed; such addresses expire and are never kept.
    public var needsPreview = false

    public init(_ limit: CallLimit, needsPreview: Bool = false) {
        self.limit = limit
        self.needsPreview = needsPreview
    }
}

/// A song as a service has it.
public struct ProviderMatch: Sendable, Equatable {
    public var identifiers: [SongIdentifier]
    /// Where it can be heard: `https`, safe to show and open, as are the others.
    public var link: String?
    public var cover: String?
    /// Half a minute of it. May expire; not to be kept.
    public var preview: String?
    /// Seconds since the service was asked, if the answer was kept; `nil` if it is fresh.
    public var age: Int?

    public init(identifiers: [SongIdentifier], link: String? = nil, cover: String? = nil, preview: String? = nil) {
        self.identifiers = identifiers
        self.link = link
        self.cover = cover
        self.preview = preview
    }
}

/// One thing that `doctor` tried.
public struct ProviderFinding: Sendable, Equatable {
    public enum State: String, Sendable { case works, notSetUp, failed }

    /// "search", "login", ...
    public var part: String
    public var state: State
    public var text: String
    public var cause: ProviderError.Cause?

    public init(_ part: String, _ state: State, _ text: String, cause: ProviderError.Cause? = nil) {
        self.part = part
        self.state = state
        self.text = text
        self.cause = cause
    }

    init(_ part: String, _ error: ProviderError) {
        let isSetUp = error.cause != .notSetUp && error.cause != .loginNeeded
        self.init(part, isSetUp ? .failed : .notSetUp, error.reason, cause: error.cause)
    }
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
}
