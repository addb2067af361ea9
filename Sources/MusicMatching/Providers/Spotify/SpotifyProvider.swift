import JSON
import TextCoding

/// Spotify: finds songs with the app's credentials or the listener's login.
public struct SpotifyProvider: MusicProvider {
    public let service = MusicService.spotify
    let api: SpotifyAPI
    private let credentials: Credentials
    private let search: TrackSearch

    init(_ api: SpotifyAPI, _ credentials: Credentials) {
        self.api = api
        self.credentials = credentials
        search = TrackSearch(client: api.client, endpoint: Endpoint(service: .spotify, name: "search"))
    }

    /// By its identifier where that is known, then by ISRC, then by title and artist.
    public func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? {
        func first(_ kind: SongIdentifier.Kind) -> String? {
            song.identifiers.first { $0.kind == kind }.flatMap { ServiceJSON.identifier(.string($0.value)) }
        }
        if let id = first(.spotify), let match = try lookUp(id, query) { return match }
        let matcher = SongMatcher(song), words = SearchWords(song)
        var searches = ["track:\(words.title) artist:\(words.artist)", words.text]
        if let isrc = first(.isrc) { searches.insert("isrc:\(isrc)", at: 0) }
        for text in searches {
            let found = try search.tracks("\(api.market) \(text)", query) { () throws(ProviderError) in
                try find(text, query.limit)
            }
            if var match = matcher.best(found.tracks)?.match {
                match.age = found.age
                return match
            }
        }
        return nil
    }

    /// `nil` if the service no longer has it.
    private func lookUp(_ id: String, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? {
        do {
            let found = try search.tracks("\(api.market) id:\(id)", query) { () throws(ProviderError) in
                let call = SpotifyAPI.Call(
                    path: "/tracks/\(id)", query: [("market", api.market)], name: "tracks")
                return try api.send(call, query.limit) { SpotifyTrack.track($0).map { [$0] } }
            }
            var match = found.tracks.first?.match
            match?.age = found.age
            return match
        } catch {
            guard error.cause == .notFound || error.cause == .refused else { throw error }
            return nil
        }
    }

    /// At most ten, which is all that development mode allows.
    private func find(_ text: String, _ limit: CallLimit) throws(ProviderError) -> [ProviderTrack] {
        let call = SpotifyAPI.Call(
            path: "/search",
            query: [("q", text), ("type", "track"), ("market", api.market), ("limit", "10"), ("offset", "0")],
            name: "search")
        return try api.send(call, limit) { json in
            json?["tracks"]?["items"]?.arrayValue.map { $0.compactMap { SpotifyTrack.track($0) } }
        }
    }

    public func check(_ limit: CallLimit) -> [ProviderFinding] {
        var findings: [ProviderFinding] = []
        guard api.tokens.isSetUp else {
            let missing = credentials.has(.spotifyClientID) ? "SPOTIFY_CLIENT_SECRET or a login" : "SPOTIFY_CLIENT_ID"
            let text = "\(missing) is missing; links work without it"
            return [ProviderFinding("search", .notSetUp, text, cause: .notSetUp), checkRedirect()]
        }
        api.client.memory.forgetPauses(of: service.rawValue)
        do {
            let tracks = try find("track:yesterday artist:the beatles", limit)
            findings.append(
                ProviderFinding(
                    "search", .works, "answers with \(counted(tracks.count, "song")) in market \(api.market)"))
        } catch {
            findings.append(ProviderFinding("search", error))
        }
        findings.append(checkLogin(limit))
        findings.append(checkRedirect())
        return findings
    }

    private func checkLogin(_ limit: CallLimit) -> ProviderFinding {
        guard let login = api.tokens.storedLogin else {
            return ProviderFinding(
                "login", .notSetUp, "none; playlists and playback need one", cause: .loginNeeded)
        }
        do {
            // Whether the login is still good only the service knows.
            _ = try api.tokens.token(for: .listener, rejected: login.access, limit)
            return ProviderFinding("login", .works, "good until \(Clock.text(login.loginEnds)) at the latest")
        } catch {
            return ProviderFinding("login", error)
        }
    }

    private func checkRedirect() -> ProviderFinding {
        do {
            let redirect = try RedirectAddress(credentials)
            return ProviderFinding("redirect", .works, "\(redirect.registered); the app must list exactly this")
        } catch {
            return ProviderFinding("redirect", error)
        }
    }
}
