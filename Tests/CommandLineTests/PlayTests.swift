import ChildProcess
import Foundation
import JSON
import StubServer
import Testing

/// Music from the terminal. What is heard is recorded from a PulseAudio of the test's own, where that is installed.
@Suite struct PlayTests {
    /// A PulseAudio with a sink that leads nowhere, and a folder for songs and their catalogue.
    private final class SoundServer {
        let folder: URL
        private let process = ChildProcess()
        var address: String { "unix:\(folder.path)/sound" }
        var shell: String { "export PULSE_SERVER='\(address)' HOME='\(folder.path)' XDG_RUNTIME_DIR='\(folder.path)'" }

        static let isInstalled = ["pulseaudio", "parec"].allSatisfy { name in
            ["/usr/bin", "/usr/local/bin", "/bin"].contains { access("\($0)/\(name)", X_OK) == 0 }
        }

        init() throws {
            folder = try Fermusic.temporaryFolder()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = [
                "-c",
                """
                export HOME='\(folder.path)' XDG_RUNTIME_DIR='\(folder.path)'
                exec pulseaudio -n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes \
                -L 'module-null-sink sink_name=out rate=48000 format=float32le' \
                -L 'module-native-protocol-unix socket=\(folder.path)/sound auth-anonymous=1' >'\(folder.path)/log' 2>&1
                """,
            ]
            try process.run()
            while process.isRunning, access("\(folder.path)/sound", F_OK) != 0 { usleep(10_000) }
            try #require(process.isRunning, "pulseaudio does not start")
        }

        deinit {
            process.terminate()
            process.waitUntilExit()
            try? FileManager.default.removeItem(at: folder)
        }

        /// A tone: its pitch can be counted in what was recorded.
        func song(_ title: String, _ pitch: Double, seconds: Double) throws {
            let music = folder.appendingPathComponent("music")
            try FileManager.default.createDirectory(at: music, withIntermediateDirectories: true)
            try Data(Self.tone(pitch, seconds: seconds)).write(
                to: music.appendingPathComponent("The Tones - \(title).wav"))
        }

        /// A tone as a file.
        static func tone(_ pitch: Double, seconds: Double) -> [UInt8] {
            func bytes(_ number: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(number >> (8 * $0) & 0xFF) } }
            let frames = Int(seconds * 48_000)
            var sound: [UInt8] = []
            for frame in 0..<frames {
                let value = Int16(8000 * sin(2 * .pi * pitch * Double(frame) / 48_000))
                sound += bytes(Int(UInt16(bitPattern: value)), 2)
            }
            let head =
                Array("RIFF".utf8) + bytes(36 + sound.count, 4) + Array("WAVEfmt ".utf8) + bytes(16, 4) + bytes(1, 2)
                + bytes(1, 2) + bytes(48_000, 4) + bytes(96_000, 4) + bytes(2, 2) + bytes(16, 2)
            return head + Array("data".utf8) + bytes(sound.count, 4) + sound
        }

        func importSongs() throws {
            let result = try Fermusic.run([
                "catalogue", "import", "\(folder.path)/music", "--emotion", "happy", "--catalogue", catalogue,
            ])
            try #require(result.status == 0, "\(result.errors)")
        }

        var catalogue: String { "\(folder.path)/songs.db" }

