import ChildProcess
import Files
import Foundation
import JSON
import MusicMatching
import StubServer
import Testing
import Threads

/// Servers with music of the listener's own. supysonic and mpd, from Debian, are really started.
@Suite struct ServerTests {
    private func services(_ folder: String, _ values: [Credentials.Name: String], listenBrainz: String = "") throws
        -> MusicServices
    {
        var addresses = ServiceAddresses()
        addresses.listenBrainz = listenBrainz
        return try MusicServices(
            memory: folder + "/c.db", credentials: Credentials(values), addresses: addresses, tokenFolder: folder)
    }

    private static func isInstalled(_ program: String) -> Bool { access("/usr/bin/\(program)", X_OK) == 0 }

    /// Runs a shell's line to its end; what it wrote.
    private func shell(_ line: String) throws -> String {
        let process = ChildProcess(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }

    private func start(_ line: String) throws -> ChildProcess {
        let process = ChildProcess()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec " + line]
        try process.run()
        return process
    }

    private func freePort() -> Int {
        let server = StubServer { _ in StubReply() }
        return Int(server.url.split(separator: ":").last ?? "") ?? 0
    }

    /// Waits until a server lets itself be asked.
    private func whenUp<R>(_ ask: () throws -> R) throws -> R {
        for _ in 0..<600 {
            if let answer = try? ask() { return answer }
            usleep(100_000)
        }
        return try ask()
    }

    private func makeMusic(_ folder: String) throws {
        try FolderTree.create(folder + "/music/Tom Waits")
        try write(MusicFiles.song("Alice", "Tom Waits", frames: 100), to: folder + "/music/Tom Waits/alice.mp3")
        try write(MusicFiles.song("Flash \"quoted\"", "Queen", frames: 100), to: folder + "/music/flash.mp3")
        try write(ServerTests.picture, to: folder + "/music/Tom Waits/cover.png")
    }

    /// One pixel as PNG.
    private static let picture: [UInt8] = {
        let text =
            "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003"
            + "010100c9fe92ef0000000049454e44ae426082"
        let digits = Array(text)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! }
    }()

    @Test(
        .enabled(
            if: isInstalled("supysonic-server"),
            "supysonic is not installed: apt-get install supysonic python3-waitress"))
    func supysonic() throws {
        try withTemporaryFolder { folder in
            try makeMusic(folder)
            let port = freePort()
            try write(
                "[base]\ndatabase_uri = sqlite:///\(folder)/s.db\n[webapp]\ncache_dir = \(folder)/cache\nmount_webui = off\n"
                    + "[daemon]\nsocket = \(folder)/daemon.sock\n", to: folder + "/supysonic.conf")
            let inFolder = "cd \(folder) && export HOME=\(folder) && "
            _ = try shell(
                inFolder
                    + "(supysonic-cli user add alice -p 'sécret' && supysonic-cli folder add Music \(folder)/music "
                    + "&& supysonic-cli folder scan -f) 2>&1")
            let process = try start(
                "sh -c '\(inFolder)exec supysonic-server -S waitress -h 127.0.0.1 -p \(port)' > \(folder)/log 2>&1")
            defer { process.terminate() }
            let place = "navidrome:http://127.0.0.1:\(port)/"
            let services = try services(folder, [.subsonicUser: "alice", .subsonicPassword: "sécret"])
            let server = try #require(try services.server(at: place))
            let limit = CallLimit(.seconds(60))
            #expect(try whenUp { try server.check(limit) }.contains("protocol"))
            let catalogue = try Catalogue(folder + "/c.db", builtIn: nil)
            let lists = services.lists()
            let report = try catalogue.importAndRemember(
                place, from: try #require(lists.first { $0.handles(place) }), options: ImportOptions())
            #expect(report.added == 2, "\(report)")
            let songs = try catalogue.songs(Catalogue.Filter())
            #expect(Set(songs.map(\.title)) == ["Alice", "Flash \"quoted\""] && songs.allSatisfy(\.isOwn))
            let numbers = songs.compactMap { server.number(of: $0) }
            #expect(numbers.count == 2)
            try server.save(numbers, name: "Sad & <blue>", limit)
            let reports = try #require(services.listenReports(try catalogue.sources().map(\.place)))
            for song in songs { reports.heard(song, time: 1_700_000_000) }
            // A song that the server does not have is not told it.
            reports.heard(Song(title: "Elsewhere", artist: "Nobody"), time: 1_700_000_000)
            #expect(reports.finish(within: .seconds(60)) == 0 && reports.takeProblems().isEmpty)
            let again = try server.songs(limit) { _ in }
            #expect(again.count == 2)
            try isHeard(songs, services.serverSongs(), catalogue.sources().map(\.place), folder)
            let wrong = try self.services(folder, [.subsonicUser: "alice", .subsonicPassword: "other"])
            #expect {
                let closed = wrong.serverSongs()
                let owner = try #require(closed.server(of: songs[0].identifiers, among: [place]))
                _ = try closed.sound(of: songs[0], from: owner, ServerSongs.Wish())
            } throws: {
                ($0 as? ProviderError)?.cause == .badCredentials && !"\($0)".contains("other")
            }
            let refused = try #require(try wrong.server(at: place))
            #expect { try refused.check(limit) } throws: { ($0 as? ProviderError)?.cause == .badCredentials }
        }
    }

