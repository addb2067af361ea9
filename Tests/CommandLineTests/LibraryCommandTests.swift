import Foundation
import JSON
import Testing

/// Folders of music and lists on the command line.
@Suite struct LibraryCommandTests {
    private func withCatalogue(_ body: (URL, [String]) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fermusic-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("Music"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder, ["--catalogue", folder.appendingPathComponent("c.db").path])
    }

    /// Silence as MP3 with a title and an artist.
    private func song(_ title: String, _ artist: String) -> Data {
        var body: [UInt8] = []
        for (name, text) in [("TIT2", title), ("TPE1", artist)] {
            let value = [3] + Array(text.utf8)
            body += Array(name.utf8) + [0, 0, 0, UInt8(value.count), 0, 0] + value
        }
        let frame: [UInt8] = [0xFF, 0xFB, 0x90, 0x00] + [UInt8](repeating: 0, count: 413)
        return Data(Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, UInt8(body.count)] + body + (0..<20).flatMap { _ in frame })
    }

    @Test func playlistsLast() throws {
        try withCatalogue { folder, catalogue in
            func run(_ words: String...) throws -> Fermusic.Result { try Fermusic.run(words + catalogue) }
            let early = try run("playlist", "save", "Rain")
            #expect(early.status == 1 && early.errors.contains("fermusic recommend"))
            let songs = try run("recommend", "--emotion", "sad", "--count", "3").output
            #expect(try run("playlist", "save", "Rain & co").errors == "'Rain & co' has 3 songs\n")
            #expect(try run("playlist", "save", "--add", "Rain & co", "1").status == 0)
            #expect(try run("playlist", "list").output.contains("Rain & co ("))
            let shown = try run("playlist", "show", "Rain & co").output.split(separator: "\n")
            #expect(shown.count >= 3 && !songs.isEmpty)
            let file = folder.appendingPathComponent("rain.xspf").path
            #expect(try run("playlist", "export", "Rain & co", file).errors == "wrote \(file)\n")
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains("<title>Rain &amp; co</title>"))
            let table = try run("playlist", "export", "Rain & co", "-", "--format", "csv").output
            #expect(table.split(separator: "\n").count == shown.count + 1)
            let back = try Fermusic.run([
                "catalogue", "import", file, "--catalogue", folder.appendingPathComponent("other.db").path,
            ])
            #expect(back.status == 0, "\(back)")
            #expect(try run("playlist", "remove", "Rain & co").status == 0)
            let gone = try run("playlist", "show", "Rain & co")
            #expect(gone.status == 1 && gone.errors.contains("no playlist 'Rain & co'"))
            #expect(try run("playlist", "save", " ").status == 2)
        }
    }

    @Test func aFolderOfMusic() throws {
        try withCatalogue { folder, catalogue in
            let music = folder.appendingPathComponent("Music")
            try song("Alice", "Tom Waits").write(to: music.appendingPathComponent("a.mp3"))
            try Data().write(to: music.appendingPathComponent("empty.mp3"))
            let first = try Fermusic.run(["catalogue", "import", music.path] + catalogue)
            #expect(first.status == 0 && first.output.contains("1 song added"), "\(first)")
            #expect(first.errors.contains("empty.mp3: empty; no song of it"))
            #expect(first.errors.contains("a.mp3: cannot be listened to: there is no second of sound in it; its song"))
            let own = try Fermusic.run(["recommend", "sad", "--only", "mine", "--provider", "none"] + catalogue)
            #expect(own.errors == "note: there is only one song of this kind\n")
            let again = try Fermusic.run(["catalogue", "import", music.path, "--json"] + catalogue)
            let report = try JSONValue(parsing: again.output)
            #expect(report["skipped"] == 1 && report["added"] == 0 && report["failed"] == 1)
            try song("Flash", "Queen").write(to: music.appendingPathComponent("b.mp3"))
            let refreshed = try Fermusic.run(["catalogue", "refresh"] + catalogue)
            #expect(refreshed.status == 0 && refreshed.output.contains("1 song added"), "\(refreshed)")
            let playlist = try Fermusic.run(["catalogue", "export", "-", "--format", "m3u8"] + catalogue)
            #expect(
                playlist.output.contains("#EXTINF:1,Queen - Flash\n\(music.resolvingSymlinksInPath().path)/b.mp3"),
                "\(playlist)")
            let list = try Fermusic.run(
                ["recommend", "--emotion", "sad", "--output", "xspf", "--count", "3", "--no-history"] + catalogue)
            #expect(list.status == 0 && list.output.hasPrefix("<?xml") && list.output.contains("<creator>"))
            let both = try Fermusic.run(["recommend", "--emotion", "sad", "--output", "xspf", "--json"] + catalogue)
            #expect(both.status == 2)
        }
    }

    @Test func whatGivesNothingEndsWithOne() throws {
        try withCatalogue { folder, catalogue in
            func status(_ text: String, _ name: String) throws -> (status: Int32, errors: String) {
                let path = folder.appendingPathComponent(name)
                try Data(text.utf8).write(to: path)
                let run = try Fermusic.run(["catalogue", "import", path.path] + catalogue)
                return (run.status, run.errors)
            }
            #expect(try status("title,artist\n,\n", "a.csv").errors.contains("its only row could not be used"))
            #expect(try status("title,artist\n,\n", "a.csv").status == 1)
            #expect(try status("title,artist\n", "b.csv").status == 1)
            #expect(try status("{}", "c.json").status == 1)
            #expect(try status("Foo,Bar\nA,B\n", "d.csv").errors.contains("--columns"))
            #expect(
                try Fermusic.run(["catalogue", "import", folder.appendingPathComponent("Music").path] + catalogue)
                    .status == 1)
            #expect(try status("title,artist\nA,B\n", "e.csv").status == 0)
            #expect(try status("title,artist\nA,B\n", "e.csv").status == 0, "known already")
            let sources = try Fermusic.run(["catalogue", "stats", "--json"] + catalogue).output
            #expect(try JSONValue(parsing: sources)["sources"] == 1)
            let http = try Fermusic.run(["catalogue", "import", "http://nas:4533"] + catalogue)
            #expect(http.status == 1 && http.errors.contains("subsonic:http://nas:4533"))
            let server = try Fermusic.run(["server", "check", "subsonic:http://127.0.0.1:1"] + catalogue)
            #expect(server.status == 1 && server.errors.contains("SUBSONIC_USER"), "\(server)")
        }
    }

    @Test func aListThatCannotBeReadKeepsNobodyBack() throws {
        try withCatalogue { folder, catalogue in
            try Data("title,artist\nA,B\n".utf8).write(to: folder.appendingPathComponent("good.csv"))
            let good = folder.appendingPathComponent("good.csv").path, bad = folder.path + "/nowhere.csv"
            let run = try Fermusic.run(["catalogue", "import", bad, good] + catalogue)
            #expect(run.status == 1 && run.output.contains("1 song added"), "\(run)")
            #expect(run.errors.contains("error: \(bad): No such file or directory"))
        }
    }

    /// Files that come while something else is still read, and a single file.
    @Test func watchingBeginsBeforeReading() throws {
        try withCatalogue { folder, catalogue in
            let music = folder.appendingPathComponent("Music"), pipe = folder.path + "/list.csv"
            let single = folder.appendingPathComponent("single.mp3")
            try song("Alice", "Tom Waits").write(to: music.appendingPathComponent("a.mp3"))
            try song("Single", "Tom Waits").write(to: single)
            #expect(mkfifo(pipe, 0o600) == 0)
            let empty = folder.appendingPathComponent("Empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
            let running = try Fermusic.start(
                ["catalogue", "import", music.path, empty.path, single.path, pipe, "--watch"] + catalogue)
            defer {
                running.process.terminate()
                running.process.waitUntilExit()
                try? FileManager.default.removeItem(at: running.folder)
            }
            func count(_ words: String) -> Int {
                let text =
                    (try? String(contentsOf: running.folder.appendingPathComponent("output"), encoding: .utf8)) ?? ""
                return text.components(separatedBy: words).count - 1
            }
            func wait(_ isDone: () -> Bool) -> Bool {
                for _ in 0..<1200 where running.process.isRunning {
                    if isDone() { return true }
                    usleep(100_000)
                }
                return isDone()
            }
            // Now it waits for the list.
            #expect(wait { count("1 song added") == 2 })
            try song("Flash", "Queen").write(to: music.appendingPathComponent("b.mp3"))
            try Data("title,artist\nX,Y\n".utf8).write(to: URL(fileURLWithPath: pipe))
            #expect(wait { count("1 song added") == 4 }, "\(count("1 song added"))")
            try song("Another", "Queen").write(to: single)
            #expect(wait { count("1 song added") == 5 })
            let errors = try String(contentsOf: running.folder.appendingPathComponent("errors"), encoding: .utf8)
            #expect(errors.contains("Empty: there are no music files in it yet\n") && !errors.contains("error:"))
            let later = empty.appendingPathComponent("c.mp3")
            try song("Later", "Queen").write(to: later)
            #expect(wait { count("1 song added") == 6 })
        }
    }

    /// A name that M3U cannot write is said.
    @Test func exportsSayWhatTheyLeaveOut() throws {
        try withCatalogue { folder, catalogue in
            let music = folder.appendingPathComponent("Music")
            try song("Alice", "Tom Waits").write(to: music.appendingPathComponent("a\nb.mp3"))
            #expect(try Fermusic.run(["catalogue", "import", music.path] + catalogue).status == 0)
            for target in ["-", folder.path + "/all.m3u8"] {
                let m3u = try Fermusic.run(["catalogue", "export", target, "--format", "m3u8"] + catalogue)
                #expect(m3u.status == 0 && m3u.errors.contains("1 song is left out"), "\(m3u)")
            }
            let xspf = try Fermusic.run(["catalogue", "export", "-", "--format", "xspf"] + catalogue)
            #expect(!xspf.errors.contains("left out") && xspf.output.contains("a%0Ab.mp3"))
        }
    }
}
