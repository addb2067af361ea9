import MusicMatching

/// Songs and pictures of the owner's music servers, by the song's number: this server asks theirs, so that credentials stay
/// here and pages load nothing from elsewhere.
struct StreamAPI: Sendable {
    let catalogues: CataloguePool
    let own: OwnMusic
    /// Where servers are waited for.
    let relays: JobQueue

    var routes: [Route] {
        [
            Route(method: "GET", path: "/api/v1/streams/{song}", cost: 0.2) { try ask($0, $1, sound) },
            Route(method: "GET", path: "/api/v1/covers/{song}", cost: 0.2) { try ask($0, $1, cover) },
        ]
    }

    private func ask(
        _ request: HTTPRequest, _ rest: String,
        _ relay:
            @escaping @Sendable (HTTPRequest, Song, any MusicServer, ServerSongs) throws(ProviderError)
            -> HTTPResponse
    ) throws -> Answer {
        guard own.isShared else { throw Problem(.fileForbidden, "this server keeps its owner's music to itself") }
        guard let number = Int(rest), number > 0, number <= Int(Int32.max), "\(number)" == rest else {
            throw Problem(.notFound, "songs have whole numbers")
        }
        guard let place = relays.place() else { throw Problem(.overloaded, "music servers are slow", retryAfter: 2) }
        return .later(place) { _ in
            do {
                let (song, places) = try catalogues.use { (try $0.song(number), OwnMusic.places($0)) }
                return answer(request, song, places, relay)
            } catch {
                return Problem.answer(of: error, below: request.base)
            }
        }
    }

    private func answer(
        _ request: HTTPRequest, _ song: Song, _ places: [String],
        _ relay: (HTTPRequest, Song, any MusicServer, ServerSongs) throws(ProviderError) -> HTTPResponse
    ) -> HTTPResponse {
        guard let servers = own.servers, let server = servers.server(of: song.identifiers, among: places) else {
            return Problem(.notFound, "no music server that can be asked has this song").response(below: request.base)
        }
        do throws(ProviderError) {
            return try relay(request, song, server, servers)
        } catch {
            return Problem(error, of: "\(server.name) at \(server.place)").response(below: request.base)
        }
    }

    private func sound(
        _ request: HTTPRequest, _ song: Song, _ server: any MusicServer, _ servers: ServerSongs
    ) throws(ProviderError) -> HTTPResponse {
        let types = request.value("plays").map { Set($0.prefix(500).split(separator: ",").map(String.init)) }
        let sound = try servers.sound(
            of: song, from: server,
            ServerSongs.Wish(
                range: request.headers["range"], ifRange: request.headers["if-range"], types: types,
                client: request.client))
        var headers = [("Cache-Control", "private, no-cache")]
        if let tag = sound.tag { headers.append(("ETag", tag)) }
        if let range = sound.range { headers.append(("Content-Range", range)) }
        if sound.status == 416 {
            servers.close(sound.download)
            return HTTPResponse(416, headers)
        }
        headers.append(("Content-Type", sound.type))
        if sound.status == 206 { headers.append(("Accept-Ranges", "bytes")) }
        var response = HTTPResponse(sound.status, headers)
        response.body = .stream(RelayedStream(sound.download, servers), count: sound.count)
        return response
    }

    private func cover(
        _ request: HTTPRequest, _ song: Song, _ server: any MusicServer, _ servers: ServerSongs
    ) throws(ProviderError) -> HTTPResponse {
        guard let cover = try servers.cover(of: song, from: server) else {
            return Problem(.songGone, "the song has no picture").response(below: request.base)
        }
        return HTTPResponse(
            200, [("Content-Type", cover.type), ("Cache-Control", "private, max-age=86400")], body: cover.bytes)
    }
}

extension Problem {
    /// What visitors are told: who does not give something, and of which kind the reason is. Not in the server's words.
    init(_ error: ProviderError, of who: String) {
        switch error.cause {
        case .offline, .timedOut: self.init(.musicServerGone, "\(who) cannot be reached")
        case .badCredentials, .forbidden, .notSetUp, .loginNeeded, .loginExpired, .scopeMissing:
            self.init(.musicServerRefuses, "\(who) does not let us in")
        case .notFound: self.init(.songGone, "\(who) has no such song or picture any more")
        case .rateLimited, .paused, .quotaExceeded:
            self.init(.overloaded, "too much is asked of \(who)", retryAfter: 5)
        case .cancelled: self.init(.shuttingDown, "try again in a moment", retryAfter: 5)
        default: self.init(.musicServerFailed, "\(who) does not give it in a form that can be used")
        }
    }
}

/// A song of a music server on its way to a visitor.
private final class RelayedStream: ByteStream {
    private let download: HTTPDownload
    private let servers: ServerSongs

    init(_ download: HTTPDownload, _ servers: ServerSongs) {
        self.download = download
        self.servers = servers
    }

    func read(limit: Int, wait: () -> WakeUp) -> StreamRead {
        switch download.take(limit: limit, wait: { wait().call }) {
        case .bytes(let bytes): .bytes(bytes)
        case .none: .none
        case .end: .end
        // What is cut off must not look whole.
        case .failed: .failed
        }
    }

    func close() { servers.close(download) }
}