    /// The songs of `makeMusic` come as they are, whole and in parts, with the picture that lies beside them.
    private func isHeard(_ songs: [Song], _ servers: ServerSongs, _ places: [String], _ folder: String) throws {
        for song in songs {
            let server = try #require(servers.server(of: song.identifiers, among: places))
            let name = song.title == "Alice" ? "Tom Waits/alice.mp3" : "flash.mp3"
            let file = try FileBytes.read("\(folder)/music/\(name)", limit: 1 << 20)
            func ask(_ range: String?, tag: String? = nil) throws -> (sound: ServerSongs.Sound, bytes: [UInt8]) {
                let wish = ServerSongs.Wish(range: range, ifRange: tag, types: ["audio/mpeg"])
                let sound = try servers.sound(of: song, from: server, wish)
                defer { servers.close(sound.download) }
                return (sound, try sound.download.rest(upTo: 1 << 20, CallLimit(.seconds(60))))
            }
            let whole = try ask(nil)
            #expect(whole.sound.status == 200 && whole.sound.type == "audio/mpeg" && whole.bytes == file)
            #expect(whole.sound.count == file.count)
            let part = try ask("bytes=1000-1999", tag: whole.sound.tag)
            #expect(part.sound.status == 206 && part.bytes == Array(file[1000..<2000]))
            #expect(part.sound.range == "bytes 1000-1999/\(file.count)" && part.sound.count == 1000)
            #expect(try ask("bytes=\(file.count)-").sound.status == 416)
            let cover = try servers.cover(of: song, from: server)
            #expect((cover?.type == "image/png") == (song.title == "Alice"), "\(song.title): \(cover?.type ?? "none")")
        }
        #expect(servers.open == 0)
    }

