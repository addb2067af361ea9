import Files
import Glibc
import Threads
import Timing

/// The music services that a user has at hand, with what they share: connections, memory, credentials. For any number
/// of threads.
public final class MusicServices: Sendable {
    public let credentials: Credentials
    private let addresses: ServiceAddresses
    private let http: HTTPClient
    private let client: ServiceClient
    private let tokens: SpotifyTokens
    /// Those of the program that uses this.
    private let providers: [any MusicProvider]

    /// - Parameters:
    ///   - memory: the catalogue's database, where answers are kept; in memory if it cannot be used.
    ///   - tokenFolder: where Spotify's tokens are kept, in files for the user alone.
    ///   - providers: services of your own; one of the same service replaces that of this program.
    ///   - certificates: a file of certificates to trust instead of the system's.
    ///   - now: seconds since 1970; replaced in tests.
    /// Throws `MusicError` if not even a memory for this process can be had.
    public init(
        memory: String, credentials: Credentials = .read(), addresses: ServiceAddresses = ServiceAddresses(),
        tokenFolder: String = UserFolder.configuration, providers: [any MusicProvider] = [],
        certificates: String? = nil, now: @escaping @Sendable () -> Int = { currentTime() }
    ) throws {
        self.credentials = credentials
        self.addresses = addresses
        self.providers = providers
        http = HTTPClient(certificates: certificates)
        let kept = try (try? ServiceMemory(memory, now: now)) ?? ServiceMemory(":memory:", now: now)
        client = ServiceClient(http, kept, credentials)
        tokens = SpotifyTokens(client, addresses, credentials, folder: tokenFolder)
    }

    /// The one to ask when the user does not say: the first that he has credentials for. Without any nothing is asked,
    /// and nobody learns what he listens to.
    public var usual: MusicService? {
        tokens.isSetUp ? .spotify : credentials.has(.youtubeKey) ? .youtube : nil
    }

    /// The provider of a service; of one that nobody knows, one that says so.
    public func provider(_ service: MusicService) -> any MusicProvider {
        if let own = providers.first(where: { $0.service == service }) { return own }
        switch service {
        case .spotify: return SpotifyProvider(spotify, credentials)
        case .youtube: return YouTubeProvider(client, addresses, credentials)
        case .deezer: return DeezerProvider(client, addresses)
        case .itunes: return ITunesProvider(client, addresses, market: credentials.market)
        default: return UnknownProvider(service: service)
        }
    }

    private var spotify: SpotifyAPI {
        SpotifyAPI(client: client, tokens: tokens, base: addresses.spotify, market: credentials.market)
    }

    /// What can be done for a listener who has logged in to Spotify.
    public var spotifyListener: SpotifyListener { SpotifyListener(api: spotify) }

    public var listenBrainz: ListenBrainz { ListenBrainz(addresses, credentials, http) }

    /// The server of the listener's own at a place such as `subsonic:http://nas:4533`; `nil` if that is none. Throws
    /// `ProviderError`.
    public func server(at place: String) throws(ProviderError) -> (any MusicServer)? {
        try ServerPlace.server(place, credentials, http)
    }

    /// Songs of the listener's own servers, to be heard and seen through this program.
    public func serverSongs() -> ServerSongs {
        let (credentials, http) = (credentials, http)
        return ServerSongs(http) { place throws(ProviderError) in try ServerPlace.server(place, credentials, http) }
    }

    /// Where playlists can be saved beside the catalogue.
    public func playlistCopies() -> PlaylistCopies { PlaylistCopies(self) }

    /// Who is told what was heard: the servers among places of lists, and ListenBrainz if there is a token for it; `nil` if
    /// that is nobody.
    public func listenReports(_ places: [String]) -> ListenReports? {
        var servers: [any MusicServer] = [], problems: [ProviderError] = []
        for place in places where ServerPlace.isOne(place) {
            do throws(ProviderError) {
                guard let server = try server(at: place), server.counts else { continue }
                // Written in two ways it is one.
                if !servers.contains(where: { $0.kind == server.kind && $0.place == server.place }) {
                    servers.append(server)
                }
            } catch {
                problems.append(error)
            }
        }
        let listenBrainz = credentials.has(.listenBrainzToken) ? listenBrainz : nil
        if servers.isEmpty, listenBrainz == nil, problems.isEmpty { return nil }
        return ListenReports(servers, listenBrainz, problems: problems)
    }

