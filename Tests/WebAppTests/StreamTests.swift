import Foundation
import JSON
import MusicMatching
import StubServer
import Testing
import WebApp

/// Songs of the owner's music server, by the song's number: visitors get the sound, and nothing that opens the server.
@Suite struct StreamTests {
    private static let file: [UInt8] = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
    private static let secret = "hush-key-of-jellyfin"

    /// A Jellyfin with one song, whose answers a test may replace, and a page whose catalogue has that song.
    private struct Setup {
        let music: StubServer
        let page: TestServer
        let song: Int
        var address: String { "/api/v1/streams/\(song)" }
    }

    private func setUp(
        _ options: WebApplication.Options = TestServer.quick, key: String = StreamTests.secret,
        reply: @escaping @Sendable (StubRequest) -> StubReply? = { _ in nil }
    ) throws -> Setup {
        let music = StubServer { request in
            guard request.headers["x-emby-token"] == Self.secret else { return StubReply(401, Self.secret) }
            if let reply = reply(request) { return reply }
            switch request.path {
            case "/Audio/a1/stream": return .part(of: Self.file, type: "audio/mpeg", for: request)
            case "/Users": return StubReply(200, #"[{"Id":"u1","Name":"Ann"}]"#)
            case "/Users/u1/Items/a1": return StubReply(200, #"{"Id":"a1","ImageTags":{"Primary":"x"}}"#)
            case "/Items/a1/Images/Primary":
                return StubReply(200, bytes: [0xFF, 0xD8, 0xFF], headers: [("Content-Type", "image/jpeg")])
            default: return StubReply(404, "")
            }
        }
        var options = options
        options.servers = try MusicServices(memory: ":memory:", credentials: Credentials([.jellyfinKey: key]))
            .serverSongs()
        let page = try TestServer(options)
        let catalogue = try Catalogue(page.catalogue, builtIn: nil)
        var draft = SongDraft(title: "Far away", artist: "The Servers")
        draft.identifiers = [SongIdentifier(.init(rawValue: "jellyfin"), "\(music.url.dropFirst(7))/a1")]
        let song = try catalogue.add(draft).id
        try catalogue.remember("jellyfin:\(music.url)")
        return Setup(music: music, page: page, song: song)
    }

    private func hidesSecrets(_ answer: TestClient.Response) {
        #expect(!answer.text.contains("hush") && !"\(answer.headers)".contains("hush"))
    }

    @Test func givesWholesPartsAndPictures() throws {
        let setup = try setUp(), bytes = Self.file
        let whole = try setup.page.get(setup.address + "?plays=audio/mpeg,audio/ogg")
        #expect(whole.status == 200 && whole.body == bytes)
        #expect(whole.headers["content-type"] == "audio/mpeg" && whole.headers["content-length"] == "\(bytes.count)")
        #expect(whole.headers["content-security-policy"] != nil && whole.headers["x-content-type-options"] == "nosniff")
        let tag = try #require(whole.headers["etag"])
        for (header, range) in [
            ("bytes=0-3", 0..<4), ("bytes=499990-", 499_990..<500_000), ("bytes=-10", 499_990..<500_000),
        ] {
            let part = try setup.page.get(setup.address, ["Range": header, "If-Range": tag])
            #expect(part.status == 206 && part.body == Array(bytes[range]), "\(header)")
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"
            #expect(part.headers["content-range"] == place && part.headers["accept-ranges"] == "bytes")
        }
        #expect(try setup.page.get(setup.address, ["Range": "bytes=500000-"]).status == 416)
        let head = try #require(TestClient.ask(setup.page.port, "HEAD", setup.address))
        #expect(head.status == 200 && head.headers["content-length"] == "\(bytes.count)" && head.body.isEmpty)
        let cover = try setup.page.get("/api/v1/covers/\(setup.song)")
        #expect(
            cover.status == 200 && cover.body == [0xFF, 0xD8, 0xFF] && cover.headers["content-type"] == "image/jpeg")
        let found = try setup.page.get("/api/v1/catalogue/search?q=far%20away%20servers")
        let song = found.json["songs"]?.arrayValue?.first
        #expect(song?["server"]?["name"] == "Jellyfin" && song?["server"]?["gain"] == .null)
        #expect(song?["server"]?["place"] == .string(String(setup.music.url.dropFirst(7))))
        #expect(song?["file"] == .null)
        for answer in [whole, head, cover, found] { hidesSecrets(answer) }
        let other = try setup.page.post("/api/v1/songs", ["songs": [1]]).json["songs"]?.arrayValue?.first
        #expect(other?["server"] == .null)
    }

    @Test func knowsNumbersOnly() throws {
        let setup = try setUp()
        for path in ["0", "-1", "0\(setup.song)", "\(setup.song).mp3", "a1", "..", "%00", "99999999999", "1"] {
            for place in ["streams", "covers"] {
                let answer = try setup.page.get("/api/v1/\(place)/\(path)")
                #expect([400, 404].contains(answer.status), "\(place)/\(path): \(answer.status)")
            }
        }
        #expect(setup.music.requests.isEmpty)
    }

    /// Each has a kind of its own, by which the page says it, and never the server's words.
    @Test func saysWhyNothingComes() throws {
        func kind(_ setup: Setup, _ status: Int) throws -> String? {
            let answer = try setup.page.get(setup.address, ["Range": "bytes=0-0"])
            #expect(answer.status == status && answer.headers["content-type"] == "application/problem+json")
            hidesSecrets(answer)
            return answer.json["type"]?.stringValue?.split(separator: "#").last.map(String.init)
        }
        #expect(try kind(setUp(key: "other-key-than-that"), 502) == "music-server-refuses")
        #expect(try kind(setUp { _ in StubReply(404, Self.secret) }, 410) == "song-gone")
        let page = StubReply(200, "<script>1</script>", headers: [("Content-Type", "text/html")])
        #expect(try kind(setUp { _ in page }, 502) == "music-server-failed")
        #expect(try kind(setUp { _ in StubReply.raw("nothing like HTTP\r\n\r\n") }, 502) == "music-server-failed")
        let setup = try setUp()
        let catalogue = try Catalogue(setup.page.catalogue, builtIn: nil)
        let dead = StubServer.deadAddress
        var draft = SongDraft(title: "Nowhere", artist: "Nobody")
        draft.identifiers = [SongIdentifier(.init(rawValue: "jellyfin"), "\(dead.dropFirst(7))/a1")]
        let song = try catalogue.add(draft).id
        // A server that nobody imported from is not asked, whatever songs say.
        #expect(try setup.page.get("/api/v1/streams/\(song)").status == 404)
        try catalogue.remember("jellyfin:\(dead)")
        #expect(try kind(Setup(music: setup.music, page: setup.page, song: song), 502) == "music-server-gone")
        let cover = try setup.page.get("/api/v1/covers/\(song)")
        #expect(cover.status == 502 && cover.json["type"] == "/api/docs#music-server-gone")
    }

    @Test func keepsToItselfWhatIsNotForEverybody() throws {
        var options = TestServer.quick
        options.sharesFiles = false
        let setup = try setUp(options)
        #expect(try setup.page.get(setup.address).status == 403)
        let song = try setup.page.get("/api/v1/catalogue/search?q=far%20away%20servers").json["songs"]?.arrayValue?
            .first
        #expect(song?["title"] == "Far away" && song?["server"] == nil)
        options.sharesFiles = true
        options.token = "a-token-of-enough-letters"
        let closed = try setUp(options)
        #expect(try closed.page.get(closed.address).status == 401)
        #expect(setup.music.requests.isEmpty && closed.music.requests.isEmpty)
    }

    /// What breaks off does not look whole.
    @Test func whatBreaksOffIsNotTakenForTheWhole() throws {
        for length in [true, false] {
            let setup = try setUp { request in
                guard request.path == "/Audio/a1/stream" else { return nil }
                let body = String(repeating: "x", count: 200_000)
                let head = "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n"
                if length { return .raw(head + "Content-Length: 400000\r\n\r\n" + body) }
                return .raw(head + "Transfer-Encoding: chunked\r\n\r\n30d40\r\n" + body)
            }
            let client = try #require(TestClient(port: setup.page.port))
            client.send("GET \(setup.address) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            var answer: [UInt8] = []
            while let more = client.more() { answer += more }
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 200") && !text.hasSuffix("0\r\n\r\n"), "\(text.count) bytes")
            #expect(text.contains("Content-Length: 400000") == length)
        }
    }

    /// Whoever leaves ends it at the music server too; and so does the page's server when it ends.
    @Test func endsWithTheVisitorAndWithTheServer() throws {
        let big = [UInt8](repeating: 7, count: 96 << 20)
        let setup = try setUp { request in
            request.path == "/Audio/a1/stream"
                ? StubReply(200, bytes: big, headers: [("Content-Type", "audio/mpeg")]) : nil
        }
        let servers = try #require(setup.page.servers)
        func begin(_ setup: Setup) throws -> TestClient {
            let client = try #require(TestClient(port: setup.page.port))
            client.send("GET \(setup.address) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(client.more() != nil)
            return client
        }
        do {
            let client = try begin(setup)
            #expect(servers.open == 1)
            _ = client
        }
        while servers.open > 0 { usleep(10_000) }
        // One that comes slowly.
        let slow = try setUp { request in
            guard request.path == "/Audio/a1/stream" else { return nil }
            var reply = StubReply(200, bytes: Self.file, headers: [("Content-Type", "audio/mpeg")])
            reply.dribble = 0.02
            return reply
        }
        let listener = try begin(slow)
        slow.page.stop()
        #expect(slow.page.servers?.open == 0)
        _ = listener
    }
}
