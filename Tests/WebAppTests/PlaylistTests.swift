import JSON
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
            ["name": "a", "songs": .array((0...500).map { .int($0) })],
        ] { #expect(try server.post("/api/v1/playlists", body).status == 400, "\(body)") }
        #expect(
            try server.post("/api/v1/playlist-file", ["name": "a", "songs": [1], "format": "exe"]).status == 400)
        let name = "/api/v1/playlists?name=Rain%20%2F%20%22co%22"
        func remove() -> Int? { TestClient.ask(server.port, "DELETE", name)?.status }
        #expect(remove() == 204 && remove() == 404)
        #expect(try server.get("/api/v1/playlists").json["playlists"]?.arrayValue?.isEmpty == true)
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