    /// What can fetch lists that are not files.
    ///
    /// - Parameter time: for each list.
    public func lists(
        within time: Duration = .seconds(300), isCancelled: @escaping @Sendable () -> Bool = { false }
    ) -> [any ListProvider] {
        [
            SpotifyPlaylists(listener: spotifyListener, time: time, isCancelled: isCancelled),
            WebTables(http: http, time: time, isCancelled: isCancelled),
            YouTubePlaylists(
                client: client, base: addresses.youtube, credentials: credentials, time: time, isCancelled: isCancelled),
            ServerLists(credentials: credentials, http: http, time: time, isCancelled: isCancelled),
            ListenBrainzLists(listenBrainz: listenBrainz, time: time, isCancelled: isCancelled),
        ]
    }

    /// The services that can be asked: those of this program, then those that it was given.
    public var known: [MusicService] {
        MusicService.allCases + providers.map(\.service).filter { !MusicService.allCases.contains($0) }
    }

    /// Tries each service in the way it is used, all at the same time, in the order of `known`.
    public func check(within time: Duration) -> [(MusicService, [ProviderFinding])] {
        let deadline = ContinuousClock.now + time
        let found = Shared<[MusicService: [ProviderFinding]]>([:])
        let known = known
        for service in known {
            let provider = provider(service)
            let started = WorkerThread.startDetached {
                let findings = provider.check(CallLimit(until: deadline))
                found.state.withLock { $0[service] = findings }
            }
            if !started { break }
        }
        // A little longer: who is just ending shall still be heard.
        while ContinuousClock.now < deadline + .milliseconds(300),
            found.state.withLock({ $0.count < known.count })
        {
            usleep(2000)
        }
        let findings = found.state.withLock { $0 }
        return known.map { service in
            let late = ProviderFinding("search", .failed, "no answer in time", cause: .timedOut)
            return (service, findings[service] ?? [late])
        }
    }

    // MARK: Spotify's login

    /// Begins a login. Throws `ProviderError`.
    public func spotifyLogin() throws(ProviderError) -> SpotifyLogin {
        try SpotifyLogin(tokens, credentials, addresses)
    }

    /// What is known of the login without asking anybody; `nil` if there is none.
    public var spotifyLoginStatus: SpotifyLoginStatus? {
        tokens.storedLogin.map {
            SpotifyLoginStatus(
                authorised: $0.authorised, ends: $0.loginEnds, scopes: $0.scopes, file: tokens.loginPath)
        }
    }

    /// Ends the login on this computer; gives whether there was one.
    public func spotifyLogout() -> Bool { tokens.forget() }
}

/// Stands for a service that nobody provides.
private struct UnknownProvider: MusicProvider {
    let service: MusicService

    private var problem: ProviderError { ProviderError(service, .notSetUp, "no provider for it") }

    func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? { throw problem }
    func check(_ limit: CallLimit) -> [ProviderFinding] { [ProviderFinding("search", problem)] }
}

/// A login that is kept.
public struct SpotifyLoginStatus: Sendable, Equatable {
    /// Seconds since 1970.
    public var authorised: Int
    /// When it ends at the latest, in seconds since 1970.
    public var ends: Int
    public var scopes: [String]
    /// Where it is kept.
    public var file: String
    /// Whether it has ended.
    public var hasEnded: Bool { ends <= currentTime() }

    /// What was not agreed to.
    public var missingScopes: [String] { SpotifyLogin.scopes.filter { !scopes.contains($0) } }
}

/// Something that several threads change.
private final class Shared<Value: Sendable>: Sendable {
    let state: Guarded<Value>
    init(_ value: Value) { state = Guarded(value) }
}
