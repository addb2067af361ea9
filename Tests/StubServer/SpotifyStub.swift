import JSON
import Threads

/// Spotify as it is documented, with accounts and Web API on one address: made-up tracks, tokens that end, errors on
/// request.
public final class SpotifyStub: Sendable {
    public struct Track: Sendable {
        public var id: String, title: String, artists: [String], album: String, isrc: String?

        public init(_ id: String, _ title: String, _ artists: [String], album: String = "Album", isrc: String? = nil) {
            (self.id, self.title, self.artists, self.album, self.isrc) = (id, title, artists, album, isrc)
        }
    }

    private struct State {
        var tracks: [Track]
        var goodTokens: Set<String> = []
        var goodRefresh: Set<String> = ["refresh-0"]
        var codes: [String: (challenge: String, redirect: String)] = [:]
        var issued = 0
        /// Calls of the API that a token is good for.
        var callsPerToken = Int.max
        var calls: [String: Int] = [:]
        var rotates = false
        var override: (@Sendable (StubRequest) -> StubReply?)?
        var playlists: [String: [String]] = [:]
        var made: [(name: String, isPublic: Bool?)] = []
        var playing: [String] = []
    }

    public static let id = "stub-client-id", secret = "stub-client-secret"
    private let state: Guarded<State>
    private let holder = Guarded<StubServer?>(nil)

    public init(_ tracks: [Track] = []) {
        state = Guarded(State(tracks: tracks))
        let server = StubServer { [weak self] request in self?.answer(request) ?? StubReply(500) }
        holder.withLock { $0 = server }
    }

    public var server: StubServer { holder.withLock { $0! } }
    public var url: String { server.url }
    public var tokensIssued: Int { state.withLock { $0.issued } }
    public var playing: [String] { state.withLock { $0.playing.map { $0 } } }
    public var made: [(name: String, isPublic: Bool?)] { state.withLock { $0.made.map { $0 } } }
    public func playlist(_ id: String) -> [String] { state.withLock { $0.playlists[id] ?? [] } }
    public func requests(_ path: String) -> [StubRequest] { server.requests.filter { $0.path.hasPrefix(path) } }

    /// Answers some requests differently; `nil` leaves them as they are.
    public func override(_ answer: (@Sendable (StubRequest) -> StubReply?)?) { state.withLock { $0.override = answer } }
    public func letTokensEnd(after calls: Int) { state.withLock { $0.callsPerToken = calls } }
    public func rotateRefreshTokens() { state.withLock { $0.rotates = true } }
    public func revokeLogins() { state.withLock { $0.goodRefresh = [] } }

    /// What the listener's agreement in the browser leads to.
    public func agree(_ query: [String: String]) -> String {
        state.withLock { state in
            let code = "code-\(state.codes.count)"
            state.codes[code] = (query["code_challenge"] ?? "", query["redirect_uri"] ?? "")
            return code
        }
    }

    private func answer(_ request: StubRequest) -> StubReply {
        if let reply = state.withLock({ $0.override })?(request) { return reply }
        if request.path == "/api/token" { return token(request) }
        return state.withLock { state in
            let given = request.headers["authorization"]?.split(separator: " ").last.map(String.init) ?? ""
            state.calls[given, default: 0] += 1
            guard state.goodTokens.contains(given), state.calls[given]! <= state.callsPerToken else {
                return SpotifyStub.error(401, "The access token expired")
            }
            return SpotifyStub.answer(request, &state, isListener: given.hasPrefix("user"))
        }
    }

    public static func error(_ status: Int, _ message: String, reason: String? = nil) -> StubReply {
        var error: [String: JSONValue] = ["status": .int(status), "message": .string(message)]
        if let reason { error["reason"] = .string(reason) }
        return StubReply(status, JSONValue.object(["error": .object(error)]).text())
    }

    // MARK: Tokens

