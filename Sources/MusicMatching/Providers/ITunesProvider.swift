import JSON
import TextCoding
import Timing

/// Apple's search: covers and 30-second previews, without an account. Both may be shown beside the link to the store
/// only.
public struct ITunesProvider: MusicProvider {
    public let service = MusicService.itunes
    private let client: ServiceClient
    private let base: String
    private let market: String
    private let search: TrackSearch

    /// About 20 calls a minute are let through.
    static let allowance = CallAllowance(name: "itunes", calls: 19, seconds: 60)

    init(_ client: ServiceClient, _ addresses: ServiceAddresses, market: String) {
        self.client = client
        base = addresses.itunes
        self.market = market
        search = TrackSearch(
            client: client, endpoint: Endpoint(service: .itunes, name: "search", allowance: Self.allowance))
    }

    public func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? {
        let words = SearchWords(song).text
        let found = try search.tracks("\(market) \(words)", query) { () throws(ProviderError) in
            try fetch(words, query.limit)
        }
        var match = SongMatcher(song).best(found.tracks)?.match
        match?.age = found.age
        return match
    }

    private func fetch(_ words: String, _ limit: CallLimit) throws(ProviderError) -> [ProviderTrack] {
        let fields = [
            ("term", words), ("media", "music"), ("entity", "song"), ("country", market), ("limit", "10"),
        ]
        let request = HTTPRequest(.get, "\(base)/search?" + WebAddress.query(fields))
        return try client.send(request, to: search.endpoint, limit, judge: ITunesProvider.judge)
    }

    /// Too many calls give 403 or 429, sometimes with nothing in it, and an empty answer is none: it must not be
    /// remembered as "no such song".
    static func judge(_ response: HTTPResponse) -> Verdict<[ProviderTrack]> {
        let wait = response.retryAfter(now: currentTime()) ?? 60
        switch response.status {
        case 200 where response.body.allSatisfy({ $0 <= 0x20 }):
            return .again(ProviderError(.itunes, .rateLimited, "an empty answer"), after: wait)
        case 200: break
        case 403, 429: return .again(ProviderError(.itunes, .rateLimited), after: wait)
        case 500...: return .again(ProviderError(.itunes, .serverFailed, "HTTP \(response.status)"), after: nil)
        default: return .final(ProviderError(.itunes, .refused, ServiceJSON.excerpt(response)))
        }
        guard let results = ServiceJSON.parse(response)?["results"]?.arrayValue else {
            return .final(ProviderError(.itunes, .notUnderstood, ServiceJSON.excerpt(response)))
        }
        return .fine(results.compactMap(track))
    }

    private static func track(_ json: JSONValue) -> ProviderTrack? {
        guard let id = ServiceJSON.identifier(json["trackId"]), let title = json["trackName"]?.stringValue,
            let artist = json["artistName"]?.stringValue
        else { return nil }
        var track = ProviderTrack(title: title, artists: [artist], identifiers: [SongIdentifier(.itunes, id)])
        track.album = json["collectionName"]?.stringValue ?? ""
        track.link = ServiceJSON.link(json["trackViewUrl"])
        // Nothing of Apple's may stand without the link to the store.
        if track.link != nil {
            track.cover = ServiceJSON.link(json["artworkUrl100"])
            track.preview = ServiceJSON.link(json["previewUrl"])
        }
        return track
    }

    public func check(_ limit: CallLimit) -> [ProviderFinding] {
        client.memory.forgetPauses(of: service.rawValue)
        do {
            let tracks = try fetch("yesterday beatles", limit)
            return [
                ProviderFinding("search", .works, "answers with \(counted(tracks.count, "song")), no account needed")
            ]
        } catch {
            return [ProviderFinding("search", error)]
        }
    }
}
