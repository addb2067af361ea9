import Files
import Glibc
import JSON
import MusicMatching
import StubServer
import Synchronization
import Threads
import Testing
import TextCoding
import Timing

/// What needs a login: the login itself, playlists, playback.
@Suite struct SpotifyListenerTests {
    private func with(
        _ values: [Credentials.Name: String] = [.spotifyClientID: SpotifyStub.id, .spotifyMarket: "DE"],
        tracks: [SpotifyStub.Track] = [], login: Bool = true, _ body: (SpotifyStub, StubbedServices) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let stub = SpotifyStub(tracks)
            let services = try StubbedServices(folder, url: stub.url, values)
            if login { try services.putLogin() }
            try body(stub, services)
        }
    }

    private var limit: CallLimit { CallLimit(.seconds(120)) }

    private func stored(_ services: StubbedServices) throws -> JSONValue {
        let bytes = try FileBytes.read(services.folder + "/spotify-login.json", limit: 1 << 16)
        return try JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
    }

    // MARK: Login

    /// Runs a login against the stub; `visit` plays the browser and gets the login's address.
    private func login(
        _ services: StubbedServices, seconds: Double = 5, _ visit: @escaping @Sendable ([String: String]) -> Void
    ) throws -> (error: ProviderError?, problems: [String]) {
        let login = try services.services.spotifyLogin()
        let query = StubText.fields(String(login.address.split(separator: "?")[1]))
        StubThread.start { visit(query) }
        var problems: [String] = []
        do {
            try login.finish(CallLimit(.seconds(seconds)), input: nil) { problems.append($0) }
            return (nil, problems)
        } catch {
            return (error, problems)
        }
    }

    private static func browse(_ address: String) -> HTTPResponse? {
        try? HTTPClient().send(HTTPRequest(.get, address), CallLimit(.seconds(120)))
    }

    private static let freePort: [Credentials.Name: String] = [
        .spotifyClientID: SpotifyStub.id, .spotifyRedirectURI: "http://127.0.0.1/callback",
    ]

    @Test func aLoginWithProofOfPossession() throws {
        try with(Self.freePort, login: false) { stub, services in
            let pages = Guarded<[String]>([])
            let result = try login(services) { query in
                #expect(query["response_type"] == "code" && query["code_challenge_method"] == "S256")
                #expect(query["client_id"] == SpotifyStub.id && query["client_secret"] == nil)
                let target = query["redirect_uri"] ?? ""
                #expect(target.hasPrefix("http://127.0.0.1:") && target.hasSuffix("/callback"))
                // A favourite icon, a connection that is never used, somebody else's code: none of them ends the login.
                _ = Self.browse(target.replacing("/callback", with: "/favicon.ico"))
                let forged = Self.browse(target + "?code=stolen&state=guessed")
                let page = Self.browse("\(target)?code=\(stub.agree(query))&state=\(query["state"] ?? "")")
                pages.withLock { $0 = ["\(forged?.status ?? 0)", "\(page?.status ?? 0)", page?.text ?? ""] }
            }
            #expect(result.error == nil)
            #expect(result.problems == ["a visit without this login's state was turned away"])
            while pages.withLock({ $0.isEmpty }) { usleep(1000) }
            pages.withLock {
                #expect($0[0] == "400" && $0[1] == "200" && $0[2].contains("connected with Spotify"))
            }
            let exchange = try #require(stub.requests("/api/token").first)
            #expect(exchange.headers["authorization"] == nil)
            let status = try #require(services.services.spotifyLoginStatus)
            #expect(
                abs(status.authorised - currentTime()) < 600
                    && status.missingScopes == ["playlist-read-collaborative", "user-library-read", "user-top-read"])
            var file = stat()
            #expect(stat(status.file, &file) == 0 && file.st_mode & 0o777 == 0o600)
            #expect(services.services.spotifyLogout() && services.services.spotifyLoginStatus == nil)
        }
    }

    @Test func theVerifierBelongsToTheChallenge() throws {
        try with(Self.freePort, login: false) { stub, services in
            let challenge = Guarded("")
            let result = try login(services) { query in
                challenge.withLock { $0 = query["code_challenge"] ?? "" }
                _ = Self.browse(
                    "\(query["redirect_uri"] ?? "")?code=\(stub.agree(query))&state=\(query["state"] ?? "")")
            }
            #expect(result.error == nil)
            let verifier = stub.requests("/api/token").first?.form["code_verifier"] ?? ""
            #expect(Base64.text(SHA256.digest(Array(verifier.utf8)), forAddresses: true) == challenge.withLock { $0 })
        }
    }

    @Test func loginsThatFail() throws {
        try with(Self.freePort, login: false) { stub, services in
            let refused = try login(services) { query in
                _ = Self.browse("\(query["redirect_uri"] ?? "")?error=access_denied&state=\(query["state"] ?? "")")
            }
            #expect(refused.error?.cause == .forbidden && refused.error?.detail == "you did not agree")
            let wrongCode = try login(services) { query in
                _ = Self.browse("\(query["redirect_uri"] ?? "")?code=wrong&state=\(query["state"] ?? "")")
            }
            #expect(wrongCode.error?.cause == .refused)
            let nobody = try login(services, seconds: 0.2) { _ in }
            #expect(nobody.error?.cause == .timedOut)
            #expect(nobody.error.map { "\($0)".contains("http://127.0.0.1/callback") } == true)
            #expect(services.services.spotifyLoginStatus == nil)
        }
        let busy = StubServer { _ in StubReply(200) }
        for redirect in ["http://localhost:8888/callback", busy.url + "/callback"] {
            try with([.spotifyClientID: SpotifyStub.id, .spotifyRedirectURI: redirect], login: false) { _, services in
                let error = problem { _ = try services.services.spotifyLogin() }
                #expect(error?.cause == .wrongRedirect, "\(String(describing: error))")
            }
        }
        try with([:], login: false) { _, services in
            #expect(throws: ProviderError.self) { try services.services.spotifyLogin() }
        }
    }

    @Test func theAddressMayBePasted() throws {
        try with(
            [.spotifyClientID: SpotifyStub.id, .spotifyRedirectURI: "https://example.org/cb"], login: false
        ) { stub, services in
            let login = try services.services.spotifyLogin()
            #expect(!login.listens)
            let query = StubText.fields(String(login.address.split(separator: "?")[1]))
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            let text =
                "\nnonsense\nhttps://example.org/cb?code=\(stub.agree(query))&state=\(query["state"] ?? "")#_=_\n"
            write(ends[1], text, text.utf8.count)
            close(ends[1])
            defer { close(ends[0]) }
            try login.finish(limit, input: ends[0]) { _ in }
            #expect(services.services.spotifyLoginStatus != nil)
        }
    }

    // MARK: Renewal

    @Test func theOldRefreshTokenStaysGoodIfNoNewOneComes() throws {
        try with { stub, services in
            try services.services.spotifyListener.play(["t1"], device: nil, limit)
            #expect(stub.playing == ["spotify:track:t1"])
            #expect(try stored(services)["refresh_token"]?.stringValue == "refresh-0")
            #expect(try stored(services)["access_token"]?.stringValue == "user-1")
            stub.rotateRefreshTokens()
            stub.letTokensEnd(after: 1)
            try services.services.spotifyListener.play(["t2"], device: "d", limit)
            #expect(try stored(services)["refresh_token"]?.stringValue == "refresh-2")
            #expect(stub.requests("/me/player").last?.query["device_id"] == "d")
        }
    }

    @Test func manyAtOnceRenewOnce() throws {
        try with { stub, services in
            stub.rotateRefreshTokens()
            let done = Atomic<Int>(0), failed = Atomic<Int>(0)
            let (folder, url) = (services.folder, stub.url)
            for _ in 0..<6 {
                StubThread.start {
                    // As separate processes would.
                    let own = try? StubbedServices(folder, url: url, [.spotifyClientID: SpotifyStub.id])
                    do {
                        try own?.services.spotifyListener.play(["t"], device: nil, CallLimit(.seconds(120)))
                    } catch {
                        failed.add(1, ordering: .relaxed)
                    }
                    done.add(1, ordering: .relaxed)
                }
            }
            while done.load(ordering: .relaxed) < 6 { usleep(1000) }
            #expect(failed.load(ordering: .relaxed) == 0)
            #expect(stub.tokensIssued == 1)
        }
    }

    @Test func aLoginThatEndedSaysSo() throws {
        try with { stub, services in
            let a = try song("A", "B")
            stub.revokeLogins()
            #expect(services.failure(a, .spotify)?.cause == .loginExpired)
        }
        // With the app's secret songs are still found.
        try with(StubbedServices.app, tracks: [SpotifyStub.Track("t", "A", ["B"])]) { stub, services in
            let a = try song("A", "B")
            stub.revokeLogins()
            #expect(try services.resolve(a, .spotify)?.link != nil)
            let error = problem { try services.services.spotifyListener.play(["t"], device: nil, limit) }
            #expect(error?.cause == .loginExpired && error.map { !"\($0)".contains("fermusic") } == true)
        }
        try with(login: false) { _, services in
            let error = problem { try services.services.spotifyListener.play(["t"], device: nil, limit) }
            #expect(error?.cause == .loginNeeded)
        }
    }

    // MARK: Playlists

    @Test func aListIsSavedPrivately() throws {
        try with { stub, services in
            let tracks = (0..<230).map { "t\($0)" }
            let playlist = try services.services.spotifyListener.save(
                tracks, name: "\"Sad\" 🎵", description: "d", limit)
            #expect(playlist.link == "https://open.spotify.com/playlist/playlist1" && playlist.count == 230)
            #expect(stub.playlist("playlist1") == tracks.map { "spotify:track:\($0)" })
            #expect(stub.made.count == 1 && stub.made[0].name == "\"Sad\" 🎵" && stub.made[0].isPublic == false)
            #expect(stub.requests("/playlists").count == 3)
        }
    }

    @Test func halfAPlaylistIsSaid() throws {
        try with { stub, services in
            stub.override { $0.path.hasSuffix("/items") ? SpotifyStub.error(403, "Insufficient client scope") : nil }
            let error = problem {
                _ = try services.services.spotifyListener.save(["a"], name: "n", description: "", limit)
            }
            #expect(error?.cause == .scopeMissing && error?.detail.contains("playlist1 has 0 songs") == true)
            // What may have happened is not done twice.
            stub.override { $0.path == "/me/playlists" ? StubReply(500) : nil }
            #expect(throws: ProviderError.self) {
                try services.services.spotifyListener.save(["a"], name: "n", description: "", limit)
            }
            #expect(stub.requests("/me/playlists").count == 2)
        }
    }

    @Test func aBusyServerIsNotAskedTwiceToDoSomething() throws {
        try with { stub, services in
            stub.override {
                $0.path == "/me/playlists" ? StubReply(503, "", headers: [("Retry-After", "1")]) : nil
            }
            let error = problem {
                _ = try services.services.spotifyListener.save(["a"], name: "n", description: "", limit)
            }
            #expect(error?.cause == .serverFailed && stub.requests("/me/playlists").count == 1)
        }
        // Who is told to come later was not heard.
        try with { stub, services in
            let calls = Atomic<Int>(0)
            stub.override { request in
                guard request.path == "/me/playlists", calls.add(1, ordering: .relaxed).newValue == 1 else {
                    return nil
                }
                return StubReply(429, "", headers: [("Retry-After", "1")])
            }
            let saved = try services.services.spotifyListener.save(["a"], name: "n", description: "", limit)
            #expect(saved.count == 1 && stub.requests("/me/playlists").count == 2)
        }
    }

    @Test func playlistsAreReadAgain() throws {
        let entries = (0..<70).map { number -> String in
            let track = SpotifyStub.json(
                SpotifyStub.Track("p\(number)", "Song \(number)", ["A", "B"], isrc: "i\(number)"))
            switch number {
            case 3: return "{\"item\":null,\"track\":null}"
            case 4:
                return
                    "{\"is_local\":true,\"item\":{\"id\":null,\"name\":\"Own file\",\"artists\":[{\"name\":\"Me\"}],\"album\":null}}"
            case 5:
                return
                    "{\"item\":{\"type\":\"episode\",\"id\":\"e\",\"name\":\"A talk\",\"artists\":[{\"name\":\"X\"}]}}"
            case 6: return "{\"item\":null,\"track\":\(track.text())}"
            case 7: return "{\"track\":\(track.text())}"
            default: return "{\"added_at\":\"2026-01-01T00:00:00Z\",\"is_local\":false,\"item\":\(track.text())}"
            }
        }
        try with { stub, services in
            stub.override { request in
                guard request.path.hasPrefix("/playlists/") else { return nil }
                if request.path.contains("notmine") { return SpotifyStub.error(403, "Forbidden") }
                let offset = Int(request.query["offset"] ?? "0") ?? 0
                // Pages may be smaller than was asked for.
                let page = entries[min(offset, 70)..<min(offset + 30, 70)].joined(separator: ",")
                return StubReply(200, "{\"items\":[\(page)],\"next\":\(offset + 30 < 70 ? "\"https://x\"" : "null")}")
            }
            let catalogue = try Catalogue(services.folder + "/c.db", builtIn: nil)
            try catalogue.remember("https://open.spotify.com/playlist/mine?si=x")
            try catalogue.remember("spotify:playlist:notmine")
            let results = try catalogue.refresh(providers: services.services.lists())
            for result in results {
                switch result.outcome {
                case .read(let report): #expect(report.format == "playlist" && report.added == 68, "\(report)")
                case .failed(let reason): #expect(reason.contains("that you own"), "\(reason)")
                case .unchanged: Issue.record("unchanged")
                case .music: Issue.record("music")
                }
            }
            #expect(stub.requests("/playlists/mine/items").count == 3)
            #expect(try catalogue.song(named: "Song 7").year == 2025)
            #expect(try catalogue.song(named: "Own file").identifiers.isEmpty)
            guard case .read(let again) = try catalogue.refresh(providers: services.services.lists())[0].outcome else {
                Issue.record("not read")
                return
            }
            #expect(again.added == 0 && again.unchanged == 68)
        }
    }

    @Test(arguments: [
        (404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE", ProviderError.Cause.noDevice),
        (403, "Player command failed: Premium required", "PREMIUM_REQUIRED", .premiumRequired),
    ])
    func playbackThatCannotStart(
        _ status: Int, _ message: String, _ reason: String, _ cause: ProviderError.Cause
    ) throws {
        try with { stub, services in
            stub.override { $0.path == "/me/player/play" ? SpotifyStub.error(status, message, reason: reason) : nil }
            let error = problem { try services.services.spotifyListener.play(["t"], device: nil, limit) }
            #expect(error?.cause == cause)
        }
    }
}