    private func token(_ request: StubRequest) -> StubReply {
        func refuse(_ error: String, _ text: String) -> StubReply {
            StubReply(400, JSONValue.object(["error": .string(error), "error_description": .string(text)]).text())
        }
        let form = request.form
        return state.withLock { state in
            func issue(_ kind: String, refresh: String?) -> StubReply {
                state.issued += 1
                let access = "\(kind)-\(state.issued)"
                state.goodTokens.insert(access)
                var fields: [String: JSONValue] = [
                    "access_token": .string(access), "token_type": "Bearer", "expires_in": 3600,
                ]
                if let refresh {
                    fields["refresh_token"] = .string(refresh)
                    state.goodRefresh.insert(refresh)
                }
                if kind == "user" {
                    fields["scope"] = "playlist-read-private playlist-modify-private user-modify-playback-state"
                }
                return StubReply(200, JSONValue.object(fields).text())
            }
            switch form["grant_type"] {
            case "client_credentials":
                // "stub-client-id:stub-client-secret"
                guard request.headers["authorization"] == "Basic c3R1Yi1jbGllbnQtaWQ6c3R1Yi1jbGllbnQtc2VjcmV0" else {
                    return refuse("invalid_client", "Invalid client secret")
                }
                return issue("app", refresh: nil)
            case "authorization_code":
                guard let code = state.codes.removeValue(forKey: form["code"] ?? ""),
                    code.redirect == form["redirect_uri"], form["client_id"] == SpotifyStub.id,
                    (43...128).contains(form["code_verifier"]?.utf8.count ?? 0)
                else { return refuse("invalid_grant", "Invalid authorization code") }
                return issue("user", refresh: "refresh-\(state.issued + 1)")
            case "refresh_token":
                let refresh = form["refresh_token"] ?? ""
                guard state.goodRefresh.contains(refresh), form["client_id"] == SpotifyStub.id else {
                    return refuse("invalid_grant", "Refresh token revoked")
                }
                guard state.rotates else { return issue("user", refresh: nil) }
                state.goodRefresh.remove(refresh)
                return issue("user", refresh: "refresh-\(state.issued + 1)")
            default: return refuse("unsupported_grant_type", "grant_type must be given")
            }
        }
    }

    // MARK: The Web API

    private static func answer(_ request: StubRequest, _ state: inout State, isListener: Bool) -> StubReply {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (request.method, parts.first ?? "", parts.count) {
        case ("GET", "search", 1): return search(request, state.tracks)
        case ("GET", "tracks", 2):
            guard let track = state.tracks.first(where: { $0.id == parts[1] }) else {
                return error(404, "Resource not found")
            }
            return StubReply(200, json(track).text())
        case ("POST", "me", 2) where isListener:
            guard let body = try? JSONValue(parsing: request.body), let name = body["name"]?.stringValue else {
                return error(400, "Missing name")
            }
            state.made.append((name, body["public"]?.boolValue))
            let id = "playlist\(state.made.count)"
            state.playlists[id] = []
            return StubReply(
                201, "{\"id\":\"\(id)\",\"external_urls\":{\"spotify\":\"https://open.spotify.com/playlist/\(id)\"}}")
        case ("POST", "playlists", 3) where isListener:
            let uris = (try? JSONValue(parsing: request.body))?["uris"]?.arrayValue?.compactMap(\.stringValue) ?? []
            guard uris.count <= 100 else { return error(400, "Too many") }
            state.playlists[parts[1], default: []] += uris
            return StubReply(201, "{\"snapshot_id\":\"s\"}")
        case ("PUT", "me", 3) where isListener:
            state.playing =
                (try? JSONValue(parsing: request.body))?["uris"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return StubReply(204)
        default: return isListener ? error(404, "Service not found") : error(403, "Forbidden")
        }
    }

    private static func search(_ request: StubRequest, _ tracks: [Track]) -> StubReply {
        guard let limit = Int(request.query["limit"] ?? "5"), limit <= 10 else { return error(400, "Invalid limit") }
        guard request.query["market"] != nil, request.query["type"] == "track", let q = request.query["q"] else {
            return error(400, "Missing parameter")
        }
        let found: [Track]
        if q.hasPrefix("isrc:") {
            found = tracks.filter { $0.isrc == String(q.dropFirst(5)) }
        } else {
            let words = q.lowercased().split(separator: " ").map { word in
                String(word.split(separator: ":").last ?? "")
            }
            found = tracks.filter { track in
                let text = "\(track.title) \(track.artists.joined(separator: " "))".lowercased()
                return words.allSatisfy { text.contains($0) }
            }
        }
        // A null among the items, as there may be.
        let items: [JSONValue] = [.null] + found.prefix(limit).map(json)
        let page: JSONValue = [
            "limit": .int(limit), "offset": 0, "total": .int(found.count), "next": nil, "previous": nil,
            "items": .array(items),
        ]
        return StubReply(200, JSONValue.object(["tracks": page]).text())
    }

    public static func json(_ track: Track) -> JSONValue {
        [
            "id": .string(track.id), "name": .string(track.title), "type": "track",
            "uri": .string("spotify:track:\(track.id)"), "duration_ms": 201000, "explicit": false, "is_playable": true,
            "external_ids": track.isrc.map { ["isrc": .string($0)] } ?? [:],
            "external_urls": ["spotify": .string("https://open.spotify.com/track/\(track.id)")],
            "artists": .array(track.artists.map { ["id": "a1", "name": .string($0)] }),
            "album": [
                "id": "b1", "name": .string(track.album), "release_date": "2025-03-01",
                "images": [
                    ["url": "https://i.scdn.co/image/large", "width": 640, "height": 640],
                    ["url": "https://i.scdn.co/image/medium", "width": nil, "height": nil],
                    ["url": "https://i.scdn.co/image/small", "width": 64, "height": 64],
                ],
            ],
        ]
    }
}
