import Emotions
import Foundation
import JSON
import MusicMatching
import Testing
import WebApp

/// Songs out.
@Suite struct WebMusicTests {
    let server = Result { try TestServer() }

    private func songs(_ answer: TestClient.Response) -> [JSONValue] { answer.json["songs"]?.arrayValue ?? [] }
    private func ids(_ answer: TestClient.Response) -> [Int] { songs(answer).compactMap { $0["id"]?.intValue } }

    @Test func bothWaysOfAskingGiveTheSame() throws {
        let server = try server.get()
        let simple = try server.get("/api/v1/recommendations?emotion=happy=0.6,surprise=0.4&mode=lift&count=7&seed=3")
        let full = try server.post(
            "/api/v1/recommendations",
            ["emotions": ["happy": 0.6, "surprise": 0.4], "mode": "lift", "count": 7, "seed": 3])
        #expect(simple.status == 200)
        #expect(songs(simple).count == 7)
        #expect(simple.json == full.json)
        for song in songs(simple) {
            #expect(song["links"]?["spotify"]?.stringValue?.hasPrefix("https://open.spotify.com/search/") == true)
            let parts = song["reasons"]?.arrayValue?.compactMap { $0["text"]?.stringValue } ?? []
            #expect(parts.allSatisfy { song["reason"]?.stringValue?.contains($0) == true } && !parts.isEmpty)
        }
    }

    /// The file from which browsers choose for themselves, so that no mood is sent.
    @Test func givesTheCatalogueToThoseWhoChooseThemselves() throws {
        let server = try server.get()
        let file = try server.get("/engine/songs.fmsongs")
        // Without the engine for browsers the server chooses.
        if try server.get("/api/v1/options").json["matcher"]?.isNull != false {
            #expect(file.status == 404)
            return
        }
        #expect(file.status == 200 && file.headers["cache-control"] == "private, no-cache")
        let songs = try file.body.withUnsafeBytes { try CompactCatalogue($0) }
        #expect(songs.songs.count == (try server.get("/api/v1/options").json["songs"]?.intValue))
        let packed = try server.get("/engine/songs.fmsongs", ["Accept-Encoding": "gzip"])
        #expect(packed.body.count < file.body.count * 2 / 3)
        let tag = try #require(file.headers["etag"])
        let again = try server.get("/engine/songs.fmsongs", ["If-None-Match": tag])
        #expect(again.status == 304 && again.body.isEmpty)
        // What was said of songs changes nobody's file.
        let id = try #require(songs.songs.first?.id)
        #expect(try server.post("/api/v1/feedback", ["song": .int(id), "opinion": "like"]).status == 200)
        #expect(try server.get("/engine/songs.fmsongs", ["If-None-Match": tag]).status == 304)
    }

    @Test func languagesComeFirstOrNever() throws {
        let server = try server.get()
        let hindi = try server.get("/api/v1/recommendations?emotion=sad&count=10&language=hindi,ta")
        #expect(songs(hindi).allSatisfy { ["hi", "ta"].contains($0["language"]?.stringValue) })
        let others = try server.get("/api/v1/recommendations?emotion=sad&count=50&without=en,hi&without=te")
        #expect(songs(others).count == 50)
        #expect(songs(others).allSatisfy { !["en", "hi", "te"].contains($0["language"]?.stringValue) })
        let both = try server.post(
            "/api/v1/recommendations",
            ["emotions": ["sad": 1], "count": 20, "languages": ["hi", "en"], "withoutLanguages": ["en"]])
        #expect(songs(both).allSatisfy { $0["language"] == "hi" })
    }

    @Test func languagesOfTheBrowserArePreferredALittle() throws {
        let server = try server.get()
        func spanish(_ headers: [String: String]) throws -> Int {
            let answer = try server.get("/api/v1/recommendations?emotion=happy&count=50&seed=4", headers)
            return songs(answer).filter { ["es", "en"].contains($0["language"]?.stringValue) }.count
        }
        let without = try spanish([:]), with = try spanish(["Accept-Language": "es-MX,es;q=0.9,*;q=0.1"])
        #expect(with > without + 5, "\(with) of 50 instead of \(without)")
    }

