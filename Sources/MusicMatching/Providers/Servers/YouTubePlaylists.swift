import JSON

/// Playlists of YouTube and YouTube Music as lists: their addresses. Needs `YOUTUBE_API_KEY`.
struct YouTubePlaylists: ListProvider {
    let client: ServiceClient
    let base: String
    let credentials: Credentials
    let time: Duration
    let isCancelled: @Sendable () -> Bool

    private static let endpoint = Endpoint(service: .youtube, name: "playlists", allowance: nil)

    func handles(_ place: String) -> Bool { YouTubePlaylists.isOne(place) }

    static func isOne(_ place: String) -> Bool {
        guard WebAddress.isSecure(place), let host = WebAddress.host(place) else { return false }
        return ["youtube.com", "www.youtube.com", "music.youtube.com", "m.youtube.com", "youtu.be"].contains(host)
    }

    /// What is behind `list=`.
    private static func number(_ place: String) -> String? {
        for mark in ["?list=", "&list="] {
            guard let found = place[...].firstPlace(of: mark) else { continue }
            let id = place[found.upperBound...].prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
            }
            if !id.isEmpty, id.count <= 100 { return String(id) }
        }
        return nil
    }

    func list(at place: String, version: String) throws -> ProvidedList {
        guard let list = YouTubePlaylists.number(place) else {
            throw ProviderError(.youtube, .refused, "the address of one video; a playlist's has 'list=' in it")
        }
        guard let key = credentials.text(.youtubeKey) else {
            throw ProviderError(.youtube, .notSetUp, "reading playlists needs YOUTUBE_API_KEY")
        }
        let limit = CallLimit(time, isCancelled: isCancelled)
        var songs: [SongDraft] = [], token = ""
        for _ in 0..<100 {
            var fields = [("part", "snippet"), ("maxResults", "50"), ("playlistId", list), ("key", key)]
            if !token.isEmpty { fields.append(("pageToken", token)) }
            var request = HTTPRequest(.get, "\(base)/playlistItems?" + WebAddress.query(fields))
            request.followsRedirections = false
            let (items, next) = try client.send(
                request, to: YouTubePlaylists.endpoint, limit, judge: YouTubePlaylists.judge)
            songs += items.compactMap(YouTubePlaylists.draft)
            guard let next, next != token else { break }
            token = next
        }
        return .songs(songs)
    }

    private static func judge(_ response: HTTPResponse) -> Verdict<([JSONValue], String?)> {
        let json = ServiceJSON.parse(response)
        if response.status == 404 {
            return .final(ProviderError(.youtube, .notFound, "this playlist, or it is private"))
        }
        guard response.status == 200 else {
            switch YouTubeProvider.judge(response) {
            case .again(let error, let after): return .again(error, after: after)
            case .pause(let error, let seconds): return .pause(error, seconds: seconds)
            case .final(let error): return .final(error)
            case .fine: return .final(ProviderError(.youtube, .notUnderstood, ServiceJSON.excerpt(response)))
            }
        }
        guard let items = json?["items"]?.arrayValue else {
            return .final(ProviderError(.youtube, .notUnderstood, ServiceJSON.excerpt(response)))
        }
        return .fine((items, json?["nextPageToken"]?.stringValue))
    }

    /// A song is a video of an artist's own channel, or one called "Artist - Title".
    private static func draft(_ item: JSONValue) -> SongDraft? {
        let snippet = item["snippet"]
        guard let title = snippet?["title"]?.stringValue, title != "Deleted video", title != "Private video" else {
            return nil
        }
        let channel = snippet?["videoOwnerChannelTitle"]?.stringValue ?? ""
        let bare = withoutNotes(title)
        let song =
            channel.hasSuffix(" - Topic")
            ? ListedSong.draft(title, String(channel.dropLast(8)))
            : ListedSong.draft(dashed: bare)
        guard var song else { return nil }
        if let id = ServiceJSON.identifier(snippet?["resourceId"]?["videoId"]), id.utf8.count == 11 {
            song.identifiers = [SongIdentifier(.youtube, id)]
        }
        return song
    }

    /// Without "(Official Video)" and its like.
    private static func withoutNotes(_ title: String) -> String {
        var kept = "", note = "", closing: Character?
        for character in title {
            if let end = closing {
                if character == end {
                    let words = NameKey.fold(note).split(separator: " ")
                    let isNote = words.contains {
                        ["official", "video", "audio", "lyrics", "lyric", "visualizer", "hd", "4k", "mv"].contains($0)
                    }
                    if !isNote { kept += end == ")" ? "(\(note))" : "[\(note)]" }
                    closing = nil
                } else {
                    note.append(character)
                }
            } else if character == "(" || character == "[" {
                closing = character == "(" ? ")" : "]"
                note = ""
            } else {
                kept.append(character)
            }
        }
        return kept + (closing == nil ? "" : note)
    }
}
