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
            let music = folder.appendingPathComponent("music")
            try FileManager.default.createDirectory(at: music, withIntermediateDirectories: true)
            try Data(head + Array("data".utf8) + bytes(sound.count, 4) + sound)
                .write(to: music.appendingPathComponent("The Tones - \(title).wav"))
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