    @Test func moreLikeASong() throws {
        let server = try server.get()
        let first = try #require(songs(try server.get("/api/v1/recommendations?emotion=happy&count=1&seed=1")).first)
        let id = try #require(first["id"]?.intValue)
        let answer = try server.post("/api/v1/recommendations", ["like": .int(id), "count": 8])
        #expect(songs(answer).count == 8)
        #expect(!ids(answer).contains(id))
        #expect(answer.json["target"]?["valence"] == first["features"]?["valence"])
        let title = try #require(first["title"]?.stringValue)
        #expect(songs(answer).allSatisfy { $0["reason"]?.stringValue?.contains("'\(title)'") == true })
        #expect(try server.get("/api/v1/recommendations?like=999999").status == 404)
    }

    @Test func listenersComeWithTheQuestion() throws {
        let server = try server.get()
        func ask(_ listener: JSONValue) throws -> TestClient.Response {
            try server.post(
                "/api/v1/recommendations",
                ["emotions": ["sad": 1], "count": 6, "seed": 1, "surprise": 0, "listener": listener])
        }
        let before = ids(try ask([:]))
        let disliked = ids(try ask(["disliked": .array([.int(before[0])])]))
        #expect(!disliked.contains(before[0]))
        let now = Int(Date().timeIntervalSince1970)
        let heard: JSONValue = ["offered": .array(before.map { ["song": .int($0), "time": .int(now)] })]
        #expect(Set(ids(try ask(heard))).intersection(before).count < 3)
        let liked = try ask(["liked": .array([.int(before[5])])])
        #expect(songs(liked).first?["id"]?.intValue == before[5])
        #expect(songs(liked).first?["reason"]?.stringValue?.contains("you liked this song") == true)
        // Nothing of it was kept.
        #expect(ids(try ask([:])) == before)
        #expect(ids(try ask(["liked": [999_999_999], "played": [["song": -5, "time": 0]]])) == before)
    }

    @Test func opinionsAreKeptWhereTheOwnerAsks() throws {
        let server = try server.get()
        let target = "/api/v1/recommendations?emotion=angry&count=5&seed=2"
        let first = ids(try server.get(target))
        let answer = try server.post("/api/v1/feedback", ["song": .int(first[0]), "opinion": "dislike"])
        #expect(answer.status == 200 && answer.json["kept"] == true)
        #expect(!ids(try server.get(target)).contains(first[0]))
        // Whoever brings a history of their own shares the household's taste, and is told of it.
        func ask(_ listener: JSONValue) throws -> [Int] {
            ids(
                try server.post(
                    "/api/v1/recommendations",
                    ["emotions": ["angry": 1], "count": 5, "seed": 2, "surprise": 0, "listener": listener]))
        }
        #expect(!(try ask([:]).contains(first[0])))
        #expect(try ask(["liked": .array([.int(first[0])])]).contains(first[0]))
        let told = try server.get("/api/v1/options").json["opinions"]
        #expect(told?["disliked"] == .array([.int(first[0])]) && told?["liked"] == [])
        let catalogue = try Catalogue(server.catalogue, builtIn: nil)
        #expect(try catalogue.feedback().map(\.song.id) == [first[0]])
        #expect(try server.post("/api/v1/feedback", ["song": .int(first[0]), "opinion": "neutral"]).status == 200)
        #expect(ids(try server.get(target)) == first)
        #expect(try server.post("/api/v1/feedback", ["song": 99_999_999, "opinion": "like"]).status == 404)
        let many = try server.post(
            "/api/v1/feedback", ["songs": .array([99_999_999, .int(first[1])]), "opinion": "neutral"])
        #expect(many.status == 200 && many.json["songs"] == .array([.int(first[1])]))
    }

