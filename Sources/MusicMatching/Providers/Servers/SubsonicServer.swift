import JSON
import Threads

/// A server that speaks Subsonic's protocol (1.13 and OpenSubsonic): Navidrome, gonic, Airsonic, supysonic.
///
/// Needs `SUBSONIC_USER` and `SUBSONIC_PASSWORD`, or `SUBSONIC_API_KEY` where the server gives keys. The password's salted MD5
/// is sent, as the protocol has it; the password itself only to servers that know no other way (supysonic, and those that
/// ask an LDAP directory). Over plain `http` whoever listens on the way can read it.
public struct SubsonicServer: MusicServer {
    public let name = "Subsonic"
    public let kind = SongIdentifier.Kind(rawValue: "subsonic")
    public let place: String
    private let base: String
    private let user: String
    private let password: String
    private let key: String?
    private let requests: ServerRequests
    private let way = Way()

    /// How the server lets itself be told who asks; found out with the first request.
    private final class Way: Sendable {
        let sendsPassword = Guarded(false)
        /// Whether it has let us in once.
        let isKnown = Guarded(false)
    }

    private static let page = 500
    private static let mostSongs = 2_000_000

    /// - Parameter base: the server's address, `http://nas:4533`.
    /// Throws `ProviderError.notSetUp`.
    public init(_ base: String, _ credentials: Credentials, _ http: HTTPClient) throws(ProviderError) {
        self.base = base
        place = ServerPlace.place(ofBase: base)
        key = credentials.text(.subsonicKey)
        user = credentials.text(.subsonicUser) ?? ""
        password = credentials.text(.subsonicPassword) ?? ""
        requests = ServerRequests(name: "Subsonic", http: http, secrets: [password, key ?? ""])
        guard key != nil || !user.isEmpty && !password.isEmpty else {
            throw ProviderError(
                named: "Subsonic", .notSetUp, "SUBSONIC_USER and SUBSONIC_PASSWORD (or SUBSONIC_API_KEY) are missing")
        }
    }

    /// Who asks.
    private var proof: [(String, String)] {
        if let key { return [("apiKey", key)] }
        if way.sendsPassword.withLock({ $0 }) {
            let digits = password.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            return [("u", user), ("p", "enc:" + digits)]
        }
        let salt = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return [("u", user), ("t", MD5.text(Array((password + salt).utf8))), ("s", salt)]
    }

    private func call(
        _ method: String, _ fields: [(String, String)], _ limit: CallLimit
    ) throws(ProviderError) -> JSONValue {
        let sendsPassword = way.sendsPassword.withLock { $0 }
        let proof = proof
        // A digest with its salt opens the door as the password does.
        let requests = requests.hiding(proof.filter { $0.0 == "t" }.map(\.1))
        let answer = try requests.json(request(method, proof, fields), limit)["subsonic-response"]
        guard let answer, answer.objectValue != nil else {
            throw problem(.notUnderstood, "not Subsonic's protocol; is the address right?")
        }
        guard answer["status"]?.stringValue == "ok" else {
            var problem = refusal(answer)
            problem.detail = problem.detail.hiding(requests.secrets)
            switch answer["error"]?["code"]?.intValue {
            // "A parameter is missing" (it knows no tokens), and "tokens are not supported for LDAP users".
            case 10, 41:
                guard !sendsPassword, key == nil else { throw problem }
                if method == "ping" {
                    way.sendsPassword.withLock { $0 = true }
                } else {
                    // Something else may be missing: a ping, which needs nothing but who asks, tells.
                    _ = try call("ping", [], limit)
                    guard way.sendsPassword.withLock({ $0 }) else { throw problem }
                }
                return try call(method, fields, limit)
            default: throw problem
            }
        }
        way.isKnown.withLock { $0 = true }
        return answer
    }

