import ChildProcess
import Foundation
import JSON
import StubServer
import Testing

/// Music services on the command line, played by servers of the test.
@Suite(.serialized) struct ServiceTests {
    private struct Setup {
        let folder: URL
        let catalogue: [String]
        var variables: [String: String]

        /// Runs in a folder of its own with an environment of its own.
        /// Unless told otherwise a service has a minute, so that no answer depends on the machine's speed.
        func run(_ arguments: [String], _ more: [String: String] = [:]) throws -> Fermusic.Result {
            let patience = arguments.first == "recommend" && !arguments.contains("--wait") ? ["--wait", "60s"] : []
            return try Fermusic.run(arguments + patience + catalogue, shell: shell(more))
        }

        func shell(_ more: [String: String] = [:]) -> String {
            let all = variables.merging(more) { $1 }.map { "export \($0)='\($1)'" }.joined(separator: "; ")
            return "cd '\(folder.path)'; unset DISPLAY WAYLAND_DISPLAY; \(all)"
        }
    }

    private func with(url: String, _ body: (Setup) throws -> Void) throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var variables = [
            "XDG_CONFIG_HOME": folder.path + "/config", "XDG_DATA_HOME": folder.path + "/data",
            "SPOTIFY_CLIENT_ID": "", "SPOTIFY_CLIENT_SECRET": "", "YOUTUBE_API_KEY": "", "SPOTIFY_REDIRECT_URI": "",
        ]
        for name in ["SPOTIFY_ACCOUNTS", "SPOTIFY", "YOUTUBE", "DEEZER", "ITUNES"] {
            variables["FERMUSIC_\(name)_URL"] = url
        }
        let setup = Setup(
            folder: folder, catalogue: ["--catalogue", folder.path + "/songs.db"], variables: variables)
        _ = try setup.run(["catalogue", "stats"])
        try body(setup)
    }

    private static let app = ["SPOTIFY_CLIENT_ID": SpotifyStub.id, "SPOTIFY_CLIENT_SECRET": SpotifyStub.secret]

    /// Whatever is searched for exists.
    private static func everything(_ request: StubRequest) -> StubReply? {
        guard request.path == "/search", let q = request.query["q"] else { return nil }
        if request.query["type"] != "track" || q.hasPrefix("isrc:") { return nil }
        let parts = q.replacingOccurrences(of: "track:", with: "").components(separatedBy: " artist:")
        guard parts.count == 2 else { return nil }
        let track = SpotifyStub.Track("id\(abs(q.hashValue))", parts[0], [parts[1]])
        return StubReply(
            200, JSONValue.object(["tracks": ["items": .array([SpotifyStub.json(track)])]]).text())
    }

    @Test func aServiceAddsDirectLinks() throws {
        let stub = SpotifyStub()
        stub.override(Self.everything)
        try with(url: stub.url) { setup in
            let result = try setup.run(["recommend", "-e", "sad", "--json", "--count", "7"], Self.app)
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
            let json = try JSONValue(parsing: result.output)
            #expect(json["service"]?["name"]?.stringValue == "spotify" && json["service"]?["problem"]?.isNull == true)
            let songs = json["songs"]?.arrayValue ?? []
            #expect(songs.count == 7)
            for song in songs {
                #expect(song["match"]?["link"]?.stringValue?.hasPrefix("https://open.spotify.com/track/id") == true)
                #expect(song["links"]?["spotify"]?.stringValue == song["match"]?["link"]?.stringValue)
                #expect(song["match"]?["cover"]?.stringValue?.hasPrefix("https://i.scdn.co/") == true)
            }
            // What was found stays: the link is direct without asking.
            let id = songs[0]["id"]?.intValue ?? 0
            let listed = try setup.run(["catalogue", "list", "-n", "5000", "--json"]).output.split(separator: "\n")
            let line = try #require(listed.first { $0.contains("\"id\":\(id),") })
            #expect(line.contains("https://open.spotify.com/track/id"))
            let text = try setup.run(["recommend", "-e", "sad", "-n", "3"], Self.app)
            #expect(text.output.contains("1. Spotify: https://open.spotify.com/track/id"), "\(text.output)")
        }
    }

    @Test func nobodyIsAskedWithoutBeingNamed() throws {
        let stub = SpotifyStub()
        try with(url: stub.url) { setup in
            let plain = try setup.run(["recommend", "-e", "sad"])
            let refused = try setup.run(["recommend", "-e", "sad", "--provider", "none"], Self.app)
            #expect(plain.status == 0 && refused.status == 0)
            #expect(stub.server.requests.isEmpty)
        }
    }

    @Test(arguments: ["spotify", "youtube", "deezer", "itunes"])
    func songsComeOffline(_ provider: String) throws {
        try with(url: StubServer.deadAddress) { setup in
            let credentials = Self.app.merging(["YOUTUBE_API_KEY": "some-key"]) { $1 }
            let start = ContinuousClock.now
            let result = try setup.run(
                ["recommend", "-e", "happy", "--count", "12", "--json", "--provider", provider, "--wait", "600s"],
                credentials)
            #expect(result.status == 0)
            #expect(try JSONValue(parsing: result.output)["songs"]?.arrayValue?.count == 12)
            #expect(result.errors.contains("cannot be reached"))
            #expect(ContinuousClock.now - start < .seconds(300), "what cannot be reached is not waited for")
        }
    }

    @Test func aServerThatHangsDelaysNoSongs() throws {
        let server = StubServer { _ in StubReply(200, "{\"data\":[]}").delayed(600) }
        try with(url: server.url) { setup in
            // The songs are there while the service is still waited for.
            let waiting = try Fermusic.start(
                ["recommend", "-e", "happy", "--provider", "deezer", "--wait", "600s"] + setup.catalogue,
                shell: setup.shell())
            defer { try? FileManager.default.removeItem(at: waiting.folder) }
            var text = ""
            while !text.contains("\n5. "), waiting.process.isRunning {
                text += String(decoding: waiting.output.readDataToEndOfFile(), as: UTF8.self)
                usleep(2000)
            }
            #expect(waiting.process.isRunning && text.contains("\n5. "))
            waiting.process.terminate()
            waiting.process.waitUntilExit()
            let start = ContinuousClock.now
            let result = try setup.run(["recommend", "-e", "happy", "--provider", "deezer", "--wait", "300ms"])
            #expect(ContinuousClock.now - start < .seconds(300) && result.status == 0)
            #expect(result.errors == "note: Deezer: no answer in time\n")
            text = result.output
            #expect(text.contains("https://www.youtube.com/results?search_query="))
        }
    }

    @Test(arguments: ["<html>", "", "{\"data\":5}", "{\"error\":{\"code\":700}}"])
    func brokenAnswersTakeNoSongAway(_ body: String) throws {
        let server = StubServer { _ in StubReply(200, body) }
        try with(url: server.url) { setup in
            let result = try setup.run(["recommend", "-e", "fear", "--provider", "deezer", "--json", "--wait", "900ms"])
            #expect(result.status == 0 && result.errors.hasPrefix("note: Deezer: "), "\(result.errors)")
            let json = try JSONValue(parsing: result.output)
            #expect(json["songs"]?.arrayValue?.count == 5 && json["service"]?["problem"]?["cause"]?.stringValue != nil)
        }
    }

    @Test func hostileAnswersAreShownSafely() throws {
        let evil = "\\u001b[31m\\u202e\\u0007evil"
        let server = StubServer { request in
            let q = request.query["q"] ?? ""
            let words = q.split(separator: " ")
            return StubReply(
                200,
                """
                {"data":[{"id":"\(evil)","title":"\(q)","artist":{"name":"\(q)"}},{"id":7,"title":"\(words.dropLast(2).joined(separator: " "))",
                "artist":{"name":"\(q)"},"link":"https://x.example/\(evil)","preview":"javascript:alert(1)",
                "album":{"title":"\(evil)","cover_big":"file:///etc/passwd"}}],"error":null}
                """)
        }
        try with(url: server.url) { setup in
            for format in [[], ["--json"]] {
                let result = try setup.run(["recommend", "-e", "fear", "--provider", "deezer"] + format)
                let unsafe = (result.output + result.errors).unicodeScalars.filter {
                    $0.value < 0x20 && $0 != "\n" || (0x202A...0x202E).contains($0.value)
                }
                #expect(result.status == 0 && unsafe.isEmpty)
                #expect(!result.output.contains("javascript:") && !result.output.contains("file:///"))
            }
        }
        let refusing = StubServer { _ in
            StubReply(200, "{\"error\":{\"code\":1,\"message\":\"\(evil)\\nsecond line\"}}")
        }
        try with(url: refusing.url) { setup in
            let result = try setup.run(["recommend", "-e", "fear", "--provider", "deezer"])
            #expect(result.errors.split(separator: "\n").count == 1 && !result.errors.contains("\u{1B}"))
        }
    }

    @Test func secretsAreNeverPrinted() throws {
        // A server that repeats everything it was told.
        let echo = StubServer { request in
            let text = "\(request.headers) \(request.query) \(request.body)".replacingOccurrences(of: "\"", with: "'")
            return StubReply(
                400, "{\"error\":{\"code\":400,\"message\":\"\(text)\"},\"error_description\":\"\(text)\"}")
        }
        try with(url: echo.url) { setup in
            let secrets = [
                "SPOTIFY_CLIENT_ID": "idididid-visible", "SPOTIFY_CLIENT_SECRET": "hush-secret-1",
                "YOUTUBE_API_KEY": "hush-secret-2",
            ]
            for command in [
                ["recommend", "-e", "sad", "--provider", "spotify"],
                ["recommend", "-e", "sad", "--provider", "youtube"],
                ["recommend", "-e", "sad", "--json"], ["doctor"], ["doctor", "--json"], ["spotify", "status"],
                ["spotify", "save-playlist"], ["catalogue", "stats"],
            ] {
                let result = try setup.run(command, secrets)
                #expect(!(result.output + result.errors).contains("hush-secret"), "\(command)")
            }
            // Nor kept in the database.
            for name in ["songs.db", "songs.db-wal"] {
                let bytes = FileManager.default.contents(atPath: setup.folder.path + "/" + name) ?? Data()
                #expect(bytes.range(of: Data("hush-secret".utf8)) == nil)
            }
        }
    }

    /// A server that repeats what it was told when a login is renewed, a token is fetched, a song is searched for.
    @Test(arguments: ["login", "app", "search"])
    func tokensAreNeverPrinted(_ place: String) throws {
        let long = String(repeating: "k", count: 300)
        let echo = StubServer { request in
            let isToken = request.path == "/api/token"
            if isToken, place == "search" {
                return StubReply(200, "{\"access_token\":\"hush-access-\(long)\",\"expires_in\":3600}")
            }
            let said = "\(request.headers["authorization"] ?? "") \(request.body)"
            return isToken
                ? StubReply(400, "{\"error\":\"refused\",\"error_description\":\"\(said)\"}") : StubReply(200, said)
        }
        try with(url: echo.url) { setup in
            let secrets = ["SPOTIFY_CLIENT_ID": "idididid-visible", "SPOTIFY_CLIENT_SECRET": "hush-secret-1"]
            let basic = Data("idididid-visible:hush-secret-1".utf8).base64EncodedString()
            if place == "login" {
                try putLogin(
                    "{\"client_id\":\"idididid-visible\",\"access_token\":\"hush-old\",\"expires\":0,"
                        + "\"refresh_token\":\"hush-refresh-\(long)\",\"authorised\":\(Int(time(nil)))}", setup)
            }
            for command in [["recommend", "-e", "sad", "--provider", "spotify"], ["doctor"], ["doctor", "--json"]] {
                let result = try setup.run(command, secrets)
                let text = result.output + result.errors
                #expect(text.contains("•••"), "\(text)")
                for secret in ["hush-", "kkkkkkkk", String(basic.prefix(10))] {
                    #expect(!text.contains(secret), "\(command): \(text)")
                }
            }
            for name in ["songs.db", "songs.db-wal"] {
                let bytes = FileManager.default.contents(atPath: setup.folder.path + "/" + name) ?? Data()
                #expect(bytes.range(of: Data("hush-".utf8)) == nil)
            }
        }
    }

    /// Puts a login where the program keeps it.
    private func putLogin(_ text: String, _ setup: Setup) throws {
        let folder = setup.folder.path + "/config/fermusic"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: folder + "/spotify-login.json", atomically: true, encoding: .utf8)
    }

    @Test func aLoginThatEndedIsCalledSo() throws {
        try with(url: StubServer.deadAddress) { setup in
            try putLogin(
                "{\"client_id\":\"my-app\",\"access_token\":\"a\",\"refresh_token\":\"b\",\"authorised\":1000000}",
                setup)
            let own = ["SPOTIFY_CLIENT_ID": "my-app"]
            let text = try setup.run(["spotify", "status"], own).output
            #expect(text.contains("expired") && text.contains("fermusic spotify login") && !text.contains("before"))
            let json = try JSONValue(parsing: setup.run(["spotify", "status", "--json"], own).output)
            #expect(json["loggedIn"]?.boolValue == false && json["expired"]?.boolValue == true)
        }
    }

    @Test func keptAnswersServeUnlessPreviewsAreWanted() throws {
        let server = StubServer { _ in StubReply(200, "{\"data\":[]}") }
        try with(url: server.url) { setup in
            let question = ["recommend", "-e", "fear", "--provider", "deezer", "--seed", "1", "--no-history"]
            let first = try setup.run(question)
            #expect(first.status == 0 && server.requests.count == 5)
            let again = try setup.run(question)
            #expect(again.status == 0 && server.requests.count == 5)
            let preview = try setup.run(question + ["--preview"])
            #expect(preview.errors == "note: no preview was found\n" && server.requests.count == 10)
        }
    }

    @Test func credentialsComeFromFilesToo() throws {
        let stub = SpotifyStub()
        stub.override(Self.everything)
        try with(url: stub.url) { setup in
            let file = setup.folder.appendingPathComponent(".env")
            try "SPOTIFY_CLIENT_ID=\(SpotifyStub.id)\nSPOTIFY_CLIENT_SECRET='\(SpotifyStub.secret)'\n"
                .write(to: file, atomically: true, encoding: .utf8)
            let result = try setup.run(["recommend", "-e", "sad", "--json"])
            #expect(try JSONValue(parsing: result.output)["service"]?["name"]?.stringValue == "spotify")
            let doctor = try setup.run(["doctor", "--offline"])
            #expect(doctor.output.contains("others can read .env; run: chmod 600 .env"), "\(doctor.output)")
            chmod(file.path, 0o600)
            #expect(try setup.run(["doctor", "--offline"]).output.contains("SPOTIFY_CLIENT_ID in .env"))
            // Addresses are not taken from a file that might be anybody's.
            try "FERMUSIC_SPOTIFY_URL=http://127.0.0.1:1\nSPOTIFY_CLIENT_ID=\(SpotifyStub.id)\n".write(
                to: file, atomically: true, encoding: .utf8)
            #expect(try setup.run(["recommend", "-e", "sad"], Self.app).errors.isEmpty)
        }
    }

    /// The whole way of a listener: login with a browser, recommendation, playlist, playback, logout.
    @Test func aListenersWay() throws {
        let stub = SpotifyStub()
        stub.override(Self.everything)
        try with(url: stub.url) { setup in
            let own = ["SPOTIFY_CLIENT_ID": SpotifyStub.id, "SPOTIFY_REDIRECT_URI": "http://127.0.0.1/callback"]
            let early = try setup.run(["spotify", "save-playlist"], own)
            #expect(early.status == 1 && early.errors.contains("nothing was recommended yet"))
            let login = try Fermusic.start(
                ["spotify", "login", "--timeout", "20s"] + setup.catalogue, shell: setup.shell(own))
            var address = "", errors = ""
            for _ in 0..<500 where address.isEmpty {
                usleep(10_000)
                errors += String(decoding: login.errors.readDataToEndOfFile(), as: UTF8.self)
                address = errors.split(separator: "\n").first { $0.contains("/authorize?") }.map(String.init) ?? ""
            }
            let query = StubText.fields(String(try #require(address.split(separator: "?").last)))
            let target = "\(query["redirect_uri"] ?? "")?code=\(stub.agree(query))&state=\(query["state"] ?? "")"
            #expect(try Shell.output("curl -s '\(target)' || wget -qO- '\(target)'").contains("connected with Spotify"))
            login.process.waitUntilExit()
            #expect(login.process.terminationStatus == 0)
            try? FileManager.default.removeItem(at: login.folder)

            let status = try setup.run(["spotify", "status", "--json"], own)
            let json = try JSONValue(parsing: status.output)
            #expect(json["loggedIn"]?.boolValue == true)
            let file = json["file"]?.stringValue ?? ""
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            #expect(!status.output.contains("refresh-") && !status.output.contains("user-1"))

            let path = try setup.run(["recommend", "-e", "sad", "-n", "12", "--mode", "path", "--json"], own)
            let asked = Set(try JSONValue(parsing: path.output)["songs"]?.arrayValue?.map { $0["id"]?.intValue } ?? [])
            #expect(path.status == 0 && asked.count == 12)
            let saved = try setup.run(["spotify", "save-playlist", "--name", "Out of the rain"], own)
            #expect(
                saved.status == 0 && saved.output == "https://open.spotify.com/playlist/playlist1\n", "\(saved.errors)")
            #expect(stub.playlist("playlist1").count == 12 && stub.made[0].isPublic == false)
            #expect(try setup.run(["spotify", "play"], own).status == 0)
            #expect(stub.playing == stub.playlist("playlist1"))
            // A playlist of one's own, under its name; what Spotify does not have is named.
            let listed = try setup.run(["catalogue", "list", "-n", "5000", "--json"]).output.split(separator: "\n")
            // Of those that Spotify was not asked for yet, and by their whole titles.
            let songs = try listed.map { try JSONValue(parsing: String($0)) }.filter { song in
                !asked.contains(song["id"]?.intValue)
                    && song["title"]?.stringValue?.allSatisfy { $0.isASCII && $0.isLetter || $0 == " " } == true
            }.prefix(3)
            let numbers = songs.compactMap { $0["id"]?.intValue }.map(String.init)
            #expect(try setup.run(["playlist", "save", "For the road"] + numbers).status == 0)
            let missing = songs[1]["title"]?.stringValue ?? ""
            stub.override { request in
                let isMissing = request.query["q"]?.lowercased().contains(missing.lowercased()) == true
                return isMissing ? StubReply(200, #"{"tracks":{"items":[]}}"#) : Self.everything(request)
            }
            let kept = try setup.run(["spotify", "save-playlist", "--playlist", "For the road"], own)
            #expect(
                kept.status == 0 && kept.output == "https://open.spotify.com/playlist/playlist2\n", "\(kept.errors)")
            #expect(
                kept.errors.contains("Spotify has no '\(missing)")
                    && kept.errors.contains("saved 2 songs as 'For the road'"))
            #expect(stub.playlist("playlist2").count == 2 && stub.made.last?.name == "For the road")
            #expect(try setup.run(["spotify", "play", "--playlist", "For the road"], own).status == 0)
            #expect(stub.playing == stub.playlist("playlist2"))
            let unknown = try setup.run(["spotify", "save-playlist", "--playlist", "Nothing"], own)
            #expect(unknown.status == 1 && unknown.errors.contains("Nothing"), "\(unknown.errors)")
            stub.override(Self.everything)
            #expect(try setup.run(["spotify", "logout"], own).status == 0)
            #expect(!FileManager.default.fileExists(atPath: file))
            #expect(try setup.run(["spotify", "play"], own).errors.contains("fermusic spotify login"))
        }
    }

    @Test func doctorNamesCauses() throws {
        let stub = SpotifyStub()
        try with(url: stub.url) { setup in
            func find(_ more: [String: String]) throws -> [String: JSONValue] {
                let result = try setup.run(["doctor", "--json"], more)
                let list = try JSONValue(parsing: result.output).arrayValue ?? []
                return Dictionary(list.map { ($0["name"]?.stringValue ?? "", $0) }) { $1 }
            }
            let bare = try find([:])
            #expect(bare["Spotify search"]?["state"]?.stringValue == "not set up")
            #expect(
                bare["catalogue"]?["state"]?.stringValue == "works" && bare["model"]?["state"]?.stringValue == "works")
            #expect(
                bare["pictures"]?["state"]?.stringValue == "works" && bare["video"]?["state"]?.stringValue == "works")
            for (status, text, cause) in [
                (403, "Active premium subscription required for the owner of the app.", "premiumMissing"),
                (403, "User not registered in the Developer Dashboard", "notAllowListed"),
                (429, "quota", "quotaExceeded"),
            ] {
                stub.override { request in
                    guard request.path == "/search" else { return nil }
                    if cause == "notAllowListed" { return StubReply(status, text) }
                    return SpotifyStub.error(status, text, reason: status == 429 ? "QUOTA_EXCEEDED" : nil)
                }
                #expect(try find(Self.app)["Spotify search"]?["cause"]?.stringValue == cause)
            }
            stub.override(nil)
            // Doctor asks again although a pause was noted.
            #expect(try find(Self.app)["Spotify search"]?["state"]?.stringValue == "works")
            let wrong = try find(Self.app.merging(["SPOTIFY_REDIRECT_URI": "http://localhost:8888/callback"]) { $1 })
            #expect(wrong["Spotify redirect"]?["cause"]?.stringValue == "wrongRedirect")
            let result = try setup.run(["doctor"], ["SPOTIFY_REDIRECT_URI": "http://localhost:8888/callback"])
            #expect(result.status == 1 && result.output.contains("Spotify no longer accepts 'localhost'"))
            try "damaged".write(toFile: setup.folder.path + "/songs.db", atomically: true, encoding: .utf8)
            #expect(try find([:])["catalogue"]?["state"]?.stringValue == "failed")
        }
    }

    @Test func aKillWhileListsAreFetchedLosesNothing() throws {
        let rows = (0..<60_000).map { "Song \($0),Artist \($0)\n" }.joined()
        let server = StubServer { _ in StubReply(200, "title,artist\n" + rows).delayed(0.1) }
        try with(url: server.url) { setup in
            func songs() throws -> Int {
                try JSONValue(parsing: setup.run(["catalogue", "stats", "--json"]).output)["songs"]?.intValue ?? 0
            }
            let before = try songs()
            for delay in [0.05, 0.3, 0.6, 1.0] {
                let run = try Fermusic.start(
                    ["catalogue", "refresh", server.url + "/list.csv"] + setup.catalogue, shell: setup.shell())
                Thread.sleep(forTimeInterval: delay)
                kill(run.process.processIdentifier, SIGKILL)
                run.process.waitUntilExit()
                try? FileManager.default.removeItem(at: run.folder)
                #expect([before, before + 60_000].contains(try songs()))
            }
            for _ in 0..<2 {
                let result = try setup.run(["catalogue", "refresh", server.url + "/list.csv"])
                #expect(result.status == 0, "\(result.errors)")
                #expect(try songs() == before + 60_000)
            }
        }
    }

    @Test func listsFromTheWebAreImported() throws {
        let server = StubServer { request in
            request.path == "/list.csv" ? StubReply(200, "title,artist\nA,B\nC,D\n") : StubReply(404)
        }
        try with(url: server.url) { setup in
            let good = try setup.run(["catalogue", "import", server.url + "/list.csv"])
            #expect(good.status == 0 && good.output.contains("2 songs added"), "\(good.errors)")
            let bad = try setup.run(["catalogue", "import", server.url + "/missing.csv"])
            #expect(bad.status == 1 && Fermusic.message(bad).contains("HTTP 404"))
            let other = try setup.run(["catalogue", "import", "spotify:playlist:abc"])
            #expect(other.status == 1 && Fermusic.message(other).contains("needs a login"))
        }
    }
}

enum Shell {
    static func output(_ command: String) throws -> String {
        let process = ChildProcess(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
