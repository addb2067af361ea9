import Foundation
import JSON
import MusicMatching
import StubServer
import Testing
import WebApp

/// Playlists of a server's owner.
@Suite struct PlaylistTests {
    @Test func areSavedListedWrittenAndRemoved() throws {
        let server = try TestServer()
        let saved = try server.post("/api/v1/playlists", ["name": " Rain /\n\"co\" ", "songs": [3, 1, 99_999_999]])
        #expect(saved.status == 200 && saved.json == ["name": "Rain / \"co\"", "songs": 2])
        let lists = try server.get("/api/v1/playlists").json["playlists"]?.arrayValue
        #expect(lists?.count == 1 && lists?.first?["songs"] == [3, 1])
        let songs = try server.post("/api/v1/songs", ["songs": [1, 99_999_999, 3, 1]]).json["songs"]?.arrayValue
        #expect(songs?.map { $0["id"] } == [1, 3, 1] && songs?.allSatisfy { $0["file"] == .null } == true)
        for (format, sign) in [("xspf", "<title>Rain / \"co\"</title>"), ("csv", "title,artist,"), ("m3u8", "#EXTM3U")]
        {
            let file = try server.post(
                "/api/v1/playlist-file", ["name": "Rain / \"co\"", "songs": [3, 1], "format": .string(format)])
            #expect(file.status == 200 && file.text.contains(sign), "\(format): \(file.text.prefix(200))")
        }
        for body: JSONValue in [
            ["name": "", "songs": [1]], ["songs": [1]], ["name": "a", "songs": "1"], ["name": "a", "other": 1],
            ["name": .string(String(repeating: "a", count: 101)), "songs": [1]],
            ["name": "a", "songs": .array((0...10_000).map { .int($0) })],
        ] { #expect(try server.post("/api/v1/playlists", body).status == 400, "\(body)") }
        #expect(
            try server.post("/api/v1/playlist-file", ["name": "a", "songs": [1], "format": "exe"]).status == 400)
        let name = "/api/v1/playlists?name=Rain%20%2F%20%22co%22"
        func remove() -> Int? { TestClient.ask(server.port, "DELETE", name)?.status }
        #expect(remove() == 204 && remove() == 404)
        #expect(try server.get("/api/v1/playlists").json["playlists"]?.arrayValue?.isEmpty == true)
        // A long one comes as it is: what is removed can be saved again.
        let many: JSONValue = .array((1...1200).map { .int($0) })
        #expect(try server.post("/api/v1/playlists", ["name": "long", "songs": many]).json["songs"] == 1200)
        #expect(try server.get("/api/v1/playlists").json["playlists"]?.arrayValue?.first?["songs"] == many)
        let file = try server.post("/api/v1/playlist-file", ["name": "long", "songs": many, "format": "csv"])
        #expect(file.text.split(separator: "\n").count >= 1201)
        #expect(try server.post("/api/v1/songs", ["songs": many]).status == 400)
        var others = TestServer.quick
        others.isPersonal = false
        let strangers = try TestServer(others).post(
            "/api/v1/playlist-file", ["name": "long", "songs": many, "format": "csv"])
        #expect(strangers.status == 400)
    }