    private func request(
        _ method: String, _ proof: [(String, String)], _ fields: [(String, String)]
    ) -> HTTPRequest {
        let query = proof + [("v", "1.13.0"), ("c", "fermusic"), ("f", "json")] + fields
        var request = HTTPRequest(.get, "\(base)/rest/\(method).view?" + WebAddress.query(query))
        request.followsRedirections = false
        request.allowsPlain = true
        return request
    }

    /// What an answer says that is not "ok".
    private func refusal(_ answer: JSONValue) -> ProviderError {
        let words = ServiceJSON.words(answer["error"]?["message"]?.stringValue ?? "")
        switch answer["error"]?["code"]?.intValue {
        case 40, 42, 43, 44: return problem(.badCredentials, words)
        case 50: return problem(.forbidden, words)
        case 70: return problem(.notFound, words)
        default: return problem(.refused, words)
        }
    }

    public var givesSound: Bool { true }

    public func sound(of song: String, asMP3: Bool, _ limit: CallLimit) throws(ProviderError) -> HTTPRequest {
        try enter(limit)
        // Only what is as it is can be given in parts.
        return request("stream", proof, [("id", song)] + (asMP3 ? [("format", "mp3")] : [("format", "raw")]))
    }

    public func cover(of song: String, _ limit: CallLimit) throws(ProviderError) -> HTTPRequest? {
        let known = try call("getSong", [("id", song)], limit)["song"]
        guard let picture = SubsonicServer.number(known?["coverArt"]) else { return nil }
        return request("getCoverArt", proof, [("id", picture), ("size", "400")])
    }

    public func problem(of response: HTTPResponse) -> ProviderError {
        // Its words may repeat what proves who asked.
        guard let answer = ServiceJSON.parse(response)?["subsonic-response"] else {
            return ProviderError(named: name, HTTPResponse(status: response.status))
                ?? problem(.notUnderstood, "neither sound nor picture")
        }
        var problem = refusal(answer)
        problem.detail = "error \(answer["error"]?["code"]?.intValue ?? 0)"
        return problem
    }

    /// Finds out how the server lets itself be told who asks, where that is not known: what is not JSON does not tell.
    private func enter(_ limit: CallLimit) throws(ProviderError) {
        if !way.isKnown.withLock({ $0 }) { _ = try call("ping", [], limit) }
    }

    public func check(_ limit: CallLimit) throws(ProviderError) -> String {
        let answer = try call("ping", [], limit)
        let type = answer["type"]?.stringValue, version = answer["serverVersion"]?.stringValue
        let kind = [type, version].compactMap { $0 }.joined(separator: " ")
        return (kind.isEmpty ? "" : "\(ServiceJSON.words(kind)), ")
            + "protocol \(ServiceJSON.words(answer["version"]?.stringValue ?? "unknown"))"
    }

    public func songs(_ limit: CallLimit, progress: (Int) -> Void) throws(ProviderError) -> [SongDraft] {
        // A search for nothing finds everything at servers of our day; older ones find nothing.
        var songs: [SongDraft] = [], offset = 0
        while offset < SubsonicServer.mostSongs {
            let fields = [
                ("query", ""), ("artistCount", "0"), ("albumCount", "0"), ("songCount", "\(SubsonicServer.page)"),
                ("songOffset", "\(offset)"),
            ]
            let found: [JSONValue]
            do {
                found = try call("search3", fields, limit)["searchResult3"]?["song"]?.arrayValue ?? []
            } catch {
                guard error.cause == .refused, offset == 0 else { throw error }
                found = []
            }
            if found.isEmpty { break }
            offset += found.count
            songs += found.compactMap(draft)
            progress(songs.count)
        }
        return songs.isEmpty ? try songsOfAlbums(limit, progress) : songs
    }

