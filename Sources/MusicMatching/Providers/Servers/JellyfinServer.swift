import Glibc
import JSON

/// A Jellyfin server (10.8 and later), by its documented interface; Emby's is the same in what is used.
///
/// Needs `JELLYFIN_API_KEY` (Dashboard, API Keys) and, where there are several users, `JELLYFIN_USER`.
public struct JellyfinServer: MusicServer {
    public let name = "Jellyfin"
    public let kind = SongIdentifier.Kind(rawValue: "jellyfin")
    public let place: String
    private let base: String
    private let key: String
    private let user: String?
    private let requests: ServerRequests

    private static let page = 1000

    /// Throws `ProviderError.notSetUp`.
    public init(_ base: String, _ credentials: Credentials, _ http: HTTPClient) throws(ProviderError) {
        guard let key = credentials.text(.jellyfinKey) else {
            throw ProviderError(named: "Jellyfin", .notSetUp, "JELLYFIN_API_KEY is missing")
        }
        self.base = base
        self.key = key
        place = ServerPlace.place(ofBase: base)
        user = credentials.text(.jellyfinUser)
        requests = ServerRequests(name: "Jellyfin", http: http, secrets: [key])
    }

    private func request(
        _ method: HTTPRequest.Method = .get, _ path: String, _ query: [(String, String)] = [], body: JSONValue? = nil
    ) -> HTTPRequest {
        var request = HTTPRequest(method, base + path + (query.isEmpty ? "" : "?" + WebAddress.query(query)))
        // Both ways: newer servers can be told to know the first only, Emby knows the second.
        request.headers = [
            (
                "Authorization",
                "MediaBrowser Client=\"fermusic\", Device=\"fermusic\", DeviceId=\"fermusic\", "
                    + "Version=\"1\", Token=\"\(key)\""
            ), ("X-Emby-Token", key), ("Accept", "application/json"),
        ]
        if let body {
            request.headers.append(("Content-Type", "application/json"))
            request.body = Array(body.text().utf8)
        }
        request.followsRedirections = false
        request.allowsPlain = true
        return request
    }

    public func check(_ limit: CallLimit) throws(ProviderError) -> String {
        let answer = try requests.json(request(.get, "/System/Info"), limit)
        let product = ServiceJSON.words(answer["ProductName"]?.stringValue ?? "Jellyfin")
        _ = try userNumber(limit)
        return "\(product) \(ServiceJSON.words(answer["Version"]?.stringValue ?? ""))"
    }

    /// The user whose songs count: the one named, or the only one.
    private func userNumber(_ limit: CallLimit) throws(ProviderError) -> String {
        let users = try requests.json(request(.get, "/Users"), limit).arrayValue ?? []
        let known = users.compactMap { json in
            ServiceJSON.identifier(json["Id"]).map { (id: $0, name: json["Name"]?.stringValue ?? "") }
        }
        if let user {
            guard let found = known.first(where: { $0.name.lowercased() == user.lowercased() }) else {
                throw problem(.notFound, "a user called '\(user)'")
            }
            return found.id
        }
        guard let first = known.first else { throw problem(.notFound, "any user") }
        guard known.count == 1 else {
            throw problem(.notSetUp, "has several users; JELLYFIN_USER says which is meant")
        }
        return first.id
    }

    public func songs(_ limit: CallLimit, progress: (Int) -> Void) throws(ProviderError) -> [SongDraft] {
        let user = try userNumber(limit)
        var songs: [SongDraft] = [], start = 0
        while true {
            let query = [
                ("IncludeItemTypes", "Audio"), ("Recursive", "true"), ("Fields", "Genres,ProviderIds"),
                ("SortBy", "SortName"), ("StartIndex", "\(start)"), ("Limit", "\(JellyfinServer.page)"),
                ("EnableImages", "false"),
            ]
            let answer = try requests.json(request(.get, "/Users/\(user)/Items", query), limit)
            guard let items = answer["Items"]?.arrayValue else {
                throw problem(.notUnderstood, "no list of items; is the address right?")
            }
            songs += items.compactMap(draft)
            start += items.count
            progress(songs.count)
            if items.isEmpty || start >= answer["TotalRecordCount"]?.intValue ?? 0 { return songs }
        }
    }

    private func draft(_ json: JSONValue) -> SongDraft? {
        let artists = json["Artists"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let artist = artists.isEmpty ? json["AlbumArtist"]?.stringValue : artists.joined(separator: ", ")
        guard let id = ServiceJSON.identifier(json["Id"]),
            var song = ListedSong.draft(served: json["Name"]?.stringValue, artist, album: json["Album"]?.stringValue)
        else { return nil }
        song.year = json["ProductionYear"]?.intValue.flatMap { (1000...2999).contains($0) ? $0 : nil }
        song.genres = json["Genres"]?.arrayValue?.compactMap(\.stringValue) ?? []
        // Ten-millionths of a second.
        song.duration = json["RunTimeTicks"]?.intValue.flatMap { $0 > 0 && $0 < 864_000_000_000 ? $0 / 10_000 : nil }
        // From version 10.9 on.
        song.takeGain(json["NormalizationGain"]?.doubleValue)
        song.plays = max(0, json["UserData"]?["PlayCount"]?.intValue ?? 0)
        song.identifiers = [identifier(id)]
        return song
    }

    @discardableResult
    public func save(_ songs: [String], name: String, _ limit: CallLimit) throws(ProviderError) -> [String] {
        let body: JSONValue = [
            "Name": .string(name), "Ids": JSONValue(songs), "UserId": .string(try userNumber(limit)),
            "MediaType": "Audio",
        ]
        _ = try requests.send(request(.post, "/Playlists", body: body), limit)
        return []
    }

    public var givesSound: Bool { true }

    public func sound(of song: String, asMP3: Bool, _ limit: CallLimit) throws(ProviderError) -> HTTPRequest {
        let path = "/Audio/\(WebAddress.encoded(song))/stream"
        var asked =
            asMP3
            ? request(.get, path + ".mp3", [("audioCodec", "mp3"), ("audioBitRate", "192000")])
            : request(.get, path, [("static", "true")])
        asked.headers.removeAll { $0.name == "Accept" }
        return asked
    }

    public func cover(of song: String, _ limit: CallLimit) throws(ProviderError) -> HTTPRequest? {
        let path = "/Users/\(try userNumber(limit))/Items/\(WebAddress.encoded(song))"
        let item = try requests.json(request(.get, path), limit)
        // A song has a picture of its own, or that of its album.
        let own = item["ImageTags"]?["Primary"]?.stringValue.map { _ in WebAddress.encoded(song) }
        let album = item["AlbumPrimaryImageTag"]?.stringValue.flatMap { _ in ServiceJSON.identifier(item["AlbumId"]) }
        guard let owner = own ?? album else { return nil }
        var asked = request(.get, "/Items/\(owner)/Images/Primary", [("maxWidth", "400"), ("quality", "90")])
        asked.headers.removeAll { $0.name == "Accept" }
        return asked
    }

    public var counts: Bool { true }

    public func heard(_ song: String, time: Int, _ limit: CallLimit) throws(ProviderError) {
        let path = "/Users/\(try userNumber(limit))/PlayedItems/\(WebAddress.encoded(song))"
        _ = try requests.send(request(.post, path, [("datePlayed", JellyfinServer.date(time))], body: [:]), limit)
    }

    /// "20261130094500", in universal time.
    private static func date(_ time: Int) -> String {
        var parts = tm(), clock = time_t(time)
        gmtime_r(&clock, &parts)
        let numbers = [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
        return "\(Int(parts.tm_year) + 1900)" + numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    }
}
