import Files
import JSON

/// A server with music of the listener's own: Subsonic, Jellyfin, MPD, or one of a program that uses this.
public protocol MusicServer: Sendable {
    /// As it calls itself.
    var name: String { get }
    /// What its songs' identifiers are filed under, such as `subsonic`; values begin with `place` and a slash, since two
    /// servers may give one number to two songs.
    var kind: SongIdentifier.Kind { get }
    /// The server, without credentials.
    var place: String { get }

    /// All songs it has. Throws `ProviderError`.
    ///
    /// - Parameter progress: called with the songs so far.
    func songs(_ limit: CallLimit, progress: (Int) -> Void) throws(ProviderError) -> [SongDraft]

    /// Makes a playlist of songs there, by the server's own numbers: those that it turned out not to have any more. Throws
    /// `ProviderError`, `.notFound` if it has none of them; an older list of that name then stays as it was.
    @discardableResult
    func save(_ songs: [String], name: String, _ limit: CallLimit) throws(ProviderError) -> [String]

    /// Plays songs there, where the server itself can. Throws `ProviderError`.
    func play(_ songs: [String], _ limit: CallLimit) throws(ProviderError)

    /// Whether it gives the sound of its songs, and pictures of them.
    var givesSound: Bool { get }

    /// What to ask the server for a song's sound: as it is, or made into MP3 where that can be. May ask the server itself
    /// first. Throws `ProviderError`.
    func sound(of song: String, asMP3: Bool, _ limit: CallLimit) throws(ProviderError) -> HTTPRequest

    /// What to ask it for a song's picture; `nil` if there is none. Throws `ProviderError`.
    func cover(of song: String, _ limit: CallLimit) throws(ProviderError) -> HTTPRequest?

    /// What an answer says that is neither sound nor picture.
    func problem(of response: HTTPResponse) -> ProviderError

    /// Whether it counts what was heard.
    var counts: Bool { get }

    /// Tells that a song was heard that began at a time in seconds since 1970, where the server counts. Throws
    /// `ProviderError`.
    func heard(_ song: String, time: Int, _ limit: CallLimit) throws(ProviderError)

    /// Tries whether it answers and knows the listener; gives what it says of itself. Throws `ProviderError`.
    func check(_ limit: CallLimit) throws(ProviderError) -> String
}

extension MusicServer {
    public func play(_ songs: [String], _ limit: CallLimit) throws(ProviderError) {
        throw ProviderError(
            named: name, .refused, "plays nothing by itself; save a playlist and play it where you listen")
    }

    public var givesSound: Bool { false }

    public func sound(of song: String, asMP3: Bool, _ limit: CallLimit) throws(ProviderError) -> HTTPRequest {
        throw ProviderError(named: name, .refused, "gives no sound")
    }

    public func cover(of song: String, _ limit: CallLimit) throws(ProviderError) -> HTTPRequest? { nil }

    public func problem(of response: HTTPResponse) -> ProviderError {
        // Its words may repeat what proves who asked.
        ProviderError(named: name, HTTPResponse(status: response.status))
            ?? problem(.notUnderstood, "neither sound nor picture")
    }

    public var counts: Bool { false }

    public func heard(_ song: String, time: Int, _ limit: CallLimit) throws(ProviderError) {}

    /// The identifier of a song of this server.
    public func identifier(_ song: String) -> SongIdentifier { SongIdentifier(kind, "\(place)/\(song)") }

    /// The server's own number of a song; `nil` if it is not one of its.
    public func number(of song: Song) -> String? { number(among: song.identifiers) }

    /// The server's own number among those of a song.
    public func number(among identifiers: [SongIdentifier]) -> String? {
        number(identifiers, below: place)
    }

    func number(_ identifiers: [SongIdentifier], below place: String) -> String? {
        // Older catalogues have the server as it was written.
        for prefix in ServerPlace.spellings(of: place, kind).map({ $0 + "/" }) {
            if let own = identifiers.first(where: { $0.kind == kind && $0.value.hasPrefix(prefix) }) {
                return String(own.value.dropFirst(prefix.count))
            }
        }
        return nil
    }

    func problem(_ cause: ProviderError.Cause, _ detail: String) -> ProviderError {
        ProviderError(named: name, cause, detail)
    }
}

/// The songs of servers as lists that are read again.
struct ServerLists: ListProvider {
    let credentials: Credentials
    let http: HTTPClient
    let time: Duration
    let isCancelled: @Sendable () -> Bool

    func handles(_ place: String) -> Bool { ServerPlace.isOne(place) }

    func list(at place: String, version: String) throws -> ProvidedList {
        guard let server = try ServerPlace.server(place, credentials, http) else { return .unchanged }
        return .songs(try server.songs(CallLimit(time, isCancelled: isCancelled)) { _ in })
    }
}

/// Requests to a server that the user named.
struct ServerRequests: Sendable {
    let name: String
    let http: HTTPClient
    /// What must not be shown, in all the ways in which it may be written.
    private(set) var secrets: [String]

    init(name: String, http: HTTPClient, secrets: [String]) {
        self.name = name
        self.http = http
        self.secrets = secrets.asWritten
    }

    /// The same with more that must not be shown.
    func hiding(_ more: [String]) -> ServerRequests {
        var requests = self
        requests.secrets += more.asWritten
        return requests
    }

    /// A JSON answer with status 200. Throws `ProviderError`.
    func json(_ request: HTTPRequest, _ limit: CallLimit) throws(ProviderError) -> JSONValue {
        let response = try send(request, limit)
        guard let value = ServiceJSON.parse(response) else {
            throw ProviderError(named: name, .notUnderstood, ServiceJSON.excerpt(response).hiding(secrets))
        }
        return value
    }

    /// An answer with a status of success. Throws `ProviderError`.
    func send(_ request: HTTPRequest, _ limit: CallLimit) throws(ProviderError) -> HTTPResponse {
        var request = request
        request.allowsPlain = true
        request.sizeLimit = 64 << 20
        request.timeout = .seconds(60)
        let response: HTTPResponse
        do {
            response = try http.send(request, limit)
        } catch {
            var problem = ProviderError(named: name, error)
            problem.detail = problem.detail.hiding(secrets)
            throw problem
        }
        guard var problem = ProviderError(named: name, response) else { return response }
        problem.detail = problem.detail.hiding(secrets)
        throw problem
    }
}

extension ProviderError {
    /// What the status of an answer says; `nil` if it is one of success.
    init?(named name: String, _ response: HTTPResponse) {
        let words = ServiceJSON.excerpt(response)
        switch response.status {
        case 200...299: return nil
        case 401: self.init(named: name, .badCredentials, words)
        case 403: self.init(named: name, .forbidden, words)
        case 404: self.init(named: name, .notFound, words)
        case 429: self.init(named: name, .rateLimited)
        case 500...: self.init(named: name, .serverFailed, words)
        default: self.init(named: name, .refused, words)
        }
    }
}
