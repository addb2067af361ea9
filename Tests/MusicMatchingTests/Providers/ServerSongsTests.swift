import Foundation
import MusicMatching
import StubServer
import Testing

/// Songs of servers as they are handed on: what is asked, what is taken from an answer, what is not.
@Suite struct ServerSongsTests {
    private static let file: [UInt8] = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }

    private func songs(_ values: [Credentials.Name: String]) throws -> ServerSongs {
        try MusicServices(memory: ":memory:", credentials: Credentials(values)).serverSongs()
    }

    private func song(_ kind: String, _ server: StubServer, _ number: String) -> Song {
        var song = Song(title: "T", artist: "A")
        song.identifiers = [SongIdentifier(.init(rawValue: kind), "\(server.url.dropFirst(7))/\(number)")]
        return song
    }

    private func jellyfin(_ reply: @escaping @Sendable (StubRequest) -> StubReply?) -> StubServer {
        StubServer { request in
            guard request.headers["x-emby-token"] == "hush-key" else { return StubReply(401, "hush-key is wrong") }
            if let reply = reply(request) { return reply }
            switch request.path {
            case "/Audio/a1/stream": return .part(of: Self.file, type: "audio/x-flac", for: request)
            case "/Users": return StubReply(200, #"[{"Id":"u1","Name":"Ann"}]"#)
            case "/Users/u1/Items/a1":
                return StubReply(200, #"{"Id":"a1","ImageTags":{},"AlbumId":"b1","AlbumPrimaryImageTag":"x"}"#)
            case "/Items/b1/Images/Primary":
                return StubReply(200, bytes: [1, 2], headers: [("Content-Type", "image/jpeg")])
            default: return StubReply(404, "")
            }
        }
    }

    @Test func jellyfinByItsDocuments() throws {
        let server = jellyfin { _ in nil }
        let songs = try songs([.jellyfinKey: "hush-key"]), song = song("jellyfin", server, "a1")
        let places = ["/music", "jellyfin:\(server.url)"]
        let owner = try #require(songs.server(of: song.identifiers, among: places))
        #expect(songs.server(of: song.identifiers, among: ["/music", "mpd:nas"]) == nil)
        #expect(songs.server(of: [SongIdentifier(.init(rawValue: "jellyfin"), "nas:1/a1")], among: places) == nil)
        let whole = try songs.sound(of: song, from: owner, ServerSongs.Wish(types: ["audio/flac"]))
        #expect(whole.status == 200 && whole.type == "audio/flac" && whole.count == Self.file.count)
        #expect(whole.tag == "\"stub-700000\"")
        #expect(try whole.download.rest(upTo: 1 << 20, CallLimit(.seconds(60))) == Self.file)
        songs.close(whole.download)
        let part = try songs.sound(of: song, from: owner, ServerSongs.Wish(range: "bytes=-5", ifRange: whole.tag))
        #expect(part.status == 206 && part.range == "bytes 699995-699999/700000")
        #expect(try part.download.rest(upTo: 10, CallLimit(.seconds(60))) == Array(Self.file.suffix(5)))
        songs.close(part.download)
        let asked = server.requests.filter { $0.path == "/Audio/a1/stream" }
        #expect(asked.allSatisfy { $0.query == ["static": "true"] && $0.headers["accept-encoding"] == nil })
        #expect(asked.last?.headers["range"] == "bytes=-5" && asked.last?.headers["if-range"] == whole.tag)
        let cover = try songs.cover(of: song, from: owner)
        #expect(cover?.type == "image/jpeg" && cover?.bytes == [1, 2])
        // Several parts, other units and what is no tag are not asked for.
        for range in ["bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=0-\r\nX: y"] {
            let sound = try songs.sound(of: song, from: owner, ServerSongs.Wish(range: range, ifRange: "x\r\n"))
            #expect(sound.status == 200)
            songs.close(sound.download)
        }
        #expect(songs.open == 0)
    }

    @Test func whatIsNotPlayedIsMadeIntoMP3WhereThatCanBe() throws {
        let canMake = StubReply(200, bytes: [1, 2, 3], headers: [("Content-Type", "audio/mpeg")])
        for reply in [canMake, StubReply(500, "no ffmpeg")] {
            let server = jellyfin { $0.path == "/Audio/a1/stream.mp3" ? reply : nil }
            let songs = try songs([.jellyfinKey: "hush-key"]), song = song("jellyfin", server, "a1")
            let owner = try #require(songs.server(of: song.identifiers, among: ["jellyfin:\(server.url)"]))
            func ask() throws -> ServerSongs.Sound {
                try songs.sound(of: song, from: owner, ServerSongs.Wish(types: ["audio/mpeg", "audio/ogg"]))
            }
            if reply.status == 200 {
                let sound = try ask()
                #expect(sound.type == "audio/mpeg" && sound.count == 3)
                songs.close(sound.download)
            } else {
                #expect { _ = try ask() } throws: { "\($0)".contains("audio/flac") }
            }
            #expect(songs.open == 0)
        }
    }

    /// What is no sound is not handed on, and why it is none is told without the server's words.
    @Test func refusalsHaveCauses() throws {
        func cause(_ kind: String, _ values: [Credentials.Name: String], _ server: StubServer) throws -> ProviderError?
        {
            let songs = try songs(values), song = song(kind, server, "a1")
            let owner = try #require(songs.server(of: song.identifiers, among: ["\(kind):\(server.url)"]))
            do throws(ProviderError) {
                let sound = try songs.sound(of: song, from: owner, ServerSongs.Wish())
                songs.close(sound.download)
                return nil
            } catch {
                #expect(!"\(error)".contains("hush") && songs.open == 0, "\(error)")
                return error
            }
        }
        let key: [Credentials.Name: String] = [.jellyfinKey: "hush-key"]
        #expect(try cause("jellyfin", [.jellyfinKey: "other"], jellyfin { _ in nil })?.cause == .badCredentials)
        let page = StubReply(200, "<script>hush</script>", headers: [("Content-Type", "text/html")])
        #expect(try cause("jellyfin", key, jellyfin { _ in page })?.cause == .notUnderstood)
        #expect(try cause("jellyfin", key, jellyfin { _ in StubReply(404, "hush") })?.cause == .notFound)
        let elsewhere = StubReply(302, "", headers: [("Location", "http://127.0.0.1:1/hush")])
        #expect(try cause("jellyfin", key, jellyfin { _ in elsewhere })?.cause == .refused)
        let account: [Credentials.Name: String] = [.subsonicUser: "u", .subsonicPassword: "hush-password"]
        for (code, expected) in [(70, ProviderError.Cause.notFound), (50, .forbidden), (0, .refused)] {
            let server = StubServer { request in
                if request.path == "/rest/ping.view" {
                    return StubReply(200, #"{"subsonic-response":{"status":"ok"}}"#)
                }
                let words = request.query["t"] ?? ""
                return StubReply(
                    200,
                    #"{"subsonic-response":{"status":"failed","error":{"code":\#(code),"message":"hush \#(words)"}}}"#,
                    headers: [("Content-Type", "application/json")])
            }
            #expect(try cause("subsonic", account, server)?.cause == expected)
        }
    }

    /// Who is not there is not asked again at once.
    @Test func whoIsAwayIsLeftAlone() throws {
        let key: [Credentials.Name: String] = [.jellyfinKey: "hush-key"]
        let others = try songs(key)
        var far = Song(title: "T", artist: "A")
        let dead = StubServer.deadAddress
        far.identifiers = [SongIdentifier(.init(rawValue: "jellyfin"), "\(dead.dropFirst(7))/a1")]
        let owner = try #require(others.server(of: far.identifiers, among: ["jellyfin:\(dead)"]))
        for _ in 0..<3 {
            #expect { try others.sound(of: far, from: owner, ServerSongs.Wish()) } throws: {
                ($0 as? ProviderError)?.cause == .offline
            }
        }
    }

    @Test func whatBreaksOffIsNoEnd() throws {
        let server = jellyfin { request in
            request.path == "/Audio/a1/stream"
                ? StubReply(200, bytes: Self.file, headers: [("Content-Type", "audio/mpeg")]).cut(at: 300_000) : nil
        }
        let songs = try songs([.jellyfinKey: "hush-key"]), song = song("jellyfin", server, "a1")
        let owner = try #require(songs.server(of: song.identifiers, among: ["jellyfin:\(server.url)"]))
        let sound = try songs.sound(of: song, from: owner, ServerSongs.Wish())
        #expect(throws: HTTPError.self) { try sound.download.rest(upTo: 1 << 20, CallLimit(.seconds(60))) }
        songs.close(sound.download)
    }

    /// Nobody takes it: little is read ahead, and whoever leaves ends it.
    @Test func littleIsReadAhead() throws {
        let server = jellyfin { request in
            request.path == "/Audio/a1/stream"
                ? StubReply(
                    200, bytes: [UInt8](repeating: 1, count: 64 << 20), headers: [("Content-Type", "audio/mpeg")]) : nil
        }
        let songs = try songs([.jellyfinKey: "hush-key"]), song = song("jellyfin", server, "a1")
        let owner = try #require(songs.server(of: song.identifiers, among: ["jellyfin:\(server.url)"]))
        var sounds: [ServerSongs.Sound] = []
        for _ in 0..<ServerSongs.most {
            sounds.append(try songs.sound(of: song, from: owner, ServerSongs.Wish()))
        }
        #expect { try songs.sound(of: song, from: owner, ServerSongs.Wish()) } throws: {
            ($0 as? ProviderError)?.cause == .rateLimited
        }
        // A limit that is long over takes nothing away from what is there already.
        for sound in sounds {
            #expect(throws: HTTPError.self) { try sound.download.rest(upTo: 1 << 20, CallLimit(.seconds(60))) }
        }
        songs.close()
        #expect { try songs.sound(of: song, from: owner, ServerSongs.Wish()) } throws: { $0 is ProviderError }
        for sound in sounds { songs.close(sound.download) }
        #expect(songs.open == 0)
    }
}
