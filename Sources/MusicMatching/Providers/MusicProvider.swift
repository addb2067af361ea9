/// A music service that knows more about songs than the catalogue: where they can be heard, what their covers are.
///
/// Services only enrich what the catalogue has already answered with: nothing waits for them that the listener could
/// have now. May be asked from several threads at once. One of your own:
///
///     struct Jukebox: MusicProvider {
///         let service = MusicService(rawValue: "jukebox", name: "Our jukebox")
///
///         func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? {
///             guard let slot = slots["\(song.artist) - \(song.title)"] else { return nil }
///             return ProviderMatch(identifiers: [SongIdentifier(.init(rawValue: "jukebox"), slot)])
///         }
///
///         func check(_ limit: CallLimit) -> [ProviderFinding] { [ProviderFinding("slots", .works, "\(slots.count)")] }
///     }
///     let services = try MusicServices(memory: catalogue.path, providers: [Jukebox()])
///
/// `Examples/OwnProvider` is such a program.
public protocol MusicProvider: Sendable {
    var service: MusicService { get }

    /// What the service knows of a song; `nil` if it has none that is surely the same. Throws `ProviderError`.
    func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch?

    /// Tries what the service is used for, for `doctor`: each part with what is wrong with it.
    func check(_ limit: CallLimit) -> [ProviderFinding]
}

/// A music service. Programs add their own: `MusicService(rawValue: "jukebox", name: "Our jukebox")`, with a
/// `MusicProvider` that asks it.
public struct MusicService: RawRepresentable, Sendable, CaseIterable {
    /// How it is kept and named on the command line: lower case, without blanks.
    public let rawValue: String
    /// As it calls itself.
    public let name: String

    /// - Parameter name: as it calls itself; that of a known service, or `rawValue`, if not given.
    public init(rawValue: String, name: String? = nil) {
        self.rawValue = rawValue
        self.name = name ?? MusicService.allCases.first { $0.rawValue == rawValue }?.name ?? rawValue
    }

    public init(rawValue: String) { self.init(rawValue: rawValue, name: nil) }

    public static let spotify = MusicService(rawValue: "spotify", name: "Spotify")
    public static let youtube = MusicService(rawValue: "youtube", name: "YouTube")
    public static let deezer = MusicService(rawValue: "deezer", name: "Deezer")
    public static let itunes = MusicService(rawValue: "itunes", name: "iTunes")

    /// Those that this program knows by itself.
    public static let allCases: [MusicService] = [.spotify, .youtube, .deezer, .itunes]
}

extension MusicService: Hashable {
    public static func == (a: MusicService, b: MusicService) -> Bool { a.rawValue == b.rawValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
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
                    """
                    INSERT INTO identifiers (kind, value, song) SELECT ?, ?, id FROM songs WHERE id = ? \
                    ON CONFLICT DO NOTHING
                    """, .text(identifier.kind.rawValue), .text(identifier.value), .integer(song))
            }
        }
    }
}
