import Files
import Glibc
import JSON
import MusicMatching
import StubServer
import Synchronization
import Testing
import Timing

@Suite struct SpotifyTests {
    private static let tracks = [
        SpotifyStub.Track("k1", "Yellow (Karaoke)", ["Karaoke Coldplay"]),
        SpotifyStub.Track("t1", "Yellow", ["Coldplay"], album: "Parachutes", isrc: "GBAYE0000351"),
        SpotifyStub.Track("t2", "Fix You", ["Coldplay"], album: "X&Y", isrc: "GBAYE0500605"),
        SpotifyStub.Track("t3", "Clocks", ["Coldplay"]),
    ]

    private func with(
        _ values: [Credentials.Name: String] = StubbedServices.app,
        _ body: (SpotifyStub, StubbedServices) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let stub = SpotifyStub(Self.tracks)
            try body(stub, try StubbedServices(folder, url: stub.url, values))
        }
    }

    private var yellow: Song { get throws { try song("Yellow", "Coldplay") } }

    @Test func findsTheSongAmongImitations() throws {
        try with { stub, services in
            let match = try #require(try services.resolve(yellow, .spotify))
            #expect(match.identifiers == [SongIdentifier(.spotify, "t1"), SongIdentifier(.isrc, "GBAYE0000351")])
            #expect(match.link == "https://open.spotify.com/track/t1" && match.age == nil)
            // A picture whose size nobody knows counts as large enough.
            #expect(match.cover == "https://i.scdn.co/image/medium")
            let request = try #require(stub.requests("/search").first)
            #expect(request.query["limit"] == "10" && request.query["market"] == "DE")
            #expect(request.query["q"] == "track:yellow artist:coldplay")
            #expect(try services.resolve(song("No Such Song", "Coldplay"), .spotify) == nil)
        }
    }

    @Test func theRecordingCodeIsAskedFirst() throws {
        try with { stub, services in
            let match = try services.resolve(song("Fix You", "Coldplay", isrc: "GBAYE0500605"), .spotify)
            #expect(match?.identifiers.first?.value == "t2")
            #expect(stub.requests("/search").map { $0.query["q"] } == ["isrc:GBAYE0500605"])
            // A code that it does not know.
            _ = try services.resolve(song("Clocks", "Coldplay", isrc: "XX0000000000"), .spotify)
            #expect(stub.requests("/search").count == 3)
        }
    }

    @Test func aKnownIdentifierIsLookedUp() throws {
        try with { stub, services in
            var known = try yellow
            known.identifiers = [SongIdentifier(.spotify, "t3")]
            #expect(try services.resolve(known, .spotify)?.link == "https://open.spotify.com/track/t3")
            // One that it no longer has is searched for.
            known.identifiers = [SongIdentifier(.spotify, "gone")]
            #expect(try services.resolve(known, .spotify)?.link == "https://open.spotify.com/track/t1")
            // Nothing of an identifier gets into the address.
            known.identifiers = [SongIdentifier(.spotify, "../me?x=")]
            #expect(try services.resolve(known, .spotify)?.link == "https://open.spotify.com/track/t1")
            #expect(stub.requests("/tracks").map(\.path) == ["/tracks/t3", "/tracks/gone"])
        }
    }

    @Test func answersAreKeptAndUsedWhenOffline() throws {
        try withTemporaryFolder { folder in
            let time = Atomic<Int>(currentTime())
            let stub = SpotifyStub(Self.tracks)
            let services = try StubbedServices(folder, url: stub.url) { time.load(ordering: .relaxed) }
            _ = try services.resolve(yellow, .spotify)
            time.add(100, ordering: .relaxed)
            #expect(try services.resolve(yellow, .spotify)?.age == 100)
            #expect(stub.requests("/search").count == 1)
            time.add(60 * 86400, ordering: .relaxed)
            #expect(try services.resolve(yellow, .spotify)?.age == nil)
            #expect(stub.requests("/search").count == 2)
            // Too old, but better than nothing when nobody answers.
            time.add(60 * 86400, ordering: .relaxed)
            let offline = try StubbedServices(folder, url: StubServer.deadAddress) { time.load(ordering: .relaxed) }
            #expect(try offline.resolve(yellow, .spotify)?.age == 60 * 86400)
            #expect(try offline.failure(song("Fix You", "Coldplay"), .spotify)?.cause == .offline)
        }
    }

    @Test func tokensAreSharedAndRenewedMidWay() throws {
        try with { stub, services in
            stub.letTokensEnd(after: 8)
            let songs = try (0..<12).map {
                try song(["Yellow", "Fix You", "Clocks"][$0 % 3], "Coldplay", isrc: "X\($0)")
            }
            let provider = services.services.provider(.spotify)
            let enrichment = Enrichment(of: songs, with: provider, within: .seconds(120))
            #expect(enrichment.problem == nil)
            #expect(enrichment.matches.allSatisfy { $0 != nil })
            // Twelve searches that find nothing by code, twelve by name, eight for each token.
            #expect((2...12).contains(stub.tokensIssued))
            // Kept for the next run, for nobody else to read.
            var status = stat()
            #expect(stat(services.folder + "/spotify-app.json", &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
        try with { stub, services in
            let songs = try (0..<12).map {
                try song(["Yellow", "Fix You", "Clocks"][$0 % 3], "Coldplay", isrc: "X\($0)")
            }
            _ = Enrichment(of: songs, with: services.services.provider(.spotify), within: .seconds(120))
            #expect(stub.tokensIssued == 1)
            let next = try StubbedServices(services.folder, url: stub.url)
            _ = try next.resolve(song("Yellow", "Coldplay", isrc: "other"), .spotify)
            #expect(stub.tokensIssued == 1)
        }
    }

    @Test func aTokenThatIsNeverAcceptedEnds() throws {
        try with { stub, services in
            let yellow = try self.yellow
            stub.letTokensEnd(after: 0)
            #expect(services.failure(yellow, .spotify)?.cause == .badCredentials)
            #expect(stub.requests("/search").count == 2)
        }
    }

    @Test(
        arguments: [
            (
                403, "Active premium subscription required for the owner of the app.", nil,
                ProviderError.Cause.premiumMissing
            ),
            (403, "Insufficient client scope", nil, .scopeMissing),
            (403, "Player command failed: Premium required", "PREMIUM_REQUIRED", .premiumRequired),
            (403, "Forbidden", nil, .forbidden),
            (404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE", .noDevice),
            (404, "Resource not found", nil, .notFound), (400, "Invalid limit", nil, .refused),
        ] as [(Int, String, String?, ProviderError.Cause)])
    func errorsAreTold(_ status: Int, _ message: String, _ reason: String?, _ cause: ProviderError.Cause) throws {
        try with { stub, services in
            stub.override { $0.path == "/search" ? SpotifyStub.error(status, message, reason: reason) : nil }
            let error = try #require(services.failure(try yellow, .spotify))
            #expect(error.cause == cause, "\(error)")
            #expect(stub.requests("/search").count == 1)
            #expect("\(error)".hasPrefix("Spotify: "))
        }
    }

    @Test func theDashboardsErrorIsPlainText() throws {
        try with { stub, services in
            stub.override {
                $0.path == "/search" ? StubReply(403, "User not registered in the Developer Dashboard") : nil
            }
            let error = try #require(services.failure(try yellow, .spotify))
            #expect(error.cause == .notAllowListed && "\(error)".contains("User Management"))
        }
    }

    @Test func aShortWaitIsWaitedOutALongOneIsNot() throws {
        try with { stub, services in
            let yellow = try self.yellow
            let calls = Atomic<Int>(0)
            stub.override { request in
                guard request.path == "/search", calls.add(1, ordering: .relaxed).newValue == 1 else { return nil }
                return StubReply(429, "", headers: [("Retry-After", "1")])
            }
            let start = ContinuousClock.now
            #expect(try services.resolve(yellow, .spotify) != nil)
            #expect(ContinuousClock.now - start > .seconds(1))
        }
        try with { stub, services in
            stub.override { request in
                guard request.path == "/search" else { return nil }
                let reply = SpotifyStub.error(429, "API quota exceeded", reason: "QUOTA_EXCEEDED")
                return StubReply(429, reply.body, headers: [("Retry-After", "61000")])
            }
            let start = ContinuousClock.now, asked = currentTime()
            let error = try #require(services.failure(try yellow, .spotify))
            #expect(error.cause == .quotaExceeded)
            #expect((asked + 61_000...currentTime() + 61_000).contains(error.until ?? 0))
            // Nobody asks again before that, also not the next process; other endpoints go on.
            #expect(try services.failure(song("Fix You", "Coldplay"), .spotify)?.cause == .quotaExceeded)
            let next = try StubbedServices(services.folder, url: stub.url)
            #expect(try next.failure(song("Clocks", "Coldplay"), .spotify)?.cause == .quotaExceeded)
            #expect(stub.requests("/search").count == 1)
            var known = try yellow
            known.identifiers = [SongIdentifier(.spotify, "t3")]
            #expect(try next.resolve(known, .spotify) != nil)
            #expect(ContinuousClock.now - start < .seconds(3600), "nobody waits for a day to pass")
        }
    }

    @Test func failingServersAreTriedAgainThenLeftAlone() throws {
        try with { stub, services in
            let yellow = try self.yellow
            let calls = Atomic<Int>(0)
            stub.override { request in
                guard request.path == "/search", calls.add(1, ordering: .relaxed).newValue <= 2 else { return nil }
                return StubReply(503, "")
            }
            #expect(try services.resolve(yellow, .spotify) != nil)
            #expect(stub.requests("/search").count == 3)
            stub.override { $0.path == "/search" ? StubReply(500, "<html>") : nil }
            #expect(try services.failure(song("Fix You", "Coldplay"), .spotify)?.cause == .serverFailed)
            let before = stub.requests("/search").count
            #expect(try services.failure(song("Clocks", "Coldplay"), .spotify)?.cause == .paused)
            #expect(stub.requests("/search").count == before)
        }
    }

    @Test(arguments: [
        "", "null", "[]", "{}", "{\"tracks\":null}", "{\"tracks\":{\"items\":{}}}", "<html>", "{\"tracks\":", "\u{0}",
        "{\"tracks\":{\"items\":[" + String(repeating: "[", count: 3000) + "]}}",
    ])
    func nonsenseIsAnError(_ body: String) throws {
        try with { stub, services in
            let yellow = try self.yellow
            stub.override { $0.path == "/search" ? StubReply(200, body) : nil }
            #expect(services.failure(yellow, .spotify)?.cause == .notUnderstood)
        }
    }

    @Test func strangeTracksAreTolerated() throws {
        try with { stub, services in
            let items = """
                {"tracks":{"items":[null,{},{"name":null},{"name":"Yellow","artists":null},{"name":5,"artists":[]},
                {"name":"Yellow","artists":[{"name":null}]},"x",
                {"name":"Yellow","artists":[{"name":"Coldplay"}],"id":"a/../b","external_urls":{"spotify":"javascript:alert(1)"},
                 "album":{"images":[{"url":"http://plain.example/x","width":640},{"url":null},null]},"new_field":{"a":[1]}}]}}
                """
            stub.override { $0.path == "/search" ? StubReply(200, items) : nil }
            let match = try #require(try services.resolve(yellow, .spotify))
            #expect(match == ProviderMatch(identifiers: []))
        }
    }

    @Test func withoutCredentialsNobodyIsAsked() throws {
        try with([:]) { stub, services in
            let error = try #require(services.failure(try yellow, .spotify))
            #expect(error.cause == .notSetUp && "\(error)".contains("SPOTIFY_CLIENT_ID"))
            #expect(services.services.usual == nil && stub.server.requests.isEmpty)
        }
        try with([.spotifyClientID: SpotifyStub.id, .spotifyClientSecret: "wrong-secret-value"]) { stub, services in
            let error = try #require(services.failure(try yellow, .spotify))
            #expect(error.cause == .badCredentials && "\(error)".contains("SPOTIFY_CLIENT_SECRET"))
            #expect(services.services.usual == .spotify)
            #expect(!"\(error)".contains("wrong-secret-value"))
        }
    }

    @Test func whatAServerRepeatsOfASecretIsNotShown() throws {
        try with { stub, services in
            stub.override { _ in
                StubReply(
                    400, "{\"error\":\"x\",\"error_description\":\"no \(SpotifyStub.secret) here, \(SpotifyStub.id)\"}")
            }
            let error = try #require(services.failure(try yellow, .spotify))
            #expect(error.cause == .refused && !"\(error)".contains("stub-client"), "\(error)")
        }
    }
}