        /// What plays while `body` runs, one channel of 48,000 samples a second.
        func recording(_ body: () throws -> Void) throws -> [Float] {
            let recorder = ChildProcess()
            recorder.executableURL = URL(fileURLWithPath: "/bin/sh")
            recorder.arguments = [
                "-c",
                "\(shell); exec parec -d out.monitor --raw --format=float32le --rate=48000 --channels=1 --latency-msec=20 "
                    + ">'\(folder.path)/heard' 2>/dev/null",
            ]
            try recorder.run()
            let size = { (try? Data(contentsOf: self.folder.appendingPathComponent("heard")).count) ?? 0 }
            // It runs once silence comes.
            while size() == 0, recorder.isRunning { usleep(10_000) }
            try body()
            recorder.terminate()
            recorder.waitUntilExit()
            let data = try Data(contentsOf: folder.appendingPathComponent("heard"))
            return data.withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
            }
        }

        func play(_ words: [String]) throws -> Fermusic.Result {
            try Fermusic.run(["play", "--emotion", "happy", "--catalogue", catalogue] + words, shell: shell)
        }
    }

    /// Seconds with sound, and the pitch by how often it crosses zero.
    private static func heard(_ samples: [Float]) -> (seconds: Double, pitch: Double) {
        let loud = samples.indices.filter { abs(samples[$0]) > 0.001 }
        guard let first = loud.first, let last = loud.last, last > first else { return (0, 0) }
        let part = samples[first...last]
        let crossings = zip(part, part.dropFirst()).count { ($0 < 0) != ($1 < 0) }
        let seconds = Double(part.count) / 48_000
        return (seconds, Double(crossings) / 2 / seconds)
    }

    @Test(.enabled(if: SoundServer.isInstalled, "there is no pulseaudio (apt-get install pulseaudio pulseaudio-utils)"))
    func whatIsPlayedIsHeard() throws {
        let server = try SoundServer()
        try server.song("Low", 300, seconds: 2)
        try server.importSongs()
        var result: Fermusic.Result?
        let samples = try server.recording { result = try server.play(["--count", "1", "--only", "mine"]) }
        #expect(result?.status == 0 && result?.errors == "", "\(result?.errors ?? "")")
        #expect(result?.output == "playing Low - The Tones\n")
        let heard = PlayTests.heard(samples)
        #expect(abs(heard.seconds - 2) < 0.1 && abs(heard.pitch - 300) < 3, "\(heard)")
        // Two seconds are not yet a song that was heard; what was recommended is noted.
        let history = try Fermusic.run(["history", "--catalogue", server.catalogue])
        #expect(history.output.contains("Low - The Tones"))
    }

    /// The server that the song is of, and ListenBrainz, are told once half of it was heard, and not before.
    @Test(.enabled(if: SoundServer.isInstalled, "there is no pulseaudio (apt-get install pulseaudio pulseaudio-utils)"))
    func whatWasHeardIsTold() throws {
        let server = try SoundServer()
        try server.song("Low", 300, seconds: 2)
        let stub = StubServer { request in
            let songs =
                request.path == "/rest/search3.view" && request.query["songOffset"] == "0"
                ? #","searchResult3":{"song":[{"id":"a7","title":"Low","artist":"The Tones"}]}"# : ""
            return StubReply(200, #"{"subsonic-response":{"status":"ok"\#(songs)}}"#)
        }
        let account =
            "; export SUBSONIC_USER=u SUBSONIC_PASSWORD=p LISTENBRAINZ_TOKEN=tok FERMUSIC_LISTENBRAINZ_URL=\(stub.url)"
        let imported = try Fermusic.run(
            ["catalogue", "import", "subsonic:\(stub.url)", "--catalogue", server.catalogue], shell: "true" + account)
        try #require(imported.status == 0, "\(imported.errors)")
        try server.importSongs()
        let words = ["play", "--emotion", "happy", "--only", "mine", "--count", "1", "--catalogue", server.catalogue]
        let silent = try Fermusic.run(words + ["--no-scrobble"], shell: server.shell + account)
        #expect(silent.status == 0 && silent.errors == "", "\(silent.errors)")
        func asked(_ path: String) -> [StubRequest] { stub.requests.filter { $0.path == path } }
        #expect(asked("/rest/scrobble.view").isEmpty && asked("/1/submit-listens").isEmpty)
        let before = Int(Date().timeIntervalSince1970)
        let told = try Fermusic.run(words, shell: server.shell + account)
        #expect(told.status == 0 && told.errors == "", "\(told.errors)")
        let scrobble = asked("/rest/scrobble.view")
        #expect(scrobble.map { $0.query["id"] } == ["a7"] && scrobble.first?.query["submission"] == "true")
        let time = try #require(scrobble.first?.query["time"].flatMap { Int($0) }) / 1000
        #expect((before...Int(Date().timeIntervalSince1970)).contains(time))
        let listens = try asked("/1/submit-listens").map { try JSONValue(parsing: $0.body) }
        #expect(listens.count == 1 && listens.first?["payload"]?.arrayValue?.first?["listened_at"]?.intValue == time)
        // Who is not there is said once.
        let lost = try Fermusic.run(
            words, shell: server.shell + account + "; export FERMUSIC_LISTENBRAINZ_URL=http://127.0.0.1:9")
        #expect(
            lost.status == 0 && lost.errors.contains("ListenBrainz") && lost.errors.contains("1 play"), "\(lost.errors)"
        )
    }

    /// Songs of a music server are heard too; one that it does not give is told, and the next one comes.
    @Test(.enabled(if: SoundServer.isInstalled, "there is no pulseaudio (apt-get install pulseaudio pulseaudio-utils)"))
    func songsOfAServerAreHeard() throws {
        let server = try SoundServer()
        let tone = SoundServer.tone(500, seconds: 2)
        let stub = StubServer { request in
            guard request.headers["x-emby-token"] == "hush-key" else { return StubReply(401, "hush-key") }
            switch request.path {
            case "/Users": return StubReply(200, #"[{"Id":"u1","Name":"Ann"}]"#)
            case "/Users/u1/Items":
                return StubReply(
                    200,
                    #"{"Items":[{"Id":"a1","Name":"Far","Artists":["The Tones"]},"#
                        + #"{"Id":"a2","Name":"Lost","Artists":["The Tones"]}],"TotalRecordCount":2}"#)
            case "/Audio/a1/stream": return .part(of: tone, type: "audio/wav", for: request)
            default: return StubReply(404, "hush-key")
            }
        }
        let account = "; export JELLYFIN_API_KEY=hush-key"
        let imported = try Fermusic.run(
            ["catalogue", "import", "jellyfin:\(stub.url)", "--emotion", "happy", "--catalogue", server.catalogue],
            shell: "true" + account)
        try #require(imported.status == 0, "\(imported.errors)")
        let list = try Fermusic.run(
            ["playlist", "save", "Tones", "the tones lost", "the tones far", "--catalogue", server.catalogue])
        try #require(list.status == 0, "\(list.errors)")
        var result: Fermusic.Result?
        let samples = try server.recording {
            result = try Fermusic.run(
                ["play", "--playlist", "Tones", "--no-scrobble", "--catalogue", server.catalogue],
                shell: server.shell + account)
        }
        let errors = result?.errors ?? ""
        #expect(result?.status == 0 && result?.output == "playing Far - The Tones\n", "\(errors)")
        #expect(
            errors.hasPrefix("note: Lost: Jellyfin: has no such thing") && errors.count { $0 == "\n" } == 1, "\(errors)"
        )
        #expect(!errors.contains("hush"))
        let heard = PlayTests.heard(samples)
        #expect(abs(heard.seconds - 2) < 0.1 && abs(heard.pitch - 500) < 5, "\(heard)")
        // Another program is not told the way into the server.
        let other = try Fermusic.run(
            ["play", "--playlist", "Tones", "--player", "echo", "--catalogue", server.catalogue],
            shell: server.shell + account)
        #expect(other.status == 1 && other.errors.contains("nothing to play"), "\(other.errors)")
    }

    /// The face of a clip starts music for its mood; another mood steers what comes next, and the end of the clip ends it.
    @Test(.enabled(if: SoundServer.isInstalled, "there is no pulseaudio (apt-get install pulseaudio pulseaudio-utils)"))
    func aFaceBeforeTheCameraIsPlayedTo() throws {
        let server = try SoundServer()
        let moods = ["happy": 600.0, "surprise": 200.0]
        for (mood, pitch) in moods {
            let music = SoundServer.tone(pitch, seconds: 1.5)
            let place = server.folder.appendingPathComponent(mood)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            // More than are played before the mood changes.
            for index in 0..<10 {
                try Data(music).write(to: place.appendingPathComponent("The Tones - \(mood) \(index).wav"))
            }
            let imported = try Fermusic.run([
                "catalogue", "import", place.path, "--emotion", mood, "--catalogue", server.catalogue,
            ])
            try #require(imported.status == 0, "\(imported.errors)")
        }
        let clip = server.folder.appendingPathComponent("clip.mkv").path
        try writeClip(clip, of: [(.happy, 4), (.surprise, 13)])
        var result: Fermusic.Result?
        let samples = try server.recording {
            result = try Fermusic.run(
                [
                    "live", clip, "--play", "--only", "mine", "--json", "--detector", "none", "--port", "0",
                    "--provider", "none", "--no-scrobble", "--catalogue", server.catalogue,
                ], shell: server.shell)
        }
        let errors = result?.errors ?? ""
        #expect(result?.status == 0, "\(errors)")
        let played = errors.split(separator: "\n").filter { $0.hasPrefix("playing ") }.map {
            $0.split(separator: " ")[1]
        }
        let happy = played.prefix { $0 == "happy" }.count
        #expect((1..<10).contains(happy) && played.count > happy, "\(errors)")
        // Of songs alone that are the listener's, those of a mood nearby come too.
        #expect(played.dropFirst(happy).first == "surprise", "\(errors)")
        // What is on standard output is for programs.
        let lines = result?.output.split(separator: "\n") ?? []
        #expect(!lines.isEmpty && lines.allSatisfy { (try? JSONValue(parsing: String($0))) != nil })
        // Each song was heard whole but the last, and one after the other.
        let heard = PlayTests.heard(samples)
        #expect(
            heard.seconds > 1.5 * Double(played.count - 1) - 0.2 && heard.seconds < 1.5 * Double(played.count) + 0.3)
    }

    @Test(.enabled(if: SoundServer.isInstalled, "there is no pulseaudio (apt-get install pulseaudio pulseaudio-utils)"))
    func piecesComeWhereThereIsNoMusicAndCtrlCEndsThem() throws {
        let server = try SoundServer()
        let samples = try server.recording {
            let running = try Fermusic.start(
                ["play", "--emotion", "sad", "--catalogue", server.catalogue], shell: server.shell)
            defer { try? FileManager.default.removeItem(at: running.folder) }
            var output = ""
            while running.process.isRunning, !output.hasSuffix("\n") {
                output += String(decoding: running.output.readDataToEndOfFile(), as: UTF8.self)
                usleep(10_000)
            }
            #expect(output.hasPrefix("playing ") && output.contains(" - fermusic\n"), "\(output)")
            usleep(1_500_000)
            kill(running.process.processIdentifier, SIGINT)
            running.process.waitUntilExit()
            #expect(running.process.terminationStatus == 0)
        }
        #expect(PlayTests.heard(samples).seconds > 0.3)
        let mine = try server.play(["--only", "mine"])
        #expect(mine.status == 1 && mine.errors.contains("nothing to play"))
    }

    @Test func withoutASoundServerOneLineSaysSo() throws {
        let home = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: home) }
        let result = try Fermusic.run(
            ["play", "--emotion", "happy"],
            shell: "export PULSE_SERVER=unix:/nowhere/pulse ALSA_CONFIG_PATH=/nowhere XDG_RUNTIME_DIR=/nowhere "
                + "HOME='\(home.path)' XDG_DATA_HOME='\(home.path)'")
        #expect(result.status == 1 && result.output.isEmpty)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1 && lines.first?.contains("nothing here takes sound") == true, "\(result.errors)")
    }

    @Test func anotherPlayerIsGivenTheFiles() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let player = folder.appendingPathComponent("player").path
        try "#!/bin/sh\nprintf '%s\\n' \"$@\"\n".write(toFile: player, atomically: true, encoding: .utf8)
        chmod(player, 0o755)
        let catalogue = folder.appendingPathComponent("songs.db").path
        let words = ["play", "--emotion", "happy", "--catalogue", catalogue, "--count", "3"]
        let result = try Fermusic.run(words + ["--player", player])
        #expect(result.status == 0, "\(result.errors)")
        let files = result.output.split(separator: "\n")
        #expect(files.count == 3 && Set(files).count == 3 && files.allSatisfy { $0.hasSuffix(".opus") })
        let missing = try Fermusic.run(words + ["--player", "no-such-player"])
        #expect(missing.status == 1 && missing.errors.contains("there is no program 'no-such-player'"))
        let nothing = try Fermusic.run(words + ["--player", player, "--only", "mine"])
        #expect(nothing.status == 1 && nothing.errors.contains("catalogue import"))
    }
}