    private func songsOfAlbums(_ limit: CallLimit, _ progress: (Int) -> Void) throws(ProviderError) -> [SongDraft] {
        var songs: [SongDraft] = [], offset = 0
        while offset < SubsonicServer.mostSongs {
            let fields = [("type", "alphabeticalByName"), ("size", "\(SubsonicServer.page)"), ("offset", "\(offset)")]
            let albums = try call("getAlbumList2", fields, limit)["albumList2"]?["album"]?.arrayValue ?? []
            for album in albums {
                guard let id = SubsonicServer.number(album["id"]) else { continue }
                let found = try call("getAlbum", [("id", id)], limit)["album"]?["song"]?.arrayValue ?? []
                songs += found.compactMap(draft)
                progress(songs.count)
            }
            offset += albums.count
            if albums.count < SubsonicServer.page { break }
        }
        return songs
    }

    private func draft(_ json: JSONValue) -> SongDraft? {
        guard let id = SubsonicServer.number(json["id"]), json["isVideo"]?.boolValue != true,
            var song = ListedSong.draft(
                served: json["title"]?.stringValue, json["displayArtist"]?.stringValue ?? json["artist"]?.stringValue,
                album: json["album"]?.stringValue)
        else { return nil }
        song.year = json["year"]?.intValue.flatMap { (1000...2999).contains($0) ? $0 : nil }
        song.genres = (json["genres"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        if song.genres.isEmpty { song.genres = json["genre"]?.stringValue.map(SongRowReader.list) ?? [] }
        song.hints = (json["moods"]?.arrayValue ?? []).compactMap(\.stringValue)
        song.duration = json["duration"]?.intValue.flatMap { (1...86_400).contains($0) ? $0 * 1000 : nil }
        // OpenSubsonic; what the server does not know is left out.
        song.takeGain(json["replayGain"]?["trackGain"]?.doubleValue)
        song.plays = max(0, json["playCount"]?.intValue ?? 0)
        if let tempo = json["bpm"]?.doubleValue, MoodAxis.tempo.range.contains(tempo) { song.mood[.tempo] = tempo }
        switch json["explicitStatus"]?.stringValue {
        case "explicit": song.isExplicit = true
        case "clean": song.isExplicit = false
        default: break
        }
        song.identifiers = [identifier(id)]
        let codes = json["isrc"]?.arrayValue ?? [json["isrc"]].compactMap { $0 }
        if let code = codes.compactMap(\.stringValue).compactMap(SongIdentifier.isrc).first {
            song.identifiers.append(SongIdentifier(.isrc, code))
        }
        return song
    }

    /// A number or text of the server; older ones count.
    private static func number(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text) where !text.isEmpty && text.utf8.count <= 200: text
        case .int(let number): "\(number)"
        default: nil
        }
    }

    @discardableResult
    public func save(_ songs: [String], name: String, _ limit: CallLimit) throws(ProviderError) -> [String] {
        // Addresses have limits; fifty numbers fit everywhere.
        let first = songs.prefix(50).map { ("songId", $0) }
        let made = try call("createPlaylist", [("name", name)] + first, limit)
        var id = SubsonicServer.number(made["playlist"]?["id"])
        if id == nil, songs.count > 50 {
            let lists = try call("getPlaylists", [], limit)["playlists"]?["playlist"]?.arrayValue ?? []
            id = SubsonicServer.number(lists.last { $0["name"]?.stringValue == name }?["id"])
        }
        for start in stride(from: 50, to: songs.count, by: 50) {
            guard let id else {
                throw problem(.notUnderstood, "a playlist was made, but only its first 50 songs are in it")
            }
            let part = songs[start..<min(start + 50, songs.count)].map { ("songIdToAdd", $0) }
            _ = try call("updatePlaylist", [("playlistId", id)] + part, limit)
        }
        return []
    }

    public var counts: Bool { true }

    public func heard(_ song: String, time: Int, _ limit: CallLimit) throws(ProviderError) {
        _ = try call("scrobble", [("id", song), ("time", "\(time * 1000)"), ("submission", "true")], limit)
    }
}
