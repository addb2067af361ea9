import JSON
import TextCoding
import Timing

/// Deezer: covers and 30-second previews, without an account. Its terms allow non-commercial use and ask for its name
/// beside what it gives.
public struct DeezerProvider: MusicProvider {
    public let service = MusicService.deezer
    private let client: ServiceClient
    private let base: String
    private let search: TrackSearch

    /// 50 requests in 5 seconds; a few are left for others behind the same address.
    static let allowance = CallAllowance(name: "deezer", calls: 45, seconds: 5)

    init(_ client: ServiceClient, _ addresses: ServiceAddresses) {
        self.client = client
        base = addresses.deezer
        search = TrackSearch(
            client: client, endpoint: Endpoint(service: .deezer, name: "search", allowance: Self.allowance))
    }

    public func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? {
        let words = SearchWords(song).text
        let found = try search.tracks(words, query) { () throws(ProviderError) in try fetch(words, query.limit) }
        var match = SongMatcher(song).best(found.tracks)?.match
        match?.age = found.age
        return match
    }

    private func fetch(_ words: String, _ limit: CallLimit) throws(ProviderError) -> [ProviderTrack] {
        let request = HTTPRequest(
            .get, "\(base)/search?" + WebAddress.query([("q", words), ("limit", "10"), ("index", "0")]))
        return try client.send(request, to: search.endpoint, limit, judge: DeezerProvider.judge)
    }

    /// Errors come with status 200.
    static func judge(_ response: HTTPResponse) -> Verdict<[ProviderTrack]> {
        let json = ServiceJSON.parse(response)
        if let error = json?["error"], error.objectValue != nil {
            let words = ServiceJSON.words(error["message"]?.stringValue ?? "")
            switch error["code"]?.intValue {
            case 800: return .fine([])
            case 4: return .again(ProviderError(.deezer, .rateLimited, words), after: 5)
            case 700: return .again(ProviderError(.deezer, .serverFailed, "busy"), after: nil)
            default: return .final(ProviderError(.deezer, .refused, words))
            }
        }
        switch response.status {
        case 200: break
        case 429:
            return .again(ProviderError(.deezer, .rateLimited), after: response.retryAfter(now: currentTime()) ?? 5)
        case 500...: return .again(ProviderError(.deezer, .serverFailed, "HTTP \(response.status)"), after: nil)
        default: return .final(ProviderError(.deezer, .forbidden, ServiceJSON.excerpt(response)))
        }
        guard let data = json?["data"]?.arrayValue else {
            return .final(ProviderError(.deezer, .notUnderstood, ServiceJSON.excerpt(response)))
        }
        return .fine(data.compactMap(track))
    }

    private static func track(_ json: JSONValue) -> ProviderTrack? {
        guard let id = ServiceJSON.identifier(json["id"]), let title = json["title"]?.stringValue,
            let artist = json["artist"]?["name"]?.stringValue
        else { return nil }
        var track = ProviderTrack(title: title, artists: [artist], identifiers: [SongIdentifier(.deezer, id)])
        if let isrc = ServiceJSON.identifier(json["isrc"]) { track.identifiers.append(SongIdentifier(.isrc, isrc)) }
        track.album = json["album"]?["title"]?.stringValue ?? ""
        track.link = ServiceJSON.link(json["link"])
        track.cover = ServiceJSON.link(json["album"]?["cover_big"]) ?? ServiceJSON.link(json["album"]?["cover_medium"])
        // "" where there is none.
        track.preview = ServiceJSON.link(json["preview"])
        return track
    }

    public func check(_ limit: CallLimit) -> [ProviderFinding] {
        client.memory.forgetPauses(of: service.rawValue)
        do {
            let tracks = try fetch("Yesterday The Beatles", limit)
            return [
                ProviderFinding("search", .works, "answers with \(counted(tracks.count, "song")), no account needed")
            ]
        } catch {
            return [ProviderFinding("search", error)]
        }
    }
}

/// What a song is searched for with: title and first artist without notes, short enough for every service.
struct SearchWords {
    let title: String
    let artist: String

    init(_ song: Song) {
        title = SearchWords.shortened(NameKey.title(song.title))
        artist = SearchWords.shortened(NameKey.artist(song.artist))
    }

    var text: String { "\(title) \(artist)" }

    private static func shortened(_ text: String) -> String { String(trimmed(text.prefix(80))) }
}