    @Test func subsonicByItsDocuments() throws {
        try withTemporaryFolder { folder in
            let asked = Guarded<[StubRequest]>([])
            let server = StubServer { request in
                asked.withLock { $0.append(request) }
                // MD5 of "sesame" and the salt.
                guard request.query["u"] == "u", request.query["t"]?.count == 32, request.query["p"] == nil else {
                    return StubReply(
                        200, #"{"subsonic-response":{"status":"failed","error":{"code":40,"message":"Wrong"}}}"#)
                }
                let song =
                    #"{"id":7,"title":"T","artist":"A","duration":200,"isrc":["USUM71922577"],"explicitStatus":"explicit","bpm":120,"replayGain":{"trackGain":-6.5}}"#
                switch request.path {
                case "/rest/search3.view":
                    return StubReply(
                        200,
                        request.query["songOffset"] == "0"
                            ? "{\"subsonic-response\":{\"status\":\"ok\",\"searchResult3\":{\"song\":[\(song)]}}}"
                            : #"{"subsonic-response":{"status":"ok","searchResult3":{}}}"#)
                default:
                    return StubReply(
                        200,
                        #"{"subsonic-response":{"status":"ok","version":"1.16.1","type":"navidrome","playlist":{"id":"p"}}}"#
                    )
                }
            }
            let services = try services(folder, [.subsonicUser: "u", .subsonicPassword: "sesame"])
            let navidrome = try #require(try services.server(at: "subsonic:" + server.url))
            let limit = CallLimit(.seconds(20))
            #expect(try navidrome.check(limit) == "navidrome, protocol 1.16.1")
            let songs = try navidrome.songs(limit) { _ in }
            #expect(
                songs.count == 1 && songs[0].isExplicit == true && songs[0].duration == 200_000
                    && songs[0].mood[.tempo] == 120 && songs[0].gain == -6.5)
            try navidrome.save((0..<120).map { "s\($0)" }, name: "N", limit)
            let calls = asked.withLock { $0.map(\.path) }
            #expect(
                calls.suffix(3) == [
                    "/rest/createPlaylist.view", "/rest/updatePlaylist.view", "/rest/updatePlaylist.view",
                ])
            #expect { try services.server(at: "subsonic:nas:4533") } throws: { "\($0)".contains("http://nas:4533") }
            let none = try self.services(folder, [:])
            #expect { try none.server(at: "subsonic:http://nas:4533") } throws: { "\($0)".contains("SUBSONIC_USER") }
            #expect(try services.server(at: "https://nas") == nil)
        }
    }