    /// At a music server and at Spotify; what is not there is named, and nothing that opens them is told.
    @Test func areSavedElsewhere() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("copies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let music = StubServer { request in
            guard request.headers["x-emby-token"] == "hush-key" else { return StubReply(401, "hush-key") }
            return StubReply(200, request.path == "/Users" ? #"[{"Id":"u1","Name":"Ann"}]"# : #"{"Id":"p1"}"#)
        }
        let spotify = SpotifyStub([SpotifyStub.Track("id1", "Far away", ["The Servers"])])
        try """
        {"client_id":"\(SpotifyStub.id)","access_token":"user-old","refresh_token":"refresh-0","expires":0,\
        "authorised":\(Int(Date().timeIntervalSince1970) - 1000),"scope":"playlist-modify-private"}
        """.write(to: folder.appendingPathComponent("spotify-login.json"), atomically: true, encoding: .utf8)
        var addresses = ServiceAddresses()
        (addresses.spotify, addresses.spotifyAccounts) = (spotify.url, spotify.url)
        let services = try MusicServices(
            memory: ":memory:",
            credentials: Credentials([
                .jellyfinKey: "hush-key", .spotifyClientID: SpotifyStub.id, .spotifyMarket: "DE",
            ]),
            addresses: addresses, tokenFolder: folder.path)
        var options = TestServer.quick
        options.copies = services.playlistCopies()
        let server = try TestServer(options)
        let catalogue = try Catalogue(server.catalogue, builtIn: nil)
        var draft = SongDraft(title: "Far away", artist: "The Servers")
        draft.identifiers = [SongIdentifier(.init(rawValue: "jellyfin"), "\(music.url.dropFirst(7))/a1")]
        let song = try catalogue.add(draft).id
        try catalogue.remember("jellyfin:\(music.url)")
        let places = try server.get("/api/v1/playlists").json["places"]?.arrayValue ?? []
        #expect(places.map { $0["name"]?.stringValue ?? "" } == ["Jellyfin (\(music.url.dropFirst(7)))", "Spotify"])
        func save(_ songs: JSONValue, _ place: JSONValue) throws -> TestClient.Response {
            let answer = try server.post("/api/v1/playlist-copies", ["name": "Rain", "songs": songs, "place": place])
            #expect(!answer.text.contains("hush") && !answer.text.contains("refresh-"))
            return answer
        }
        let title = try catalogue.song(1)
        let missing = JSONValue(["\(title.title) - \(title.artist)"])
        let jellyfin = places[0]["id"] ?? .null
        let there = try save([.int(song), 1], jellyfin)
        #expect(there.status == 200 && there.json == ["saved": 1, "missing": missing, "link": .null], "\(there.text)")
        let made = try #require(music.requests.first { $0.method == "POST" && $0.path == "/Playlists" })
        #expect(made.body.contains("a1") && made.body.contains("Rain"))
        let streamed = try save([1, .int(song)], "spotify")
        #expect(streamed.json["missing"] == missing && streamed.json["saved"] == 1, "\(streamed.text)")
        #expect(streamed.json["link"] == "https://open.spotify.com/playlist/playlist1")
        #expect(spotify.playlist("playlist1") == ["spotify:track:id1"] && spotify.made.first?.name == "Rain")
        // What was found is known from now on.
        #expect(try catalogue.song(song).identifiers.contains(SongIdentifier(.spotify, "id1")))
        let none = try save([1], jellyfin)
        #expect(none.status == 410 && none.json["type"] == "/api/docs#song-gone")
        #expect(try save([1], "jellyfin:http://127.0.0.1:1").status == 400)
        #expect(try save([1], "/etc").status == 400)
        // Only the owner's page does that.
        options.isPersonal = false
        let shared = try TestServer(options)
        let body: JSONValue = ["name": "Rain", "songs": [1], "place": "spotify"]
        #expect(try shared.post("/api/v1/playlist-copies", body).status == 404)
    }

    /// Whoever misspells `songs` does not lose the list that there is.
    @Test func needSongsAndNames() throws {
        let server = try TestServer()
        #expect(try server.post("/api/v1/playlists", ["name": "Rain", "songs": [1, 2]]).status == 200)
        for path in ["playlists", "playlist-file", "songs"] {
            let fields: JSONValue = path == "songs" ? [:] : ["name": "Rain"]
            #expect(try server.post("/api/v1/\(path)", fields).status == 400, "\(path)")
        }
        let remove = try #require(TestClient.ask(server.port, "DELETE", "/api/v1/playlists"))
        #expect(remove.status == 400)
        let lists = try server.get("/api/v1/playlists").json["playlists"]?.arrayValue
        #expect(lists?.first?["songs"] == [1, 2])
    }

    @Test func ofVisitorsStayInTheirBrowsers() throws {
        var options = TestServer.quick
        options.isPersonal = false
        let server = try TestServer(options)
        #expect(try server.get("/api/v1/playlists").status == 404)
        #expect(try server.post("/api/v1/playlists", ["name": "a", "songs": [1]]).status == 404)
        #expect(try server.post("/api/v1/songs", ["songs": [1]]).json["songs"]?.arrayValue?.count == 1)
        let list: [String: JSONValue] = ["name": "a", "songs": [1]]
        #expect(try server.post("/api/v1/playlist-file", .object(list)).text.contains("<trackList>"))
        let m3u8 = list.merging(["format": "m3u8"]) { $1 }
        #expect(try server.post("/api/v1/playlist-file", .object(m3u8)).status == 400)
    }
}
