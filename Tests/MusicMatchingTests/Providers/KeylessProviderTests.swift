import MusicMatching
import StubServer
import Synchronization
import Testing
import Timing

/// Deezer, iTunes and YouTube.
@Suite struct KeylessProviderTests {
    private func with(
        _ answer: @escaping @Sendable (StubRequest) -> StubReply, _ body: (StubServer, StubbedServices) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let server = StubServer(answer)
            try body(server, try StubbedServices(folder, url: server.url))
        }
    }

    private var yellow: Song { get throws { try song("Yellow", "Coldplay") } }

    private static let deezer = """
        {"data":[{"id":9,"title":"Yellow (Karaoke)","link":"https://www.deezer.com/track/9","preview":"","artist":{"id":2,
        "name":"Karaoke"},"album":{"id":3,"title":"B"}},{"id":1,"title":"Yellow","title_short":"Yellow","isrc":"GBAYE0000351",
        "link":"https://www.deezer.com/track/1","duration":200,"explicit_lyrics":false,
        "preview":"https://cdnt-preview.dzcdn.net/x.mp3?hdnea=exp=1","artist":{"id":2,"name":"Coldplay"},
        "album":{"id":3,"title":"Parachutes","cover_medium":"https://m","cover_big":"https://cover.example/b"}}],"total":2}
        """

    @Test func deezerGivesCoversAndPreviewsThatAreNotKept() throws {
        try with({ _ in StubReply(200, Self.deezer) }) { server, services in
            let match = try #require(try services.resolve(yellow, .deezer))
            #expect(match.identifiers == [SongIdentifier(.deezer, "1"), SongIdentifier(.isrc, "GBAYE0000351")])
            #expect(match.preview == "https://cdnt-preview.dzcdn.net/x.mp3?hdnea=exp=1")
            #expect(match.cover == "https://cover.example/b" && match.link == "https://www.deezer.com/track/1")
            #expect(server.requests.last?.query == ["q": "yellow coldplay", "limit": "10", "index": "0"])
            let kept = try #require(try services.resolve(yellow, .deezer))
            #expect(kept.preview == nil && kept.age != nil && kept.cover == match.cover)
            #expect(server.requests.count == 1)
            #expect(try services.resolve(yellow, .deezer, needsPreview: true)?.preview != nil)
            #expect(server.requests.count == 2)
        }
    }

    @Test func deezersErrorsComeAsSuccess() throws {
        @Sendable func refusal(_ code: Int, _ type: String) -> StubReply {
            StubReply(200, "{\"error\":{\"type\":\"\(type)\",\"message\":\"words\",\"code\":\(code)}}")
        }
        try with({ _ in refusal(800, "DataException") }) { server, services in
            let yellow = try self.yellow
            #expect(try services.resolve(yellow, .deezer) == nil)
            #expect(try services.resolve(yellow, .deezer) == nil)
            #expect(server.requests.count == 1)
        }
        let calls = Atomic<Int>(0)
        try with({ _ in
            calls.add(1, ordering: .relaxed).newValue < 3 ? refusal(700, "Busy") : StubReply(200, Self.deezer)
        }) {
            server, services in
            let yellow = try self.yellow
            #expect(try services.resolve(yellow, .deezer) != nil)
            #expect(server.requests.count == 3)
        }
        try with({ _ in refusal(4, "Exception") }) { server, services in
            let yellow = try self.yellow
            // Five seconds, longer than there is time.
            #expect(services.failure(yellow, .deezer, seconds: 4.9)?.cause == .rateLimited)
            #expect(try services.failure(song("A", "B"), .deezer, seconds: 4.9)?.cause == .rateLimited)
            #expect(server.requests.count == 1)
        }
        try with({ _ in refusal(600, "InvalidQueryException") }) { _, services in
            let yellow = try self.yellow
            #expect(services.failure(yellow, .deezer)?.cause == .refused)
        }
    }

    @Test func deezerIsNotAskedTooOften() throws {
        try withTemporaryFolder { folder in
            let server = StubServer { _ in StubReply(200, "{\"data\":[]}") }
            // Time stands still, however long the calls take.
            let services = try StubbedServices(folder, url: server.url, now: { 1_000_000 })
            for number in 0..<45 { #expect(try services.resolve(song("Song \(number)", "A"), .deezer) == nil) }
            let refused = try services.failure(song("Another", "A"), .deezer, seconds: 4.9)
            #expect(refused?.cause == .rateLimited && server.requests.count == 45)
        }
    }

    private static let itunes = """
        {"resultCount":1,"results":[{"trackId":3,"artistName":"Coldplay","collectionName":"Parachutes","trackName":"Yellow",
        "trackViewUrl":"https://music.apple.com/us/album/s/2?i=3","previewUrl":"https://audio-ssl.itunes.apple.com/x.m4a",
        "artworkUrl100":"https://is1-ssl.mzstatic.com/x/100x100bb.jpg","trackTimeMillis":200000}]}
        """

    @Test func itunesGivesCoversBesideTheStoreOnly() throws {
        try with({ _ in StubReply(200, Self.itunes) }) { server, services in
            let match = try #require(try services.resolve(yellow, .itunes))
            #expect(match.link == "https://music.apple.com/us/album/s/2?i=3")
            #expect(match.preview != nil && match.cover != nil)
            #expect(server.requests[0].query["country"] == "DE" && server.requests[0].query["entity"] == "song")
        }
        let bare = Self.itunes.replacing("\"https://music.apple.com/us/album/s/2?i=3\"", with: "null")
        try with({ _ in StubReply(200, bare) }) { _, services in
            let match = try #require(try services.resolve(yellow, .itunes))
            #expect(match.link == nil && match.preview == nil && match.cover == nil)
        }
    }

    @Test(arguments: [(403, ""), (429, ""), (200, ""), (200, "\n\n\n"), (403, "<html>")])
    func itunesBeyondItsLimit(_ status: Int, _ body: String) throws {
        try with({ _ in StubReply(status, body) }) { server, services in
            // A minute, longer than there is time.
            let error = try #require(services.failure(try yellow, .itunes, seconds: 50))
            #expect(error.cause == .rateLimited && error.until != nil)
            // Not remembered as "no such song", and not asked again at once.
            #expect(try services.failure(yellow, .itunes, seconds: 50)?.cause == .rateLimited)
            #expect(server.requests.count == 1)
        }
    }

    @Test func nothingFoundIsRemembered() throws {
        try with({ _ in StubReply(200, "{\"resultCount\":0,\"results\":[]}") }) { server, services in
            let yellow = try self.yellow
            #expect(try services.resolve(yellow, .itunes) == nil)
            #expect(try services.resolve(yellow, .itunes) == nil)
            #expect(server.requests.count == 1)
        }
    }

    private static let youtube = """
        {"items":[{"id":{"kind":"youtube#video","videoId":"kkkkkkkkkkk"},"snippet":{"title":"Yellow karaoke coldplay",
        "channelTitle":"Sing"}},{"id":{"kind":"youtube#channel"}},{"id":{"kind":"youtube#video","videoId":"abcdefghijk"},
        "snippet":{"title":"Coldplay - Yellow (Official Video) &amp; more","channelTitle":"Coldplay",
        "thumbnails":{"default":{"url":"https://i.ytimg.com/d.jpg","width":120,"height":90}}}}]}
        """

    @Test func youtubeSearchesOnceForASong() throws {
        try with({ _ in StubReply(200, Self.youtube) }) { server, services in
            let match = try #require(try services.resolve(yellow, .youtube))
            #expect(match.identifiers == [SongIdentifier(.youtube, "abcdefghijk")])
            #expect(
                match.link == "https://www.youtube.com/watch?v=abcdefghijk"
                    && match.cover == "https://i.ytimg.com/d.jpg")
            let next = try StubbedServices(services.folder, url: server.url)
            #expect(try next.resolve(yellow, .youtube)?.link == match.link)
            #expect(server.requests.count == 1)
            let query = server.requests[0].query
            #expect(
                query["key"] == "stub-youtube-key" && query["videoCategoryId"] == "10" && query["maxResults"] == "5")
            #expect(query["safeSearch"] == "moderate" && query["videoEmbeddable"] == "true" && query["type"] == "video")
        }
    }

    @Test func youtubesHundredSearchesADay() throws {
        try with({ _ in StubReply(200, "{\"items\":[]}") }) { server, services in
            for number in 0..<100 { _ = try services.resolve(song("Song \(number)", "A"), .youtube) }
            let error = try #require(services.failure(try yellow, .youtube))
            #expect(error.cause == .quotaExceeded && server.requests.count == 100)
            let next = try StubbedServices(services.folder, url: server.url)
            #expect(try next.failure(yellow, .youtube)?.cause == .quotaExceeded)
            #expect(server.requests.count == 100)
        }
    }

    @Test(arguments: [
        (403, "youtube.quota", "quotaExceeded", ProviderError.Cause.quotaExceeded),
        (403, "global", "forbidden", .forbidden), (429, "global", "rateLimitExceeded", .rateLimited),
        (403, "usageLimits", "userRateLimitExceeded", .rateLimited), (400, "global", "badRequest", .badCredentials),
    ])
    func youtubesErrors(_ status: Int, _ domain: String, _ reason: String, _ cause: ProviderError.Cause) throws {
        let body = """
            {"error":{"code":\(status),"message":"API key stub-youtube-key is not right","errors":[{"domain":"\(domain)",\
            "reason":"\(reason)"}]}}
            """
        try with({ _ in StubReply(status, body) }) { server, services in
            let error = try #require(services.failure(try yellow, .youtube))
            #expect(error.cause == cause, "\(error)")
            #expect(!"\(error)".contains("stub-youtube-key"))
            if cause == .quotaExceeded {
                #expect((1...86400).contains((error.until ?? 0) - currentTime()))
                #expect(try services.failure(song("A", "B"), .youtube)?.cause == .quotaExceeded)
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test func youtubeDoesNotSendItsKeyElsewhere() throws {
        let other = StubServer { _ in StubReply(200) }
        try with({ _ in StubReply(302, "", headers: [("Location", other.url)]) }) { _, services in
            let yellow = try self.yellow
            #expect(services.failure(yellow, .youtube)?.cause == .refused)
            #expect(other.requests.isEmpty)
        }
    }
}