    @Test func visitorsOpinionsAreNot() throws {
        var options = TestServer.quick
        options.isPersonal = false
        let server = try TestServer(options)
        let answer = try server.post("/api/v1/feedback", ["song": 1, "opinion": "like"])
        #expect(answer.status == 200 && answer.json["kept"] == false)
        #expect(try Catalogue(server.catalogue, builtIn: nil).feedback().isEmpty)
    }

    @Test func strangersAreNotTheOwner() throws {
        var options = TestServer.quick
        options.isPersonal = false
        let server = try TestServer(options)
        let target = "/api/v1/recommendations?emotion=angry&count=5&seed=2"
        let first = ids(try server.get(target))
        let catalogue = try Catalogue(server.catalogue, builtIn: nil)
        try catalogue.note(.dislike, of: first[0])
        #expect(ids(try server.get(target)) == first)
        #expect(try server.get("/api/v1/options").json["opinions"]?.isNull == true)
        let posted = try server.post("/api/v1/recommendations", ["emotions": ["angry": 1], "count": 5, "seed": 2])
        #expect(ids(posted) == first)
    }

    /// Nor do they learn where the owner's servers are.
    @Test(arguments: [true, false]) func ownersPlacesAreNotForEverybody(_ shares: Bool) throws {
        var options = TestServer.quick
        options.sharesFiles = shares
        let server = try TestServer(options)
        let catalogue = try Catalogue(server.catalogue, builtIn: nil)
        var draft = SongDraft(title: "Unheard of song", artist: "The Servers")
        draft.identifiers = [
            SongIdentifier(.init(rawValue: "subsonic"), "attic.lan:4533/s0"), SongIdentifier(.isrc, "USRC17607839"),
        ]
        _ = try catalogue.add(draft)
        let found = try server.get("/api/v1/catalogue/search?q=Unheard")
        #expect(found.text.contains("USRC17607839") && found.text.contains("attic.lan") == shares)
        let file = try server.get("/engine/songs.fmsongs")
        guard file.status == 200 else { return }
        let song = try file.body.withUnsafeBytes { try CompactCatalogue($0) }.songs.first { $0.title == draft.title }
        #expect(song?.identifiers.contains { $0.value.hasPrefix("attic.lan") } == shares)
    }

    @Test func opinionsAreTakenBackAtOnce() throws {
        let server = try server.get()
        for song in 1...3 {
            #expect(try server.post("/api/v1/feedback", ["song": .int(song), "opinion": "like"]).status == 200)
        }
        let answer = try server.post("/api/v1/feedback", ["songs": [1, 2, 3, 99_999_999], "opinion": "neutral"])
        #expect(answer.status == 200 && answer.json["kept"] == true)
        let left = try Catalogue(server.catalogue, builtIn: nil).feedback()
        #expect(left.count == 3 && left.allSatisfy { $0.opinion == .neutral })
        for body: JSONValue in [
            ["opinion": "like"], ["song": 1, "songs": [1], "opinion": "like"], ["songs": [1.5], "opinion": "like"],
        ] {
            #expect(try server.post("/api/v1/feedback", body).status == 400)
        }
    }

    @Test func anotherWriterStopsNobody() throws {
        let server = try server.get()
        let other = try Catalogue(server.catalogue, builtIn: nil)
        let start = ContinuousClock.now
        try other.transaction {
            let busy = try server.post("/api/v1/feedback", ["song": 1, "opinion": "like"])
            #expect(busy.status == 503 && busy.headers["retry-after"] == "2")
            #expect(try server.get("/api/v1/recommendations?emotion=happy").status == 200)
        }
        #expect(ContinuousClock.now - start < .seconds(300))
        #expect(try server.post("/api/v1/feedback", ["song": 1, "opinion": "like"]).status == 200)
    }

