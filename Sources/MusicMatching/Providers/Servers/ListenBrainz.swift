import JSON

/// ListenBrainz: tells it what was heard, and takes what it knows of it. Reading needs no token.
public struct ListenBrainz: Sendable {
    private let base: String
    private let token: String?
    private let requests: ServerRequests

    init(_ addresses: ServiceAddresses, _ credentials: Credentials, _ http: HTTPClient) {
        base = addresses.listenBrainz
        token = credentials.text(.listenBrainzToken)
        requests = ServerRequests(name: "ListenBrainz", http: http, secrets: [token ?? ""])
    }

    private func request(_ method: HTTPRequest.Method, _ path: String, body: JSONValue? = nil) -> HTTPRequest {
        var request = HTTPRequest(method, base + path)
        if let token { request.headers.append(("Authorization", "Token \(token)")) }
        if let body {
            request.headers.append(("Content-Type", "application/json"))
            request.body = Array(body.text().utf8)
        }
        request.followsRedirections = false
        return request
    }

    /// Tells that songs were heard. Throws `ProviderError`, `.notSetUp` without a token.
    ///
    /// - Parameter songs: with the time of each, in seconds since 1970.
    public func submit(_ songs: [(song: Song, time: Int)], _ limit: CallLimit) throws(ProviderError) {
        guard token != nil else {
            throw ProviderError(
                named: "ListenBrainz", .notSetUp, "LISTENBRAINZ_TOKEN is missing (https://listenbrainz.org/settings)")
        }
        for start in stride(from: 0, to: songs.count, by: 100) {
            let part = songs[start..<min(start + 100, songs.count)]
            let body: JSONValue = [
                "listen_type": part.count == 1 ? "single" : "import",
                "payload": .array(part.map { ListenBrainz.listen($0.song, $0.time) }),
            ]
            _ = try requests.send(request(.post, "/1/submit-listens", body: body), limit)
        }
    }

    private static func listen(_ song: Song, _ time: Int) -> JSONValue {
        var more: [String: JSONValue] = ["submission_client": "fermusic"]
        func first(_ kind: SongIdentifier.Kind) -> String? { song.identifiers.first { $0.kind == kind }?.value }
        if let code = first(.isrc) { more["isrc"] = .string(code) }
        if let id = first(.musicBrainz) { more["recording_mbid"] = .string(id) }
        if let id = first(.spotify) { more["spotify_id"] = .string("https://open.spotify.com/track/\(id)") }
        if let duration = song.duration { more["duration_ms"] = .int(duration) }
        var track: [String: JSONValue] = [
            "track_name": .string(song.title), "artist_name": .string(song.artist), "additional_info": .object(more),
        ]
        if !song.album.isEmpty { track["release_name"] = .string(song.album) }
        return ["listened_at": .int(time), "track_metadata": .object(track)]
    }

    /// Whose token it is. Throws `ProviderError`.
    public func check(_ limit: CallLimit) throws(ProviderError) -> String {
        guard token != nil else {
            throw ProviderError(named: "ListenBrainz", .notSetUp, "LISTENBRAINZ_TOKEN is missing")
        }
        let answer = try requests.json(request(.get, "/1/validate-token"), limit)
        guard answer["valid"]?.boolValue == true else {
            throw ProviderError(named: "ListenBrainz", .badCredentials, "the token is not valid")
        }
        return "token of \(ServiceJSON.words(answer["user_name"]?.stringValue ?? "somebody"))"
    }

    /// What a user listened to, the latest first, each song once with how often. Throws `ProviderError`.
    func songs(of user: String, _ limit: CallLimit) throws(ProviderError) -> [SongDraft] {
        var songs: [SongDraft] = [], places: [String: Int] = [:], pages = ListenPages()
        while let until = pages.next {
            let path =
                "/1/user/\(WebAddress.encoded(user))/listens?count=\(ListenPages.size)"
                + (until == .max ? "" : "&max_ts=\(until)")
            let answer = try requests.json(request(.get, path), limit)
            guard let listens = answer["payload"]?["listens"]?.arrayValue else {
                throw ProviderError(named: "ListenBrainz", .notUnderstood, "no listens")
            }
            for listen in pages.fresh(listens) {
                let track = listen["track_metadata"]
                guard
                    let song = ListedSong.draft(
                        track?["track_name"]?.stringValue, track?["artist_name"]?.stringValue,
                        album: track?["release_name"]?.stringValue)
                else { continue }
                let key = song.title + "\u{0}" + song.artist
                if let place = places[key] {
                    songs[place].plays += 1
                } else {
                    places[key] = songs.count
                    songs.append(song)
                    songs[songs.count - 1].plays = 1
                }
            }
        }
        return songs
    }
}

/// Goes back through listens page by page, each counted once. A page may end within a second: the next one begins with that
/// second again, and what of it is known already is left out.
struct ListenPages {
    /// Listens a page, the most the server gives.
    static let size = 1000

    /// Listens before this time are asked for next, in seconds since 1970; `nil` at the end.
    private(set) var next: Int? = .max
    /// The second in which the last page ended, and how often each listen of it was seen.
    private var border = Int.max
    private var seen: [String: Int] = [:]

    /// What is new on a page.
    mutating func fresh(_ listens: [JSONValue]) -> [JSONValue] {
        let times = listens.map { $0["listened_at"]?.intValue }
        guard let until = next, let oldest = times.compactMap({ $0 }).min() else {
            next = nil
            return listens
        }
        // A server that goes by something else than the time would never end.
        guard oldest < until else {
            next = nil
            return []
        }
        var known = seen, fresh: [JSONValue] = []
        if oldest < border { seen = [:] }
        for (listen, time) in zip(listens, times) {
            if let time, time > border { continue }
            let name = ListenPages.name(listen)
            if time == border, let count = known[name], count > 0 {
                known[name] = count - 1
                continue
            }
            if time == oldest { seen[name, default: 0] += 1 }
            fresh.append(listen)
        }
        // A second with more listens than a page holds cannot be asked for in parts.
        next = fresh.isEmpty ? oldest : oldest + 1
        border = oldest
        return fresh
    }

    /// What tells a listen from others of its second.
    private static func name(_ listen: JSONValue) -> String {
        listen["recording_msid"]?.stringValue ?? listen["track_metadata"]?.text() ?? ""
    }
}

/// What somebody listened to as a list: `listenbrainz:USER`.
struct ListenBrainzLists: ListProvider {
    let listenBrainz: ListenBrainz
    let time: Duration
    let isCancelled: @Sendable () -> Bool

    func handles(_ place: String) -> Bool { place.lowercased().hasPrefix("listenbrainz:") }

    func list(at place: String, version: String) throws -> ProvidedList {
        .songs(
            try listenBrainz.songs(of: String(place.dropFirst(13)), CallLimit(time, isCancelled: isCancelled)))
    }
}
