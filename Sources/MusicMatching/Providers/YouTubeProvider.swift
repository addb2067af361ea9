import JSON
import Timing

/// YouTube's search, with a key: 100 searches a day, so what it finds is kept for half a year.
public struct YouTubeProvider: MusicProvider {
    public let service = MusicService.youtube
    private let client: ServiceClient
    private let base: String
    private let credentials: Credentials
    private let search: TrackSearch

    static let allowance = CallAllowance(name: "youtube.search", calls: 100, seconds: 86400)

    init(_ client: ServiceClient, _ addresses: ServiceAddresses, _ credentials: Credentials) {
        self.client = client
        base = addresses.youtube
        self.credentials = credentials
        search = TrackSearch(
            client: client, endpoint: Endpoint(service: .youtube, name: "search", allowance: Self.allowance),
            freshness: 180 * 86400, freshnessOfNothing: 30 * 86400)
    }

    public func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? {
        let words = SearchWords(song).text
        let found = try search.tracks(words, query) { () throws(ProviderError) in try fetch(words, query.limit) }
        var match = VideoMatcher(song).best(found.tracks)?.match
        match?.age = found.age
        return match
    }

    private func fetch(_ words: String, _ limit: CallLimit) throws(ProviderError) -> [ProviderTrack] {
        guard let key = credentials.text(.youtubeKey) else {
            throw ProviderError(.youtube, .notSetUp, "YOUTUBE_API_KEY is missing; links work without it")
        }
        let fields = [
            ("part", "snippet"), ("type", "video"), ("q", words), ("maxResults", "5"), ("videoEmbeddable", "true"),
            ("videoCategoryId", "10"), ("safeSearch", "moderate"), ("key", key),
        ]
        var request = HTTPRequest(.get, "\(base)/search?" + WebAddress.query(fields))
        // The key is in the address; it is for nobody else.
        request.followsRedirections = false
        return try client.send(request, to: search.endpoint, limit, judge: YouTubeProvider.judge)
    }

    static func judge(_ response: HTTPResponse) -> Verdict<[ProviderTrack]> {
        let json = ServiceJSON.parse(response)
        let error = json?["error"]
        let words = ServiceJSON.words(error?["message"]?.stringValue ?? "")
        let reasons = error?["errors"]?.arrayValue?.compactMap { $0["reason"]?.stringValue } ?? []
        let wait = response.retryAfter(now: currentTime())
        switch response.status {
        case 200: break
        case 400, 401: return .final(ProviderError(.youtube, .badCredentials, words.isEmpty ? "bad key" : words))
        case 403 where reasons.contains { $0.lowercased().contains("quota") || $0 == "dailyLimitExceeded" },
            429 where reasons.contains("quotaExceeded"):
            // Quotas are given anew at midnight in California.
            return .pause(
                ProviderError(.youtube, .quotaExceeded, "100 searches a day"), seconds: wait ?? secondsToMidnight())
        case 403 where !reasons.contains { $0.lowercased().contains("ratelimit") }:
            return .final(ProviderError(.youtube, .forbidden, words))
        case 403, 429: return .again(ProviderError(.youtube, .rateLimited), after: wait ?? 60)
        case 500...: return .again(ProviderError(.youtube, .serverFailed, "HTTP \(response.status)"), after: wait)
        default: return .final(ProviderError(.youtube, .refused, ServiceJSON.excerpt(response)))
        }
        guard let items = json?["items"]?.arrayValue else {
            return .final(ProviderError(.youtube, .notUnderstood, ServiceJSON.excerpt(response)))
        }
        return .fine(items.compactMap(video))
    }

    /// To the next midnight in Pacific time, taken an hour late in summer rather than early.
    static func secondsToMidnight(now: Int = currentTime()) -> Int { 86400 - (now - 8 * 3600) % 86400 }

    private static func video(_ json: JSONValue) -> ProviderTrack? {
        guard let id = ServiceJSON.identifier(json["id"]?["videoId"]),
            let title = json["snippet"]?["title"]?.stringValue
        else { return nil }
        let channel = json["snippet"]?["channelTitle"]?.stringValue ?? ""
        var track = ProviderTrack(
            title: HTMLText.decoded(title), artists: [HTMLText.decoded(channel)],
            identifiers: [SongIdentifier(.youtube, id)])
        track.link = "https://www.youtube.com/watch?v=\(id)"
        let pictures = json["snippet"]?["thumbnails"]
        track.cover =
            ServiceJSON.link(pictures?["high"]?["url"]) ?? ServiceJSON.link(pictures?["medium"]?["url"])
            ?? ServiceJSON.link(pictures?["default"]?["url"])
        return track
    }

    /// Costs one of the day's searches.
    public func check(_ limit: CallLimit) -> [ProviderFinding] {
        guard credentials.has(.youtubeKey) else {
            return [
                ProviderFinding(
                    "search", .notSetUp, "YOUTUBE_API_KEY is missing; links work without it", cause: .notSetUp)
            ]
        }
        client.memory.forgetPauses(of: service.rawValue)
        do {
            _ = try fetch("yesterday beatles", limit)
            let used = client.memory.used(Self.allowance)
            return [ProviderFinding("search", .works, "answers; \(used) of 100 searches used in the last 24 hours")]
        } catch {
            return [ProviderFinding("search", error)]
        }
    }
}

/// Text with the escapes of HTML, which YouTube's titles have.
package enum HTMLText {
    private static let names: [Substring: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ",
    ]

    package static func decoded(_ text: String) -> String {
        guard text.utf8.contains(0x26) else { return text }
        var result = "", rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(10).firstIndex(of: ";"),
                let plain = character(rest[rest.index(after: rest.startIndex)..<end])
            else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            result += plain
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func character(_ name: Substring) -> String? {
        if let known = names[name] { return known }
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let number = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap(Unicode.Scalar.init).map { String($0) }
    }
}