    @Test func findsSongsAndArtists() throws {
        let server = try server.get()
        let artists = try server.get("/api/v1/catalogue/search?q=ariji&kind=artists")
        #expect(artists.json["artists"]?.arrayValue?.first?["name"] == "Arijit Singh")
        #expect((artists.json["artists"]?.arrayValue?.first?["songs"]?.intValue ?? 0) > 3)
        let found = try server.get("/api/v1/catalogue/search?q=dancing%20queen")
        #expect(songs(found).first?["artist"] == "ABBA")
        #expect(songs(try server.get("/api/v1/catalogue/search?q=%22%27%3B%20DROP%20TABLE&kind=songs")).isEmpty)
        #expect(songs(try server.get("/api/v1/catalogue/search?language=hi&limit=3")).count == 3)
    }

    @Test func asksServicesInTheBackground() throws {
        var options = TestServer.quick
        options.services = ["deezer"]
        options.media = { song, service, needsPreview in
            var media = SongMedia()
            media.cover = "https://example.org/\(song.id).jpg"
            media.service = service
            media.preview = needsPreview ? "https://example.org/\(song.id).mp3" : nil
            return media
        }
        let server = try TestServer(options)
        let answer = try server.get("/api/v1/media/7?service=deezer")
        #expect(answer.json["cover"] == "https://example.org/7.jpg")
        #expect(answer.json["service"] == "deezer" && answer.json["preview"]?.isNull == true)
        let heard = try server.get("/api/v1/media/7?preview=true")
        #expect(heard.json["preview"] == "https://example.org/7.mp3")
        #expect(try server.get("/api/v1/media/7?preview=maybe").status == 400)
        #expect(try server.get("/api/v1/media/x").status == 404)
        #expect(try server.get("/api/v1/media/99999999").status == 404)
        #expect(try self.server.get().get("/api/v1/media/7").json["cover"]?.isNull == true)
    }

    @Test(arguments: [
        "", "emotion=", "emotion=joyless", "emotion=sad=-1", "emotion=sad=nan", "emotion=sad=0", "emotion=sad&count=0",
        "emotion=sad&count=51", "emotion=sad&count=five", "emotion=sad&mode=up", "emotion=sad&language=klingonese",
        "emotion=sad&seed=-1", "emotion=sad&seed=99999999999999999999", "emotion=sad&like=0", "emotion=sad=1e999",
    ])
    func refusesWhatMakesNoSense(query: String) throws {
        let answer = try server.get().get("/api/v1/recommendations?\(query)")
        #expect(answer.status == 400, "\(query): \(answer.text)")
        #expect(answer.json["type"] == "/api/docs#bad-request")
    }

    @Test(arguments: [
        "", "null", "[]", "{", "{}", "\u{FF}", #"{"emotions": {"sad": "1"}}"#, #"{"emotions": {"sad": true}}"#,
        #"{"emotions": {}}"#, #"{"emotions": {"sad": 1}, "colour": 1}"#, #"{"emotions": {"sad": 1}, "count": 2.5}"#,
        #"{"emotions": {"sad": 1}, "languages": "hi"}"#, #"{"emotions": {"sad": 1}, "listener": {"liked": ["1"]}}"#,
        #"{"emotions": {"sad": 1}, "listener": {"played": [1]}}"#, #"{"emotions": {"sad": 1e999}}"#,
        #"{"emotions": {"sad": 1}, "artists": [1]}"#, String(repeating: "[", count: 20_000),
        String(repeating: "{\"a\":", count: 5000),
    ])
    func refusesBodiesThatMakeNoSense(body: String) throws {
        let server = try server.get()
        let answer = try server.send(Array(body.utf8), to: "/api/v1/recommendations", type: "application/json")
        #expect(answer.status == 400, "\(body.prefix(60)): \(answer.text)")
        let feedback = try server.send(Array(body.utf8.prefix(4000)), to: "/api/v1/feedback", type: "application/json")
        #expect(feedback.status == 400)
    }
}
