import Foundation
import JSON
import Testing

/// Songs on the command line, each test with a catalogue of its own.
@Suite struct MusicTests {
    private func withCatalogue(_ body: (_ folder: URL, _ catalogue: [String]) throws -> Void) throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder, ["--catalogue", folder.appendingPathComponent("songs.db").path])
    }

    private func list(_ folder: URL, _ name: String, _ text: String) throws -> String {
        let path = folder.appendingPathComponent(name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func statistics(_ catalogue: [String]) throws -> JSONValue {
        let result = try Fermusic.run(["catalogue", "stats", "--json"] + catalogue)
        #expect(result.status == 0, "\(result.errors)")
        return try JSONValue(parsing: result.output)
    }

    @Test func songsComeFromTheFirstCallOn() throws {
        try withCatalogue { _, catalogue in
            for emotion in ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"] {
                let result = try Fermusic.run(["recommend", "--emotion", emotion, "--json"] + catalogue)
                #expect(result.status == 0, "\(result.errors)")
                let json = try JSONValue(parsing: result.output)
                let songs = json["songs"]?.arrayValue ?? []
                #expect(songs.count == 5)
                for song in songs {
                    #expect(song["title"]?.stringValue?.isEmpty == false)
                    #expect(song["reason"]?.stringValue?.contains("your mood") == true)
                    #expect(song["links"]?["youtube"]?.stringValue?.hasPrefix("https://www.youtube.com/") == true)
                }
            }
            let history = try Fermusic.run(["history", "--json"] + catalogue)
            #expect(history.output.split(separator: "\n").count == 7)
        }
    }

    /// What leaves no song is named.
    @Test func filtersThatLeaveNothingSayWhich() throws {
        try withCatalogue { folder, catalogue in
            for (words, expected) in [
                (["--only", "mine"], "no songs of your own yet; import some"),
                (["--length", "2-5"], "how long it lasts"),
                (["--genre", "jaz"], "no songs of the genre 'jaz'; did you mean 'jazz'?"),
                (["--only", "mine", "--genre", "jazz"], "no songs of your own yet"),
            ] {
                let result = try Fermusic.run(["recommend", "--emotion", "happy"] + words + catalogue)
                #expect(result.status == 1 && result.output.isEmpty && result.errors.contains(expected), "\(result)")
            }
        }
    }

    /// What is named like music is no list, and nobody waits for what is no file.
    @Test func devicesAreNoMusic() throws {
        try withCatalogue { folder, catalogue in
            let path = folder.appendingPathComponent("song.mp3").path
            #expect(mkfifo(path, 0o600) == 0)
            let result = try Fermusic.run(["catalogue", "import", path] + catalogue)
            #expect(
                result.status == 1 && result.errors.contains("is no file that music could be read from"), "\(result)")
            let table = try list(folder, "list.csv", "title,artist\nA,B\n")
            let watch = try Fermusic.run(["catalogue", "import", "--watch", table] + catalogue)
            #expect(watch.status == 2 && watch.errors.contains("expected a folder of music beside --watch"), "\(watch)")
        }
    }

    /// A title that several artists have is told apart by an artist's whole name.
    @Test func anArtistTellsSongsApart() throws {
        try withCatalogue { folder, catalogue in
            let table = try list(
                folder, "list.csv", "title,artist\nBlue,Joni\nBlue,Joni Mitchell Tribute\nGreen,Joni Mitchell Tribute\n"
            )
            #expect(try Fermusic.run(["catalogue", "import", table] + catalogue).status == 0)
            let saved = try Fermusic.run(["playlist", "save", "Mine", "Joni"] + catalogue)
            #expect(saved.status == 0, "\(saved)")
            let shown = try Fermusic.run(["playlist", "show", "Mine"] + catalogue)
            #expect(shown.output.contains("Blue") && !shown.output.contains("Tribute"), "\(shown)")
        }
    }

    /// What starting costs is what is loaded: the libraries of videos and services are not.
    @Test func loadsOnlyWhatSongsNeed() throws {
        try withCatalogue { folder, catalogue in
            let log = folder.appendingPathComponent("loaded")
            let result = try Fermusic.run(
                ["recommend", "--emotion", "sad=0.7,fear=0.3"] + catalogue,
                shell: "export LD_DEBUG=files LD_DEBUG_OUTPUT='\(log.path)'")
            #expect(result.status == 0)
            let logs = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.lastPathComponent.hasPrefix("loaded.") }
            let text = try String(decoding: Data(contentsOf: #require(logs.first)), as: UTF8.self)
            #expect(text.contains("libsqlite3"), "the loader tells what it loads")
            for library in ["libavformat", "libavcodec", "libswscale", "libheif", "libtiff", "libarchive"] {
                #expect(!text.contains(library), "\(library)")
            }
        }
    }

    @Test func hostileNamesAreShownSafely() throws {
        let names = [
            "\"Quoted\"", "🎉👨‍👩‍👧 emoji", "\u{202E}desrever\u{202C}", "\u{1B}[31mred\u{1B}[0m\u{07}", "line\nbreak\ttab",
            "\u{9B}2J clear", "'; DROP TABLE songs; --", "<script>alert(1)</script>",
            String(repeating: "long ", count: 2048),
            "back\\slash", "zero\u{200B}width \u{2028} separator", "한국어 العربية हिन्दी",
        ]
        try withCatalogue { folder, catalogue in
            let rows = names.enumerated().map {
                "\"\($1.replacingOccurrences(of: "\"", with: "\"\""))\",A\($0),0.25,0.39"
            }
            let path = try list(
                folder, "list.csv", "title,artist,valence,energy\n" + rows.joined(separator: "\n") + "\n")
            let imported = try Fermusic.run(["catalogue", "import", path] + catalogue)
            #expect(imported.output.contains("12 songs added"), "\(imported.errors)")
            let commands = [
                ["recommend", "-e", "sad", "-n", "100", "--surprise", "0"], ["catalogue", "list", "-n", "5000"],
                ["history"], ["feedback"],
            ]
            #expect(try Fermusic.run(["feedback", "like", "drop table songs"] + catalogue).status == 0)
            for command in commands {
                for format in [[], ["--json"]] {
                    let result = try Fermusic.run(command + format + catalogue)
                    #expect(result.status == 0, "\(result.errors)")
                    let unsafe = (result.output + result.errors).unicodeScalars.filter {
                        $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value)
                            || (0x202A...0x202E).contains($0.value) || $0.value == 0x2028
                    }
                    #expect(unsafe.isEmpty, "\(command)")
                    if format.isEmpty {
                        #expect(result.output.split(separator: "\n").allSatisfy { $0.count < 500 })
                    } else {
                        for line in result.output.split(separator: "\n") { _ = try JSONValue(parsing: String(line)) }
                    }
                }
            }
            // In JSON nothing is lost: every name comes back as it was, without what moves a cursor.
            let listed = try Fermusic.run(["catalogue", "list", "-n", "10000", "--json"] + catalogue)
            let titles = try listed.output.split(separator: "\n").map {
                try JSONValue(parsing: String($0))["title"]?.stringValue ?? ""
            }
            for name in names {
                let kept = name.unicodeScalars.compactMap { scalar -> Unicode.Scalar? in
                    if scalar == "\n" || scalar == "\t" { return " " }
                    return scalar.value < 0x20 || scalar.value == 0x7F ? nil : scalar
                }
                let expected = String(String.UnicodeScalarView(kept)).trimmingCharacters(in: .whitespaces)
                #expect(titles.contains(expected), "\(name.prefix(40))")
            }
        }
    }

    @Test(arguments: [
        (["recommend"], 2, "--emotion or --photo"),
        (["recommend", "--emotion", "purple"], 2, "happy=0.6,surprise=0.4"),
        (["recommend", "--emotion", "happy=-1"], 2, "--emotion"),
        (["recommend", "--emotion", "sad", "--mode", "lfit"], 2, "lift"),
        (["recommend", "--emotion", "sad", "--language", "klingon"], 2, "a language such as hindi"),
        (["recommend", "--emotion", "sad", "--count", "0"], 2, "--count"),
        (
            ["recommend", "--photo", "/nowhere.jpg"], 1,
            "/nowhere.jpg: cannot read the image: No such file or directory"
        ),
        (["catalogue", "import", "/nowhere.csv"], 1, "/nowhere.csv: No such file or directory"),
        (["feedback", "like", "no such song at all"], 1, "no song 'no such song at all'"),
        (["feedback", "like"], 2, "<song>"),
        (["purge"], 2, "<what>"),
        (["catalogue", "refresh", "--forget"], 2, "<list>"),
    ])
    func mistakesAreOneLine(_ arguments: [String], _ status: Int32, _ hint: String) throws {
        try withCatalogue { _, catalogue in
            let result = try Fermusic.run(arguments + catalogue)
            #expect(result.status == status, "\(result.errors)")
            #expect(Fermusic.message(result).contains(hint), "\(result.errors)")
        }
    }

    @Test func aFaceInAPictureIsEnough() throws {
        try withCatalogue { folder, catalogue in
            let faces = folder.appendingPathComponent("faces").path
            _ = try Fermusic.run(["dataset", "generate", faces, "--training", "7", "--test", "7"])
            let files = FileManager.default.enumerator(atPath: faces)?.compactMap { $0 as? String } ?? []
            let picture = try #require(files.first { $0.hasSuffix(".png") })
            let result = try Fermusic.run(["recommend", "--photo", faces + "/" + picture, "--json"] + catalogue)
            #expect(result.status == 0, "\(result.errors)")
            let json = try JSONValue(parsing: result.output)
            let sum = json["emotions"]?.objectValue?.values.compactMap(\.doubleValue).reduce(0, +) ?? 0
            #expect(abs(sum - 1) < 1e-6)
            #expect(json["songs"]?.arrayValue?.count == 5)
        }
    }

    @Test func twoProcessesWriteAtOnce() throws {
        try withCatalogue { folder, catalogue in
            let before = try statistics(catalogue)["songs"]?.intValue ?? 0
            func songs(_ range: Range<Int>) -> String {
                "title,artist\n" + range.map { "Song \($0),Artist \($0)\n" }.joined()
            }
            // They overlap by half, and the catalogue's own file is new to none of them.
            let a = try list(folder, "a.csv", songs(0..<20_000)), b = try list(folder, "b.csv", songs(10_000..<30_000))
            var running = try [a, b].map { try Fermusic.start(["catalogue", "import", $0] + catalogue) }
            for _ in 0..<10 {
                running.append(try Fermusic.start(["feedback", "played", "1"] + catalogue))
                running.append(try Fermusic.start(["recommend", "-e", "happy"] + catalogue))
            }
            for run in running {
                run.process.waitUntilExit()
                #expect(
                    run.process.terminationStatus == 0,
                    "\(String(decoding: run.errors.readDataToEndOfFile(), as: UTF8.self))")
                try? FileManager.default.removeItem(at: run.folder)
            }
            let after = try statistics(catalogue)
            #expect(after["songs"]?.intValue == before + 30_000)
            let feedback = try Fermusic.run(["feedback", "--json"] + catalogue)
            #expect(try JSONValue(parsing: feedback.output)["plays"]?.intValue == 10)
        }
    }

    @Test func firstUseByManyAtOnce() throws {
        try withCatalogue { _, catalogue in
            let running = try (0..<8).map { _ in try Fermusic.start(["recommend", "-e", "sad"] + catalogue) }
            for run in running {
                run.process.waitUntilExit()
                #expect(
                    run.process.terminationStatus == 0,
                    "\(String(decoding: run.errors.readDataToEndOfFile(), as: UTF8.self))")
                try? FileManager.default.removeItem(at: run.folder)
            }
            let exported = try Fermusic.run(["catalogue", "export", "-"] + catalogue)
            let titles = exported.output.split(separator: "\n").dropFirst()
            #expect(titles.count > 20 && Set(titles).count == titles.count)
            #expect(try statistics(catalogue)["recommendations"]?.intValue == 8)
        }
    }

    @Test(arguments: ["import", "refresh"])
    func aKillLosesAndDoublesNothing(_ verb: String) throws {
        try withCatalogue { folder, catalogue in
            let path = try list(folder, "list.csv", "title,artist\nFirst,A\n")
            #expect(try Fermusic.run(["catalogue", "import", path] + catalogue).status == 0)
            #expect(try Fermusic.run(["feedback", "like", "first"] + catalogue).status == 0)
            let before = try statistics(catalogue)["songs"]?.intValue ?? 0
            let count = 100_000
            _ = try list(
                folder, "list.csv", "title,artist\nFirst,A\n" + (0..<count).map { "Song \($0),Artist\n" }.joined())
            for delay in [0.02, 0.2, 0.5, 1.0] {
                let run = try Fermusic.start(
                    (verb == "import" ? ["catalogue", "import", path] : ["catalogue", "refresh"]) + catalogue)
                Thread.sleep(forTimeInterval: delay)
                kill(run.process.processIdentifier, SIGKILL)
                run.process.waitUntilExit()
                try? FileManager.default.removeItem(at: run.folder)
                #expect([before, before + count].contains(try statistics(catalogue)["songs"]?.intValue))
                #expect(try statistics(catalogue)["liked"]?.intValue == 1)
            }
            let arguments = verb == "import" ? ["catalogue", "import", path] : ["catalogue", "refresh"]
            for _ in 0..<2 { #expect(try Fermusic.run(arguments + catalogue).status == 0) }
            #expect(try statistics(catalogue)["songs"]?.intValue == before + count)
        }
    }

    @Test func aSignalDuringAnImportTakesNothingOver() throws {
        try withCatalogue { folder, catalogue in
            let before = try statistics(catalogue)["songs"]?.intValue
            // A pipe, so that the import has begun and cannot be done when the signal comes.
            let path = folder.appendingPathComponent("list.csv").path
            #expect(mkfifo(path, 0o600) == 0)
            let run = try Fermusic.start(["catalogue", "import", path] + catalogue)
            let pipe = open(path, O_WRONLY)
            defer { close(pipe) }
            // More than the pipe and one reading hold: when it is written, songs have been taken.
            let text = Array(("title,artist\n" + (0..<200_000).map { "Song \($0),Artist\n" }.joined()).utf8)
            #expect(write(pipe, text, text.count) == text.count)
            run.process.interrupt()
            // Songs go on coming until nobody reads them.
            signal(SIGPIPE, SIG_IGN)
            let rows = Array(text.dropFirst(13))
            while write(pipe, rows, rows.count) == rows.count {}
            run.process.waitUntilExit()
            #expect(run.process.terminationStatus == 130)
            try? FileManager.default.removeItem(at: run.folder)
            #expect(try statistics(catalogue)["songs"]?.intValue == before)
        }
    }

    @Test func aWeeklyScheduleIsKeptAndPrinted() throws {
        try withCatalogue { folder, catalogue in
            let path = try list(folder, "list.csv", "title,artist\nA,B\n")
            let result = try Fermusic.run(["catalogue", "refresh", path, "--every", "sunday"] + catalogue)
            #expect(result.status == 0)
            #expect(result.errors.contains("0 4 * * 0 ") && result.errors.contains("catalogue refresh --catalogue"))
            #expect(result.errors.contains("systemd-run --user") && result.errors.contains("Sun 04:00"))
            #expect(result.output.contains("1 song added"))
            let again = try Fermusic.run(["catalogue", "refresh"] + catalogue)
            #expect(again.output.contains("has not changed"))
            try FileManager.default.removeItem(atPath: path)
            let gone = try Fermusic.run(["catalogue", "refresh"] + catalogue)
            #expect(gone.status == 1 && gone.errors.contains("list.csv: No such file or directory"))
        }
    }

    @Test func whatIsPrintedForCronWorksAnywhere() throws {
        try withCatalogue { folder, _ in
            _ = try list(folder, "my.conf", "[ranking]\nartist-gap = 4\n")
            let result = try Fermusic.run(
                ["catalogue", "refresh", "--every", "monday", "--catalogue", "songs.db", "--mood-map", "my.conf"],
                shell: "cd '\(folder.path)'")
            #expect(
                result.errors.contains(
                    "refresh --catalogue \(folder.path)/songs.db --mood-map \(folder.path)/my.conf\n"),
                "\(result.errors)")
        }
    }

    @Test func artistsNobodyKnowsAreNamed() throws {
        try withCatalogue { _, catalogue in
            func errors(_ artist: String) throws -> String {
                let result = try Fermusic.run(
                    ["recommend", "-e", "sad", "--json", "--artist", artist] + catalogue)
                #expect(result.status == 0)
                #expect(try JSONValue(parsing: result.output)["songs"]?.arrayValue?.count == 5)
                return result.errors
            }
            for (artist, note) in [
                ("arijit singh", ""), ("arijit", "note: 'arijit' is taken for Arijit Singh\n"),
                ("Arjit Sing", "note: no songs by 'Arjit Sing'; did you mean 'Arijit Singh'?\n"),
                ("Qqqqq\u{1B}[1m", "note: no songs by 'Qqqqq\\u{1B}[1m'\n"),
            ] {
                let printed = try errors(artist)
                #expect(
                    printed.split(separator: "\n").filter { !$0.contains(" is new, ") } == note.split(separator: "\n"))
            }
        }
    }

    @Test func seedsAreWholeNumbers() throws {
        try withCatalogue { _, catalogue in
            let question = ["recommend", "-e", "sad", "--json"] + catalogue
            let largest = try Fermusic.run(question + ["--seed", "9223372036854775807"])
            #expect(try JSONValue(parsing: largest.output)["seed"]?.intValue == Int.max)
            for wrong in ["9223372036854775808", "-1"] {
                let result = try Fermusic.run(question + ["--seed=\(wrong)"])
                #expect(result.status == 2 && Fermusic.message(result).contains("--seed"), "\(result.errors)")
            }
        }
    }

    @Test func historyIsInLocalTime() throws {
        try withCatalogue { _, catalogue in
            _ = try Fermusic.run(["recommend", "-e", "sad"] + catalogue)
            func show(_ zone: String, _ more: [String] = []) throws -> String {
                try Fermusic.run(["history"] + more + catalogue, shell: "export TZ='\(zone)'").output
            }
            let west = try show("WEST0"), east = try show("EAST-11")
            #expect(west.hasPrefix("20") && west.contains("  sad, match\n") && west != east)
            // For programs there is one time everywhere.
            #expect(try show("WEST0", ["--json"]) == show("EAST-11", ["--json"]))
            let help = try Fermusic.run(["history", "--help"]).output.split(whereSeparator: \.isWhitespace)
            #expect(help.joined(separator: " ").contains("one object per line"))
        }
    }

    @Test func theMoodMapCanBeChanged() throws {
        try withCatalogue { folder, catalogue in
            let standard = try Fermusic.run(["catalogue", "mood-map"])
            #expect(standard.output.contains("[match]") && standard.output.contains("sad      = 0.25 0.39"))
            let mine = try list(folder, "mine.conf", "[match]\nsad = 0.9 0.9 0.7 0.1 125\n")
            let result = try Fermusic.run(["recommend", "-e", "sad", "--json", "--mood-map", mine] + catalogue)
            let target = try JSONValue(parsing: result.output)["songs"]?.arrayValue?.first?["target"]
            #expect(target?["valence"]?.doubleValue == 0.9)
            let wrong = try list(folder, "wrong.conf", "[match]\nsad = loud\n")
            let failed = try Fermusic.run(["recommend", "-e", "sad", "--mood-map", wrong] + catalogue)
            #expect(Fermusic.message(failed) == "fermusic: \(wrong): line 2: 'loud' is not a number")
        }
    }

    @Test func anUnusableCatalogueStillGivesSongs() throws {
        try withCatalogue { folder, _ in
            try FileManager.default.createDirectory(
                atPath: folder.path + "/fermusic", withIntermediateDirectories: true)
            _ = try list(folder, "fermusic/catalogue.db", String(repeating: "damaged ", count: 1000))
            let result = try Fermusic.run(["recommend", "-e", "happy"], shell: "export XDG_DATA_HOME='\(folder.path)'")
            #expect(result.status == 0)
            #expect(result.output.contains("5. "))
            #expect(result.errors.contains("not a database") && result.errors.contains("built-in songs"))
        }
    }

    @Test func aCatalogueDamagedInTheMiddleStillGivesSongs() throws {
        try withCatalogue { folder, _ in
            let shell = "export XDG_DATA_HOME='\(folder.path)'"
            #expect(try Fermusic.run(["catalogue", "stats"], shell: shell).status == 0)
            let file = folder.appendingPathComponent("fermusic/catalogue.db")
            var bytes = try Data(contentsOf: file)
            #expect(bytes.count > 200_000)
            let damage = bytes.count / 5..<bytes.count
            bytes.replaceSubrange(damage, with: Data(repeating: 0x5A, count: damage.count))
            try bytes.write(to: file)
            let result = try Fermusic.run(["recommend", "-e", "happy"], shell: shell)
            #expect(result.status == 0 && result.output.contains("\n5. "), "\(result.errors)")
            #expect(result.errors.contains("using the built-in songs only"), "\(result.errors)")
        }
    }

    @Test func cameraThatIsNotThereIsNamed() throws {
        let result = try Fermusic.run(["recommend", "--camera", "/dev/video97"])
        #expect(result.status == 1)
        #expect(Fermusic.message(result).contains("/dev/video97: no such camera"), "\(result.errors)")
        let both = try Fermusic.run(["recommend", "--camera", "0", "--emotion", "sad"])
        #expect(both.status == 2)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: StreamTests.clip), "woman.mp4 is not at hand"))
    func moodIsSeenInAVideo() throws {
        try withCatalogue { _, catalogue in
            let result = try Fermusic.run(["recommend", "--camera", StreamTests.clip, "--count", "3"] + catalogue)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("woman.mp4: ") && result.output.contains("3. "))
        }
    }
}