    @Test func songsOfServersAreAsLoudAsOthers() throws {
        try withTemporaryFolder { folder in
            let gain = Guarded(-6.5)
            let server = StubServer { request in
                if request.path == "/Users" { return StubReply(200, #"[{"Id":"u1","Name":"Ann"}]"#) }
                func song(_ id: String, _ more: String) -> String {
                    "{\"Id\":\"\(id)\",\"Name\":\"Song \(id)\",\"Artists\":[\"A\"]\(more)}"
                }
                let songs = [
                    song("a1", ",\"NormalizationGain\":\(gain.withLock { $0 })"), song("a2", ""),
                    song("a3", ",\"NormalizationGain\":-999"),
                ]
                return StubReply(200, "{\"TotalRecordCount\":3,\"Items\":[\(songs.joined(separator: ","))]}")
            }
            let services = try services(folder, [.jellyfinKey: "k"]), place = "jellyfin:" + server.url
            let provider = try #require(services.lists().first { $0.handles(place) })
            let catalogue = try Catalogue(folder + "/songs.db", builtIn: nil)
            for wanted in [-6.5, 2.25] {
                gain.withLock { $0 = wanted }
                #expect(try catalogue.importAndRemember(place, from: provider, options: ImportOptions()).songs == 3)
                let songs = try catalogue.songs(Catalogue.Filter()).sorted { $0.title < $1.title }
                #expect(try songs.map { try catalogue.gain(of: $0.id) } == [wanted, nil, nil])
                #expect(try catalogue.compact(namesFiles: true).gains == [songs[0].id: wanted])
                #expect(try catalogue.compact().gains.isEmpty)
            }
        }
    }

    @Test func theDigestOfSubsonic() {
        #expect(MD5.text([]) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(MD5.text(Array("sesamec19b2d".utf8)) == "26719a1196d2a940705a59634eb18eab")
        #expect(MD5.text([UInt8](repeating: 0x61, count: 200)) == "887f30b43b2867f4a9accceee7d16e6c")
    }

    /// Below one name there may be several.
    @Test func serversBelowPathsAreOthers() throws {
        let places = try withTemporaryFolder { folder in
            try ["http://Nas:4533", "http://nas:4533/navidrome/", "https://nas:4533/gonic"].map { address in
                try #require(
                    try services(folder, [.subsonicUser: "a", .subsonicPassword: "b"]).server(at: "subsonic:" + address)
                )
            }
        }
        #expect(places.map(\.place) == ["nas:4533", "nas:4533/navidrome", "nas:4533/gonic"])
        let song = [places[1].identifier("7")]
        #expect(places[1].number(among: song) == "7" && places[2].number(among: song) == nil)
    }

    @Test(.enabled(if: isInstalled("mpd"), "mpd is not installed: apt-get install mpd"))
    func mpd() throws {
        try withTemporaryFolder { folder in
            try makeMusic(folder)
            try FolderTree.create(folder + "/lists")
            let socket = folder + "/mpd.sock"
            try write(
                """
                music_directory "\(folder)/music"
                playlist_directory "\(folder)/lists"
                db_file "\(folder)/db"
                state_file "\(folder)/state"
                log_file "\(folder)/log"
                bind_to_address "\(socket)"
                audio_output {
                    type "null"
                    name "none"
                }
                """, to: folder + "/mpd.conf")
            let process = try start("mpd --no-daemon \(folder)/mpd.conf > /dev/null 2>&1")
            defer { process.terminate() }
            let server = MPDServer(socket)
            let limit = CallLimit(.seconds(60))
            // It reads its folder when it starts, and answers meanwhile.
            let songs = try whenUp {
                let songs = try server.songs(limit) { _ in }
                guard songs.count == 2 else { throw MusicError.noSuchSong("not yet") }
                return songs
            }
            #expect(Set(songs.map(\.title)) == ["Alice", "Flash \"quoted\""])
            #expect(try server.check(limit).contains("2 songs"))
            let numbers = songs.compactMap { $0.identifiers.first?.value.dropFirst(server.place.count + 1) }.map(
                String.init)
            try server.save(numbers, name: "Sad/blue", limit)
            let list = try String(
                decoding: FileBytes.read(folder + "/lists/Sad-blue.m3u", limit: 1 << 20), as: UTF8.self)
            #expect(list.contains("flash.mp3") && list.contains("Tom Waits/alice.mp3"))
            // Saved again it is the same list, and what is gone keeps nothing else from being played.
            try server.save(numbers, name: "Sad/blue", limit)
            let again = try String(
                decoding: FileBytes.read(folder + "/lists/Sad-blue.m3u", limit: 1 << 20), as: UTF8.self)
            #expect(again == list)
            #expect(try server.save([numbers[0], "gone.mp3", numbers[1]], name: "Sad/blue", limit) == ["gone.mp3"])
            #expect(throws: ProviderError.self) { try server.save(["gone.mp3"], name: "Sad/blue", limit) }
            let kept = try String(
                decoding: FileBytes.read(folder + "/lists/Sad-blue.m3u", limit: 1 << 20), as: UTF8.self)
            #expect(kept == list && FolderTree.names(in: folder + "/lists").count == 1)
            // A mark behind a quotation mark, and an end of lines of two letters.
            let odd = "x\"\u{301}y", inFile = odd + "-z.m3u"
            _ = try server.save(numbers, name: odd + "\r\nz", limit)
            #expect(FolderTree.names(in: folder + "/lists").contains(inFile))
            try server.play(numbers, limit)
            try server.play(["gone.mp3"] + numbers, limit)
            #expect(throws: ProviderError.self) { try server.play(["gone.mp3"], limit) }
            #expect { try server.save(["nowhere.mp3\nclear"], name: "x", limit) } throws: {
                "\($0)".contains("line break")
            }
            #expect { try MPDServer("/nowhere/mpd.sock").check(limit) } throws: {
                "\($0)".contains("cannot be reached")
            }
        }
    }

    /// A socket whose queue is full, and one whose owner accepts nobody and says nothing.
    @Test func silentSockets() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/mpd.sock"
            let address = try #require(SocketAddress(socket: path))
            func at(_ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
                address.bytes.withUnsafeBytes {
                    body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
                }
            }
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let owner = socket(AF_UNIX, kind, 0)
            defer { close(owner) }
            let isBound = at(address) { bind(owner, $0, $1) } == 0
            try #require(isBound && listen(owner, 0) == 0)
            func ask() -> ProviderError? {
                do throws(ProviderError) {
                    _ = try MPDServer(path).check(CallLimit(.milliseconds(300)))
                    return nil
                } catch {
                    return error
                }
            }
            #expect(ask()?.cause == .timedOut)
            var waiting: [Int32] = []
            defer { for descriptor in waiting { close(descriptor) } }
            var isRoom = true
            while isRoom, waiting.count < 100 {
                let descriptor = socket(AF_UNIX, kind, 0)
                waiting.append(descriptor)
                isRoom = at(address) { connect(descriptor, $0, $1) } == 0
            }
            #expect(!isRoom && errno == EAGAIN)
            #expect(ask()?.cause == .timedOut)
            // With room again the connection is made.
            #expect(accept(owner, nil, nil) >= 0)
            let made = try StreamSocket.open(path, port: "", CallLimit(.seconds(60)))
            close(made)
        }
    }

    /// A name server that does not answer.
    @Test func namesThatAreNotFoundInTime() throws {
        let isOver = Guarded(false)
        defer { isOver.withLock { $0 = true } }
        let began = ContinuousClock.now
        #expect {
            try StreamSocket.open("nas", port: "6600", CallLimit(.milliseconds(200))) { _, _ in
                while !isOver.withLock({ $0 }) { usleep(1000) }
                return .success([])
            }
        } throws: {
            ($0 as? StreamSocket.Failure)?.reason == "its name was not found in time"
        }
        #expect(ContinuousClock.now - began < .seconds(20))
        #expect { try MPDServer("no-such-host.invalid").check(CallLimit(.seconds(60))) } throws: {
            "\($0)".contains("cannot be reached at no-such-host.invalid")
        }
    }

    /// Names that servers read wrong are those of the file: encodings, words for nobody and for no album, names of files.
    @Test func namesAreThoseOfTheFile() throws {
        try withTemporaryFolder { folder in
            let server = StubServer { request in
                guard request.path.hasSuffix("/Items") else { return StubReply(200, #"[{"Id":"u2","Name":"Bob"}]"#) }
                let songs = [
                    #"{"Id":"a1","Name":"Ãðóïïà êðîâè","Artists":["Êèíî"],"Album":"[non-album tracks]"}"#,
                    #"{"Id":"a2","Name":"notags.mp3","Artists":["[unknown]"],"Album":"[Unknown Album]"}"#,
                    #"{"Id":"a3","Name":"Hyperballad","Artists":["Björk"],"Album":"Post"}"#,
                    #"{"Id":"a4","Name":"Of nobody","Artists":[]}"#,
                ]
                return StubReply(200, #"{"Items":[\#(songs.joined(separator: ","))],"TotalRecordCount":4}"#)
            }
            let services = try services(folder, [.jellyfinKey: "key", .jellyfinUser: "bob"])
            let jellyfin = try #require(try services.server(at: "jellyfin:" + server.url))
            let songs = try jellyfin.songs(CallLimit(.seconds(20))) { _ in }
            #expect(songs.map(\.title) == ["Группа крови", "notags", "Hyperballad", "Of nobody"])
            #expect(songs.map(\.artist) == ["Кино", "Unknown artist", "Björk", "Unknown artist"])
            #expect(songs.map(\.album) == ["", "", "Post", ""])
        }
    }

    @Test func jellyfinByItsDocuments() throws {
        try withTemporaryFolder { folder in
            let asked = Guarded<[StubRequest]>([])
            let server = StubServer { request in
                asked.withLock { $0.append(request) }
                guard request.headers["authorization"]?.contains("Token=\"key\"") == true else {
                    return StubReply(401, "")
                }
                switch request.path {
                case "/Users": return StubReply(200, #"[{"Id":"u1","Name":"Ann"},{"Id":"u2","Name":"Bob"}]"#)
                case "/System/Info": return StubReply(200, #"{"ProductName":"Jellyfin Server","Version":"10.9.1"}"#)
                case "/Users/u2/Items":
                    return StubReply(
                        200,
                        #"{"Items":[{"Id":"a1","Name":"T","Artists":["A","B"],"Album":"L","RunTimeTicks":2130400000,"ProductionYear":1999,"UserData":{"PlayCount":3}},{"Id":"x"}],"TotalRecordCount":2}"#
                    )
                default: return StubReply(200, #"{"Id":"p1"}"#)
                }
            }
            let services = try services(folder, [.jellyfinKey: "key", .jellyfinUser: "bob"])
            let jellyfin = try #require(try services.server(at: "jellyfin:" + server.url))
            let limit = CallLimit(.seconds(20))
            #expect(try jellyfin.check(limit) == "Jellyfin Server 10.9.1")
            let songs = try jellyfin.songs(limit) { _ in }
            #expect(songs.map(\.artist) == ["A, B"] && songs[0].duration == 213_040 && songs[0].plays == 3)
            try jellyfin.save(["a1"], name: "N", limit)
            let body = try JSONValue(parsing: asked.withLock { $0.last?.body ?? "" })
            #expect(body["UserId"]?.stringValue == "u2" && body["Ids"] == ["a1"])
            try jellyfin.heard("a1", time: 1_700_000_000, limit)
            let told = try #require(asked.withLock { $0.last })
            #expect(told.method == "POST" && told.path == "/Users/u2/PlayedItems/a1")
            #expect(told.query["datePlayed"] == "20231114221320")
            let anybody = try self.services(folder, [.jellyfinKey: "key"])
            let other = try #require(try anybody.server(at: "jellyfin:" + server.url))
            #expect { try other.songs(limit) { _ in } } throws: { "\($0)".contains("JELLYFIN_USER") }
            let stranger = try self.services(folder, [.jellyfinKey: "wrong", .jellyfinUser: "bob"])
            let shut = try #require(try stranger.server(at: "jellyfin:" + server.url))
            #expect { try shut.check(limit) } throws: { ($0 as? ProviderError)?.cause == .badCredentials }
        }
    }

    @Test func listenBrainz() throws {
        try withTemporaryFolder { folder in
            let asked = Guarded<[StubRequest]>([])
            let server = StubServer { request in
                asked.withLock { $0.append(request) }
                if request.path == "/1/validate-token" { return StubReply(200, #"{"valid":true,"user_name":"ann"}"#) }
                if request.path == "/1/user/ann/listens" {
                    return StubReply(
                        200,
                        request.query["max_ts"] == nil
                            ? #"{"payload":{"listens":[{"listened_at":9,"track_metadata":{"track_name":"T","artist_name":"A"}},{"listened_at":8,"track_metadata":{"track_name":"T","artist_name":"A"}}]}}"#
                            : #"{"payload":{"listens":[]}}"#)
                }
                return StubReply(request.headers["authorization"] == "Token tok" ? 200 : 401, #"{"status":"ok"}"#)
            }
            let services = try services(folder, [.listenBrainzToken: "tok"], listenBrainz: server.url)
            let limit = CallLimit(.seconds(20))
            #expect(try services.listenBrainz.check(limit) == "token of ann")
            try services.listenBrainz.submit([(Song(title: "T", artist: "A", duration: 5000), 1_700_000_000)], limit)
            let sent = try JSONValue(parsing: asked.withLock { $0.last?.body ?? "" })
            #expect(sent["payload"]?.arrayValue?.first?["track_metadata"]?["track_name"] == "T")
            let catalogue = try Catalogue(folder + "/c.db", builtIn: nil)
            let lists = services.lists()
            let report = try catalogue.importAndRemember(
                "listenbrainz:ann", from: try #require(lists.first { $0.handles("listenbrainz:ann") }),
                options: ImportOptions())
            #expect(report.added == 1)
            #expect(try catalogue.song(named: "T").plays == 2)
            let without = try self.services(folder, [:], listenBrainz: server.url)
            #expect { try without.listenBrainz.submit([], limit) } throws: { "\($0)".contains("LISTENBRAINZ_TOKEN") }
        }
    }

    /// Several listens in the second in which a page ends are neither lost nor counted twice, and no server makes it go on
    /// for ever.
    @Test(arguments: [(1000, 3), (1000, 1), (997, 1500), (1, 1000)])
    func listensAcrossPages(_ before: Int, _ within: Int) throws {
        // The newest first: `before` of seconds of their own, `within` of one second, and two earlier ones.
        var all = (0..<before).map { (time: 10_000 - $0, name: "N\($0 % 7)") }
        all += (0..<within).map { (5000, "S\($0)") } + [(4000, "E"), (3999, "E")]
        let listens = all
        try withTemporaryFolder { folder in
            let pages = Guarded(0), ignoresTime = Guarded(false)
            let server = StubServer { request in
                pages.withLock { $0 += 1 }
                let until = ignoresTime.withLock { $0 } ? Int.max : request.query["max_ts"].flatMap { Int($0) } ?? .max
                let page = listens.filter { $0.time < until }.prefix(min(1000, Int(request.query["count"] ?? "") ?? 0))
                let rows = page.map {
                    #"{"listened_at":\#($0.time),"recording_msid":"\#($0.name)","#
                        + #""track_metadata":{"track_name":"\#($0.name)","artist_name":"A"}}"#
                }
                return StubReply(200, "{\"payload\":{\"listens\":[\(rows.joined(separator: ","))]}}")
            }
            let services = try services(folder, [:], listenBrainz: server.url)
            func take(_ name: String) throws -> Catalogue {
                let catalogue = try Catalogue("\(folder)/\(name).db", builtIn: nil)
                let list = try #require(services.lists().first { $0.handles("listenbrainz:ann") })
                _ = try catalogue.importAndRemember("listenbrainz:ann", from: list, options: ImportOptions())
                return catalogue
            }
            var filter = Catalogue.Filter()
            filter.limit = 10_000
            let songs = try take("all").songs(filter)
            // A page holds no more of a second; the others of it cannot be had.
            let had = min(within, 1000)
            #expect(songs.reduce(0) { $0 + $1.plays } == before + had + 2)
            #expect(songs.count == min(before, 7) + had + 1)
            #expect(pages.withLock { $0 } < 8)
            ignoresTime.withLock { $0 = true }
            #expect(try take("again").songs(filter).reduce(0) { $0 + $1.plays } == 1000)
        }
    }

    @Test func halfOfASongOrFourMinutesAreHeard() {
        #expect(ListenReports.counts(seconds: 100, of: 200) && !ListenReports.counts(seconds: 99, of: 200))
        #expect(ListenReports.counts(seconds: 240, of: 3000) && !ListenReports.counts(seconds: 239, of: 3000))
        #expect(ListenReports.counts(seconds: 240, of: nil) && !ListenReports.counts(seconds: 239, of: nil))
        #expect(!ListenReports.counts(seconds: 0, of: 0))
    }

    /// Each is told what it knows; who cannot be reached is told later, who refuses is not asked again.
    @Test func whoIsToldWhatWasHeard() throws {
        try withTemporaryFolder { folder in
            let isDown = Guarded(true)
            let server = StubServer { request in
                if request.path.hasPrefix("/1/") {
                    return StubReply(isDown.withLock { $0 } ? 429 : 200, "{}")
                }
                return StubReply(
                    200,
                    request.query["id"] == "bad"
                        ? #"{"subsonic-response":{"status":"failed","error":{"code":70,"message":"gone"}}}"#
                        : #"{"subsonic-response":{"status":"ok"}}"#)
            }
            let values: [Credentials.Name: String] = [
                .subsonicUser: "u", .subsonicPassword: "p", .listenBrainzToken: "tok",
            ]
            let services = try services(folder, values, listenBrainz: server.url)
            let place = String(server.url.dropFirst(7))
            func song(_ title: String, _ number: String?) -> Song {
                var song = Song(title: title, artist: "A")
                song.identifiers = number.map { [SongIdentifier(.init(rawValue: "subsonic"), "\(place)/\($0)")] } ?? []
                return song
            }
            let places = ["subsonic:\(server.url)", "navidrome:\(server.url)/", "/music", "mpd:nas"]
            let reports = try #require(services.listenReports(places))
            reports.heard(song("One", "7"), time: 100)
            func asked(_ path: String) -> [StubRequest] { server.requests.filter { $0.path == path } }
            while asked("/1/submit-listens").isEmpty { usleep(1000) }
            isDown.withLock { $0 = false }
            reports.heard(song("Two", nil), time: 200)
            reports.heard(song("Bad", "bad"), time: 300)
            #expect(reports.finish(within: .seconds(60)) == 0)
            #expect(Set(reports.takeProblems().map(\.cause)) == [.rateLimited, .notFound])
            let scrobbles = asked("/rest/scrobble.view").map { ($0.query["id"] ?? "") + " " + ($0.query["time"] ?? "") }
            #expect(scrobbles == ["7 100000", "bad 300000"])
            let times = try asked("/1/submit-listens").dropFirst().map {
                try JSONValue(parsing: $0.body)["payload"]?.arrayValue?.first?["listened_at"]?.intValue
            }
            #expect(times.compactMap { $0 }.sorted() == [100, 200, 300])
            #expect(try self.services(folder, [:]).listenReports(["/music", "mpd:nas"]) == nil)
            // What it lacks is told.
            let without = try #require(try self.services(folder, [:]).listenReports(places))
            #expect(without.takeProblems().allSatisfy { $0.cause == .notSetUp })
            #expect(without.finish(within: .seconds(1)) == 0)
        }
    }

    /// A provider that this program does not know.
    private struct Jukebox: MusicProvider {
        let service = MusicService(rawValue: "jukebox", name: "Our jukebox")

        func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? {
            ProviderMatch(
                identifiers: [SongIdentifier(.init(rawValue: "jukebox"), "A7")], link: "https://juke.example/A7")
        }

        func check(_ limit: CallLimit) -> [ProviderFinding] { [ProviderFinding("slots", .works, "one")] }
    }

    @Test func providersOfOthers() throws {
        try withTemporaryFolder { folder in
            let services = try MusicServices(
                memory: folder + "/c.db", credentials: Credentials(), tokenFolder: folder, providers: [Jukebox()])
            let song = Song(title: "T", artist: "A")
            let found = Enrichment(of: [song], with: services.provider(Jukebox().service), within: .seconds(20))
            #expect(found.matches.first??.link == "https://juke.example/A7" && found.service.name == "Our jukebox")
            #expect(services.known.last?.rawValue == "jukebox")
            let catalogue = try Catalogue(folder + "/c.db", builtIn: nil)
            let id = try catalogue.add(SongDraft(title: "T", artist: "A")).id
            try catalogue.note(try #require(found.matches[0]), of: id)
            #expect(try catalogue.song(id).identifiers.first?.value == "A7")
            let unknown = services.provider(MusicService(rawValue: "nobody"))
            #expect { try unknown.resolve(song, ProviderQuery(CallLimit(.seconds(1)))) } throws: {
                "\($0)".contains("no provider")
            }
        }
    }
}
